"""R1: terms form a lattice, and the order is sound."""

from datetime import time, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from boundaries.rules.rhythm import ALL_WEEKDAYS, MonthDay, Monthly, NthWeekday, Weekly
from boundaries.rules.terms import NO_CONTACT, Terms, meet
from tests import factories
from tests.boundaries import oracle
from tests.boundaries.strategies import START, THREE_YEARS_ON, all_terms, some_terms, wider

pytestmark = pytest.mark.once  # no database at all

chains = some_terms.flatmap(lambda a: st.tuples(st.just(a), wider(a)))


@given(all_terms(), all_terms())
def test_r1_meet_is_commutative(a, b):
    assert meet(a, b) == meet(b, a)


@given(all_terms(), all_terms(), all_terms())
def test_r1_meet_is_associative(a, b, c):
    assert meet(meet(a, b), c) == meet(a, meet(b, c))


@given(some_terms.flatmap(lambda a: st.tuples(wider(a), wider(a), wider(a))))
def test_r1_meet_is_associative_also_where_much_is_in_common(three):
    a, b, c = three
    assert meet(meet(a, b), c) == meet(a, meet(b, c))


@given(all_terms())
def test_r1_meet_is_idempotent(a):
    assert meet(a, a) == a


@given(all_terms(), all_terms())
def test_r1_meet_is_below_both(a, b):
    assert meet(a, b) <= a
    assert meet(a, b) <= b


@given(some_terms.flatmap(lambda c: st.tuples(st.just(c), wider(c), wider(c))))
def test_r1_meet_is_above_all_else_that_is_below_both(three):
    lower, a, b = three
    assert lower <= a
    assert lower <= b
    assert lower <= meet(a, b)


@given(all_terms())
def test_r1_no_contact_is_below_everything_and_nothing_is_below_it(a):
    assert meet(NO_CONTACT, a) == NO_CONTACT
    assert a >= NO_CONTACT
    assert meet(a, NO_CONTACT) == NO_CONTACT
    assert (a <= NO_CONTACT) == (a == NO_CONTACT)


@given(all_terms())
def test_r1_the_order_is_reflexive(a):
    assert a <= a
    assert not a < a


@given(chains)
def test_r1_the_order_is_antisymmetric(two):
    a, b = two
    assert not (a <= b and b <= a) or a == b


@given(chains.flatmap(lambda two: st.tuples(*map(st.just, two), wider(two[1]))))
def test_r1_the_order_is_transitive(three):
    a, b, c = three
    assert a <= b <= c
    assert a <= c


@given(some_terms.flatmap(lambda a: st.lists(wider(a), min_size=3, max_size=6)))
def test_r1_the_order_is_transitive_for_any_three(several):
    for a, b, c in permutations(several, 3):
        assert a <= c or not a <= b <= c


@given(chains)
def test_r1_what_is_less_allows_nothing_more_in_three_years(two):
    lesser, greater = two
    assert lesser <= greater
    assert oracle.allows_no_more(lesser, greater, START, THREE_YEARS_ON)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(some_terms.flatmap(lambda a: st.tuples(wider(a), wider(a))))
def test_r1_of_any_two_what_is_less_allows_nothing_more_in_three_years(two):
    a, b = two
    assume(a <= b)
    assert oracle.allows_no_more(a, b, START, THREE_YEARS_ON)


@given(some_terms.flatmap(lambda a: st.tuples(wider(a), wider(a))))
def test_r1_both_allow_all_that_their_meet_allows_in_three_years(two):
    a, b = two
    common = meet(a, b)
    assert oracle.allows_no_more(common, a, START, THREE_YEARS_ON)
    assert oracle.allows_no_more(common, b, START, THREE_YEARS_ON)


FIRST_SATURDAY = factories.nth()
EVERY_SATURDAY = Weekly(1, 0, frozenset({5}))
TWO_SATURDAYS = Monthly(1, 0, frozenset({NthWeekday(1, 5), NthWeekday(3, 5)}))


