"""Concrete ways to less of what is agreed (R1), and to more of one's own limits (R9)."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.rules.limits import NOTHING_YET
from boundaries.rules.rhythm import Monthly
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.ways import Less, More, ways_to_less, ways_to_more
from boundaries.rules.windows import named, occurrences
from tests import factories
from tests.boundaries.strategies import all_limits, all_terms

pytestmark = pytest.mark.once


@given(terms=all_terms())
def test_r1_each_way_is_less_and_leaves_something(terms):
    for less in ways_to_less(terms).values():
        assert less < terms
        assert less != NO_CONTACT


@given(limits=all_limits())
def test_r9_each_way_to_more_is_wider_in_its_own_respect_and_the_same_in_all_others(limits):
    own = {
        More.MORE_OFTEN: {"days_between"},
        More.LONGER: {"minutes"},
        More.MORE_LETTERS: {"letters", "letter_length"},
        More.LONGER_LETTERS: {"letter_length"},
        More.TALK: {"live"},
    }
    before = asdict(limits)
    for way, wider in ways_to_more(limits).items():
        after = asdict(wider)
        changed = {name for name in before if before[name] != after[name]}
        assert changed <= own[way]
        assert changed
        if "days_between" in changed:
            assert limits.days_between is None or wider.days_between < limits.days_between
        for name in changed - {"days_between"}:
            assert after[name] > before[name]


@given(terms=all_terms(), which=st.integers(0, 3))
def test_half_as_often_keeps_the_next_one(terms, which):
    coming = occurrences(terms, after=factories.utc(year=2026, month=11, day=2))
    for _, span in zip(range(which), coming, strict=False):
        half = ways_to_less(terms, span.opens_at)[Less.HALF_AS_OFTEN]
        assert named(half, span.opens_at) == span


def test_what_there_is_to_choose_from_ordinary_terms():
    ways = ways_to_less(factories.terms())
    assert ways[Less.HALF_AS_LONG].minutes == 20
    assert ways[Less.FEWER_LETTERS].letters == 1
    assert not ways[Less.NO_TALK].live
    assert ways[Less.HALF_AS_OFTEN].rhythm == Monthly(2, 0, factories.nth().days)


def test_ending_it_all_is_none_of_the_ways():
    one_letter = factories.terms(letters=1, live=False)
    assert set(ways_to_less(one_letter)) == {Less.HALF_AS_OFTEN, Less.HALF_AS_LONG}
    assert ways_to_less(NO_CONTACT) == {}


def test_the_widest_limits_leave_no_way_to_more():
    widest = factories.limits(minutes=240, letters=10, letter_length=20_000)
    assert ways_to_more(widest) == {}
    assert ways_to_more(NOTHING_YET)[More.MORE_OFTEN].days_between == 84
