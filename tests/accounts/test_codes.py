"""One-time codes by themselves: how they look, how they are typed, what is kept of them."""

from collections import Counter
from uuid import uuid4

import pytest

from accounts.codes import ALPHABET, code_from, digest_of, new_seed

ANA, BEN = uuid4(), uuid4()


def test_r26_a_code_has_80_bits_in_groups_that_can_be_read_out():
    assert len(set(ALPHABET)) == 32
    assert not set("0O1Il") & set(ALPHABET)
    groups = code_from(new_seed(), ANA).split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(ALPHABET)


def test_r26_every_sign_is_equally_likely():
    signs = Counter("".join(code_from(str(i), ANA) for i in range(4000)).replace("-", ""))
    assert set(signs) == set(ALPHABET)
    assert max(signs.values()) < 1.2 * min(signs.values())


def test_r26_the_same_seed_makes_the_same_code_for_the_same_person_alone():
    assert code_from("seed", ANA) == code_from("seed", ANA)
    assert len({code_from("seed", ANA), code_from("seed", BEN), code_from("dees", ANA)}) == 3


def test_r26_who_knows_the_seed_knows_nothing_without_the_secret_key(settings):
    before = code_from("seed", ANA)
    settings.SECRET_KEY = "another"
    assert code_from("seed", ANA) != before


def test_r26_the_digest_is_keyed_and_tells_nothing_of_the_code(settings):
    digest = digest_of("ABCD-EFGH-JKLM-NPQR")
    assert len(digest) == 64
    settings.SECRET_KEY = "another"
    assert digest_of("ABCD-EFGH-JKLM-NPQR") != digest


@pytest.mark.parametrize(
    "typed",
    [
        "abcd-efgh-jklm-npqr",
        "ABCDEFGHJKLMNPQR",
        "  abcd efgh\tjklm npqr\n",
        "AbCd \u2013 EfGh \u2014 JkLm \u00b7 NpQr.",
        "\u200bABCD\u00a0EFGH\u2011JKLM\u2212NPQR",
        "".join(chr(ord(sign) + 0xFEE0) for sign in "ABCD-EFGH-JKLM-NPQR"),  # full width
    ],
)
def test_r26_a_code_is_understood_however_it_is_typed(typed):
    assert digest_of(typed) == digest_of("ABCD-EFGH-JKLM-NPQR")


def test_seeds_differ():
    assert len({new_seed() for _ in range(1000)}) == 1000
