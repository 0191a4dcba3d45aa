"""How it went, as values: each thing that is drawn is in the table, and nothing is judged."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.queries import other_membership
from checkins.picture import LEFT, RIGHT, What, picture
from checkins.queries import picture_for, rated_lately
from tests import factories

pytestmark = pytest.mark.once

AT = factories.utc(year=2026, month=12, day=31)
DAY = timedelta(days=1)


def drawn(**changes):
    nothing = {"answers": (), "conversations": (), "pauses": (), "terms": (), "apart": ()}
    return picture(**(nothing | changes), at=AT)


def assert_the_same_is_drawn_and_listed(it):
    """A bar for each pause that begins in the table, or stood already; else a mark for a fact."""
    begun = Counter(
        What.PAUSED if fact.what is What.PAUSED_ALREADY else fact.what
        for fact in it.facts
        if fact.what is not What.LIFTED
    )
    assert Counter(mark.what for mark in it.marks) == begun


def test_nothing_is_no_picture():
    assert drawn() is None
    assert drawn(answers=[(AT - 400 * DAY, 3)]) is None


def test_what_is_drawn_is_in_the_table_and_the_latest_comes_first():
    it = drawn(
        answers=[(AT - 30 * DAY, 2), (AT - 10 * DAY, 5)],
        conversations=[(AT - 31 * DAY, True), (AT - 11 * DAY, False)],
        pauses=[(AT - 9 * DAY, AT - 5 * DAY)],
        terms=[AT - 60 * DAY],
        apart=[AT - 70 * DAY],
    )
    assert [fact.what for fact in it.facts] == [
        What.LIFTED,
        What.PAUSED,
        What.SAFE,
        What.DID_NOT,
        What.SAFE,
        What.TOOK_PLACE,
        What.TERMS,
        What.APART,
    ]
    assert_the_same_is_drawn_and_listed(it)
    assert all(mark.x >= LEFT and mark.x + mark.width <= RIGHT + 2 for mark in it.marks)


def test_safer_lies_higher_and_each_answer_on_its_line():
    it = drawn(answers=[(AT - n * DAY, n) for n in range(1, 6)])
    lines = {level.safe: level.y for level in it.levels}
    heights = {fact.safe: mark.y for fact, mark in zip(reversed(it.facts), it.marks, strict=True)}
    assert heights == lines
    assert lines[5] < lines[4] < lines[1]


def test_a_pause_that_stands_reaches_to_the_end_and_an_old_one_to_the_edge():
    standing = drawn(answers=[(AT - 20 * DAY, 3)], pauses=[(AT - 10 * DAY, None)])
    (bar,) = [mark for mark in standing.marks if mark.what is What.PAUSED]
    assert bar.x + bar.width == RIGHT
    old = drawn(answers=[(AT - 20 * DAY, 3)], pauses=[(AT - 500 * DAY, AT - 10 * DAY)])
    (bar,) = [mark for mark in old.marks if mark.what is What.PAUSED]
    assert bar.x == LEFT
    assert_the_same_is_drawn_and_listed(old)
    over = drawn(answers=[(AT - 20 * DAY, 3)], pauses=[(AT - 500 * DAY, AT - 480 * DAY)])
    assert [mark.what for mark in over.marks] == [What.SAFE]


@pytest.mark.parametrize("lifted", [None, AT, AT - 10 * DAY, AT - 365 * DAY])
def test_a_pause_that_stood_when_the_year_began_is_in_the_table_too(lifted):
    it = drawn(answers=[(AT - 20 * DAY, 3)], pauses=[(AT - 400 * DAY, lifted)])
    assert_the_same_is_drawn_and_listed(it)
    assert (What.PAUSED_ALREADY, it.begins) in [(fact.what, fact.at) for fact in it.facts]
    assert drawn(pauses=[(AT - 400 * DAY, lifted)]) is not None


@given(
    st.lists(st.tuples(st.integers(0, 800), st.integers(0, 800), st.booleans()), max_size=4),
    st.lists(st.integers(0, 800), max_size=3),
)
def test_whatever_happened_when_the_same_is_drawn_and_listed(pauses, days):
    it = drawn(
        answers=[(AT - n * DAY, 3) for n in days],
        apart=[AT - n * DAY for n in days],
        pauses=[
            (AT - max(one, other) * DAY, None if stands else AT - min(one, other) * DAY)
            for one, other, stands in pauses
        ],
    )
    if it:
        assert_the_same_is_drawn_and_listed(it)


def test_all_at_one_instant_is_a_picture_too():
    assert drawn(answers=[(AT, 3)]).marks[0].x == LEFT


@pytest.mark.django_db
def test_of_another_pair_there_is_nothing_in_it(ana_place, elsewhere, clock):
    there = other_membership(elsewhere)
    factories.allow(by=(elsewhere, there))
    factories.agree(by=elsewhere, other=there, clock=clock)
    factories.hold(pair=elsewhere.pair, clock=clock)
    factories.apart(by=elsewhere, other=there)
    found = {}
    for place in (ana_place, elsewhere):
        factories.check_in(by=place)
        rated = rated_lately(place, clock.at)
        found[place] = {fact.what for fact in picture_for(place, rated, clock.at).facts}
    assert found[ana_place] == {What.SAFE}
    assert found[elsewhere] == {What.SAFE, What.TOOK_PLACE, What.TERMS, What.APART}
