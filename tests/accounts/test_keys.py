"""The host's keys: changing them, and not starting with the wrong ones."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from accounts import keys, vault
from accounts.models import Pair, Person
from conversations.models import Letter
from repair import keys as start
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_key(settings):
    """A new key of the host, before the old one."""
    settings.REPAIR_KEYS = {2: Fernet.generate_key(), **settings.REPAIR_KEYS}


def wrapped():
    persons = Person.objects.values_list("wrapped_key", flat=True)
    return [*persons, *Pair.objects.values_list("wrapped_key", flat=True)]


def rotate():
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def test_all_keys_are_wrapped_anew_and_the_old_one_can_go(ana_place, new_key, settings):
    letter = factories.letter(by=ana_place, body="as before")
    assert "Every key is wrapped with the present key." in rotate()
    assert all(vault.is_current(key) for key in wrapped())
    del settings.REPAIR_KEYS[1]
    vault._cipher.cache_clear()
    assert Letter.objects.get(pk=letter.pk).body == "as before"
    assert keys.fit()


@pytest.fixture
def many(make_person):
    """Some persons who were there before the new key."""
    return [make_person(f"p{number}") for number in range(5)]


def test_it_goes_on_where_it_was_stopped(ana_place, many, new_key, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    before = len(wrapped())
    stopped = keys.rotate()
    assert next(stopped) == 2
    stopped.close()
    assert sum(vault.is_current(key) for key in wrapped()) == 2
    assert sum(keys.rotate()) == before - 2
    assert sum(keys.rotate()) == 0


def test_a_key_that_does_not_open_is_left_and_said(ana_place, new_key):
    Pair.objects.update(wrapped_key="1:damaged")
    with pytest.raises(CommandError, match="could not be opened"):
        rotate()
    assert set(Pair.objects.values_list("wrapped_key", flat=True)) == {"1:damaged"}
    assert all(
        vault.is_current(key) for key in Person.objects.values_list("wrapped_key", flat=True)
    )


def test_a_key_that_was_destroyed_stops_nothing(ana_place, new_key):
    Pair.objects.update(wrapped_key="")
    rotate()
    assert keys.fit()
    assert set(Pair.objects.values_list("wrapped_key", flat=True)) == {""}


@pytest.mark.parametrize("version", [1, 2])
def test_other_keys_do_not_fit(ana_place, settings, version):
    settings.REPAIR_KEYS = {version: Fernet.generate_key()}
    assert not keys.fit()


def test_nothing_to_open_fits_every_key(settings):
    settings.REPAIR_KEYS = {7: Fernet.generate_key()}
    assert keys.fit()


@pytest.mark.django_db(transaction=True)
def test_no_process_starts_with_the_wrong_keys(ana, settings):
    start.check()
    settings.REPAIR_KEYS = {1: Fernet.generate_key()}
    with pytest.raises(SystemExit, match="REPAIR_KEYS does not open the keys of this database"):
        start.check()
