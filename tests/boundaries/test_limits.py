"""R8: limits work as a filter."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.rules.limits import HOURS_OF_THE_WEEK, NOTHING_YET, cut, narrowed, within
from boundaries.rules.rhythm import Monthly, NthWeekday, Weekly, shortest_gap, thin
from boundaries.rules.terms import NO_CONTACT
from tests import factories
from tests.boundaries import oracle
from tests.boundaries.strategies import (
    START,
    THREE_YEARS_ON,
    all_limits,
    all_terms,
    rhythms,
    some_terms,
    wider,
)

pytestmark = pytest.mark.once  # no database at all

several = st.lists(all_limits(), min_size=1, max_size=3)


@given(all_terms(), several)
def test_r8_what_is_left_is_never_more(terms, limits):
    assert cut(terms, limits) <= terms


@given(all_terms(), several)
def test_r8_what_is_left_is_within_each_persons_limits(terms, limits):
    left = cut(terms, limits)
    assert all(within(left, each) for each in limits)


@given(all_terms(), several)
def test_r8_cutting_twice_is_cutting_once(terms, limits):
    left = cut(terms, limits)
    assert cut(left, limits) == left


@given(all_terms(), several)
def test_r8_it_does_not_matter_whose_limits_come_first(terms, limits):
    assert len({cut(terms, order) for order in permutations(limits)}) == 1


@given(some_terms, several)
def test_r8_what_is_left_keeps_every_amount_and_distance_by_an_independent_reading(terms, limits):
    left = cut(terms, limits)
    if left == NO_CONTACT:
        return
    for each in limits:
        assert each.days_between is not None
        assert oracle.amounts_within(left, each)
        assert oracle.days_apart(left, START, THREE_YEARS_ON) >= each.days_between


@given(some_terms.flatmap(lambda a: st.tuples(st.just(a), wider(a))), all_limits())
def test_r8_what_is_less_than_terms_within_limits_is_within_them_too(two, limits):
    """Or taking less could leave terms that the gate forbids (R1)."""
    lesser, greater = two
    if within(greater, limits):
        assert within(lesser, limits)


@given(rhythms, st.integers(1, 400))
def test_r8_a_thinned_rhythm_keeps_the_distance_and_adds_no_day(rhythm, days):
    thinned = thin(rhythm, days)
    assert shortest_gap(thinned) >= days
    assert factories.terms(rhythm=thinned) <= factories.terms(rhythm=rhythm)


@given(some_terms)
def test_r8_the_shortest_gap_is_never_more_than_the_truth(terms):
    assert terms.rhythm is not None
    assert shortest_gap(terms.rhythm) <= oracle.days_apart(terms, START, THREE_YEARS_ON)


def test_r8_a_distance_makes_a_rhythm_rarer_and_not_empty():
    limits = [factories.limits(days_between=28), factories.limits(days_between=60)]
    assert cut(factories.terms(), limits) == factories.terms(rhythm=factories.nth(every=3))


@pytest.mark.parametrize(
    ("rhythm", "gap"),
    [
        (Weekly(1, 0, frozenset({5})), 7),
        (Weekly(3, 1, frozenset({5})), 21),
        (Weekly(1, 0, frozenset({0, 5})), 2),
        (Monthly(1, 0, frozenset({NthWeekday(1, 5)})), 28),
        (Monthly(1, 0, frozenset({NthWeekday(1, 5), NthWeekday(3, 5)})), 7),
        (Monthly(1, 0, frozenset({NthWeekday(1, 0), NthWeekday(3, 3)})), 3),
    ],
)
def test_r8_the_shortest_gap_of_a_rhythm(rhythm, gap):
    assert shortest_gap(rhythm) == gap


@pytest.mark.parametrize(
    "changes",
    [
        {"days_between": None},
        {"minutes": 0},
        {"letters": 0, "live": False},
        {"letter_length": 0, "live": False},
    ],
)
def test_r8_limits_that_allow_nothing_leave_nothing(changes):
    assert cut(factories.terms(), [factories.limits(**changes)]) == NO_CONTACT


def test_r8_somebody_who_set_no_limits_allows_nothing():
    assert cut(factories.terms(), [factories.limits(), NOTHING_YET]) == NO_CONTACT


def test_r24_with_no_answer_nothing_opens_until_it_is_switched_off():
    assert NOTHING_YET.ask_before_each


@pytest.mark.parametrize(
    "changes",
    [
        {"days_between": 0},
        {"minutes": -1},
        {"hours": frozenset({168})},
        {"cooling_off": timedelta(hours=71)},
        {"cooling_off": timedelta(hours=72, minutes=30)},
    ],
)
def test_r2_r8_limits_that_mean_nothing_cannot_be_made(changes):
    with pytest.raises(ValueError):
        factories.limits(**changes)


# --- What is stricter of two --------------------------------------------------------------------


@given(all_terms(), all_limits(), all_limits())
def test_r9_what_is_narrowed_allows_nothing_that_was_not_allowed(terms, now, wanted):
    left = narrowed(now, wanted)
    assert cut(terms, [left]) == cut(terms, [now, wanted])
    assert left.zone == now.zone or left.hours == wanted.hours
    assert left.hours <= now.hours or now.zone != left.zone


@given(all_limits(), all_limits())
def test_r1_what_is_stricter_throughout_is_as_it_was_wanted(now, wanted):
    assert narrowed(now, now) == now
    left = narrowed(now, wanted)
    assert narrowed(now, left) == left


def test_r9_hours_of_two_zones_are_not_compared():
    now = factories.limits(zone="Europe/Berlin", hours=frozenset({9, 10}))
    wanted = factories.limits(zone="Europe/Lisbon", hours=frozenset({9}))
    assert narrowed(now, wanted) == now
    no_hours = factories.limits(zone="Europe/Lisbon", hours=frozenset())
    assert narrowed(now, no_hours) == no_hours
    always = factories.limits(zone="Europe/Berlin", hours=HOURS_OF_THE_WEEK)
    assert narrowed(always, wanted) == wanted


@pytest.mark.parametrize(
    "change",
    [
        {"days_between": 28},
        {"days_between": None},
        {"minutes": 3},
        {"letters": 0},
        {"letter_length": 9},
        {"live": False},
        {"hours": frozenset({3})},
        {"ask_before_each": True},
        {"cooling_off": timedelta(hours=73)},
        {"receives_proposals": False},
        {"rest": timedelta(days=31)},
        {"kind_words": False},
    ],
)
def test_r1_stricter_in_each_respect(change):
    wide, strict = factories.limits(), factories.limits(**change)
    assert narrowed(wide, strict) == narrowed(strict, wide) == strict != wide