@pytest.mark.parametrize(
    ("lesser", "greater"),
    [
        ({"minutes": 30}, {"minutes": 45}),
        ({"letters": 1}, {"letters": 2}),
        ({"letters": 0, "letter_length": 0}, {"letters": 2}),
        ({"letter_length": 500}, {"letter_length": 4000}),
        ({"live": False}, {"live": True}),
        ({"ask_before_each": True}, {"ask_before_each": False}),
        ({"rhythm": factories.nth(every=2, phase=1)}, {"rhythm": FIRST_SATURDAY}),
        ({"rhythm": FIRST_SATURDAY}, {"rhythm": TWO_SATURDAYS}),
        ({"rhythm": TWO_SATURDAYS}, {"rhythm": EVERY_SATURDAY}),
        ({"rhythm": Weekly(4, 3, frozenset({5}))}, {"rhythm": Weekly(2, 1, frozenset({5, 6}))}),
        (
            {"rhythm": Monthly(1, 0, frozenset({MonthDay(31)}))},
            {"rhythm": Weekly(1, 0, ALL_WEEKDAYS)},
        ),
    ],
)
def test_r1_less_in_one_respect_is_less(lesser, greater):
    assert factories.terms(**lesser) < factories.terms(**greater)
    assert not factories.terms(**greater) <= factories.terms(**lesser)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"minutes": 30}, {"letters": 1}),
        ({"at": time(17, 0)}, {"at": time(18, 0)}),
        ({"zone": "Europe/Paris"}, {"zone": "Europe/Berlin"}),
        ({"rhythm": factories.nth(nth=1)}, {"rhythm": factories.nth(nth=2)}),
        ({"rhythm": Weekly(2, 0, frozenset({5}))}, {"rhythm": Weekly(2, 1, frozenset({5}))}),
        ({"rhythm": FIRST_SATURDAY}, {"rhythm": Weekly(2, 1, frozenset({5}))}),
        ({"rhythm": factories.nth(nth=-1)}, {"rhythm": factories.nth(nth=4)}),
    ],
)
def test_r1_where_the_order_cannot_be_decided_it_is_not_less(one, other):
    assert not factories.terms(**one) <= factories.terms(**other)
    assert not factories.terms(**other) <= factories.terms(**one)


@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": -1},
        {"letters": 0},
        {"letter_length": 0},
        {"minutes": 0},
        {"rhythm": None},
        {"letters": 0, "letter_length": 0, "live": False},
        {"at": time(18, 0, 1)},
        {"at": time(18, 0, tzinfo=START.tzinfo)},
    ],
)
def test_r1_there_is_one_way_to_write_each_meaning(changes):
    with pytest.raises(ValueError):
        factories.terms(**changes)


def test_r1_terms_that_allow_nothing_become_no_contact():
    nothing = {"minutes": 45, "letters": 3, "letter_length": 0, "live": False}
    normal = {"rhythm": FIRST_SATURDAY, "at": time(1, 0), "zone": "UTC", "ask_before_each": False}
    assert Terms.normal(**nothing, **normal) is NO_CONTACT


@pytest.mark.parametrize(
    "make",
    [
        lambda: Weekly(0, 0, frozenset({1})),
        lambda: Weekly(2, 2, frozenset({1})),
        lambda: Weekly(1, 0, frozenset()),
        lambda: Weekly(1, 0, frozenset({7})),
        lambda: Monthly(1, -1, frozenset({MonthDay(1)})),
        lambda: Monthly(1, 0, frozenset()),
        lambda: Monthly(1, 0, frozenset({MonthDay(0)})),
        lambda: Monthly(1, 0, frozenset({MonthDay(32)})),
        lambda: Monthly(1, 0, frozenset({NthWeekday(6, 1)})),
        lambda: Monthly(1, 0, frozenset({NthWeekday(1, 7)})),
    ],
)
def test_r1_a_rhythm_that_has_no_days_cannot_be_made(make):
    with pytest.raises(ValueError):
        make()


def test_r1_the_oracle_itself_sees_more_where_there_is_more():
    """So that the comparisons above would fail for an order that is not sound."""
    one, until = factories.terms(), START + timedelta(days=400)
    for more in (
        {"minutes": 46},
        {"letters": 3},
        {"letter_length": 4001},
        {"rhythm": TWO_SATURDAYS},
        {"at": time(18, 1)},
    ):
        assert not oracle.allows_no_more(factories.terms(**more), one, START, until)
    quiet = factories.terms(live=False, ask_before_each=True)
    assert not oracle.allows_no_more(one, quiet, START, until)
