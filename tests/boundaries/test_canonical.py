"""R2: consent is to exact terms, bound to them by a digest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.rules.canonical import (
    limits_from_json,
    limits_to_json,
    terms_digest,
    terms_from_json,
    terms_to_json,
)
from boundaries.rules.terms import NO_CONTACT
from tests import factories
from tests.boundaries.strategies import all_limits, all_terms, some_terms, wider

pytestmark = pytest.mark.once  # no database at all

FAULTS = (KeyError, TypeError, ValueError)


def through_text(value):
    return json.loads(json.dumps(value))


@given(all_terms())
def test_r2_terms_come_back_from_json_as_they_were(terms):
    assert terms_from_json(through_text(terms_to_json(terms))) == terms


@given(all_limits())
def test_r8_limits_come_back_from_json_as_they_were(limits):
    assert limits_from_json(through_text(limits_to_json(limits))) == limits


@given(some_terms.flatmap(lambda a: st.tuples(st.just(a), wider(a))))
def test_r2_digests_are_equal_if_and_only_if_the_terms_are(two):
    a, b = two
    assert (terms_digest(a) == terms_digest(b)) == (a == b)
    assert terms_digest(a) == terms_digest(terms_from_json(through_text(terms_to_json(a))))


def test_r2_the_digest_of_terms_stays_the_same_for_ever():
    """Or consents that were given before would be to other terms."""
    assert terms_digest(NO_CONTACT) == (
        "1ef562a027cb9796bb4e07cebc6ced9d7146d96e1ab20539ead447f513acdddc"
    )
    assert terms_digest(factories.terms()) == (
        "13b3af762ebaf1ff12f3a62600f531d65666c6669402ec2a5f89ec707e44a9bd"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": 45.0},
        {"minutes": "45"},
        {"minutes": True},
        {"live": 1},
        {"at": "18:00:00"},
        {"at": "25:00"},
        {"at": 18},
        {"rhythm": {"unit": "year", "every": 1, "phase": 0, "days": [[1, 5]]}},
        {"rhythm": {"unit": "month", "every": 1, "phase": 0, "days": [[1, 5], [1, 5]]}},
        {"rhythm": {"unit": "month", "every": 1, "phase": 0, "days": [[1, 5, 3]]}},
        {"rhythm": {"unit": "month", "every": 1, "phase": 0}},
        {"rhythm": []},
        {"rhythm": None},
        {"more": 1},
    ],
)
def test_r7_what_is_not_written_as_terms_is_a_fault_and_not_a_guess(change):
    with pytest.raises(FAULTS):
        terms_from_json({**terms_to_json(factories.terms()), **change})


@pytest.mark.parametrize(
    "change",
    [
        {"hours": [3, 1]},
        {"hours": None},
        {"cooling_off_hours": 72.5},
        {"cooling_off_hours": 1},
        {"minutes": None},
        {"more": 1},
    ],
)
def test_r7_what_is_not_written_as_limits_is_a_fault_and_not_a_guess(change):
    with pytest.raises(FAULTS):
        limits_from_json({**limits_to_json(factories.limits()), **change})


@pytest.mark.parametrize("name", sorted(terms_to_json(NO_CONTACT)))
def test_r7_terms_without_one_of_their_parts_are_a_fault(name):
    value = terms_to_json(factories.terms())
    del value[name]
    with pytest.raises(FAULTS):
        terms_from_json(value)
