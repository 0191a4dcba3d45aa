"""Words are sealed for one place with one key, and open nowhere else."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from accounts import vault

PLACE = "letters|body|1|pair|2"
# What a person can type; the database takes no lone surrogates either.
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
KEY = vault.new_key()


def opens(sealed, *, wrapped=KEY, place=PLACE):
    try:
        return vault.unseal(sealed, wrapped=wrapped, place=place)
    except vault.UnreadableError:
        return None


@given(words=WORDS)
def test_what_was_sealed_opens_in_its_place(words):
    assert opens(vault.seal(words, wrapped=KEY, place=PLACE)) == words


@given(words=WORDS.filter(bool))
def test_what_is_sealed_twice_is_never_the_same_and_shows_nothing(words):
    once, twice = (vault.seal(words, wrapped=KEY, place=PLACE) for _ in range(2))
    assert once != twice
    assert len(words) < 4 or words.encode() not in once


@given(words=WORDS, place=st.text(max_size=30).filter(lambda place: place != PLACE))
def test_it_opens_in_no_other_place(words, place):
    assert opens(vault.seal(words, wrapped=KEY, place=PLACE), place=place) is None


@given(words=WORDS, data=st.data())
def test_it_does_not_open_when_a_byte_was_changed(words, data):
    sealed = bytearray(vault.seal(words, wrapped=KEY, place=PLACE))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    assert opens(bytes(sealed)) is None


@given(words=WORDS, data=st.data())
def test_it_does_not_open_when_it_was_cut(words, data):
    sealed = vault.seal(words, wrapped=KEY, place=PLACE)
    assert opens(sealed[: data.draw(st.integers(0, len(sealed) - 1))]) is None


def test_it_does_not_open_with_another_key_or_none():
    sealed = vault.seal("words", wrapped=KEY, place=PLACE)
    assert opens(sealed, wrapped=vault.new_key()) is None
    assert opens(sealed, wrapped="") is None
    assert opens(sealed, wrapped="1:nonsense") is None
    assert opens(sealed, wrapped="9" + KEY) is None


@pytest.mark.parametrize("length", [0, 5, 16, 31, 33])
def test_a_key_of_another_length_is_none(settings, length):
    short = Fernet(settings.REPAIR_KEYS[1]).encrypt(b"x" * length).decode()
    for use in (vault.rewrap, lambda key: vault.seal("words", wrapped=key, place=PLACE)):
        with pytest.raises(vault.UnreadableError):
            use(f"1:{short}")


def test_a_key_wrapped_anew_opens_the_same_words(settings):
    sealed = vault.seal("words", wrapped=KEY, place=PLACE)
    settings.REPAIR_KEYS = {2: Fernet.generate_key(), **settings.REPAIR_KEYS}
    anew = vault.rewrap(KEY)
    assert vault.is_current(anew)
    assert not vault.is_current(KEY)
    del settings.REPAIR_KEYS[1]
    vault._cipher.cache_clear()
    assert opens(sealed, wrapped=anew) == "words"
    assert opens(sealed) is None
