"""R24: which check-ins are due to somebody, by windows and instants alone."""

from datetime import timedelta
from uuid import UUID

import pytest

from boundaries.rules.checkins import (
    Answer,
    Kind,
    Wishes,
    after_from,
    after_until,
    due,
    may_be_told,
    will_both_be_asked,
)
from boundaries.rules.situation import Situation
from boundaries.rules.windows import DID_NOT_TAKE_PLACE, TOOK_PLACE, State, Window
from tests import factories

pytestmark = pytest.mark.once

ANA, BEN = UUID(int=1), UUID(int=2)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)
CLOSES_AT = OPENS_AT + timedelta(minutes=45)
NEXT_MORNING = factories.utc(year=2026, month=12, day=6, hour=7)  # eight in Berlin
MONTH = timedelta(days=28)


def window(*, opens_at=OPENS_AT, state=State.PLANNED, number=9, **answers):
    span = factories.span(opens_at=opens_at)
    return Window(UUID(int=number), span, state, UUID(int=7), **answers)


def due_at(at, *windows, days_ahead=3, given=(), limits=None, needs_go_ahead=False):
    wishes = Wishes(ANA, days_ahead, "Europe/Berlin", needs_go_ahead)
    found = due(wishes, limits or factories.limits(), windows, dict(given), at)
    return [(each.kind, each.window.id.int) for each in found]


BEFORE, AFTER = [(Kind.BEFORE, 9)], [(Kind.AFTER, 9)]


@pytest.mark.parametrize("days", range(1, 8))
def test_before_begins_as_many_days_ahead_as_was_chosen_and_ends_as_it_opens(days):
    begins = OPENS_AT - days * DAY
    assert due_at(begins - SECOND, window(), days_ahead=days) == []
    assert due_at(begins, window(), days_ahead=days) == BEFORE
    assert due_at(OPENS_AT - SECOND, window(), days_ahead=days) == BEFORE
    assert due_at(OPENS_AT, window(), days_ahead=days) == []


def test_before_is_not_asked_where_one_decided_already():
    at = OPENS_AT - DAY
    assert due_at(at, window(skipped=frozenset({ANA}))) == []
    assert due_at(at, window(), limits=factories.limits(hours=frozenset())) == []
    assert due_at(at, window(go_ahead=frozenset({ANA}))) == []


def test_r24_what_the_other_answered_makes_no_difference():
    at = OPENS_AT - DAY
    assert due_at(at, window(skipped=frozenset({BEN}))) == BEFORE
    assert due_at(at, window(go_ahead=frozenset({BEN}))) == BEFORE


@pytest.mark.parametrize("state", sorted(TOOK_PLACE))
def test_after_begins_on_the_next_morning_and_goes_away_after_two_weeks(state):
    past = window(state=state)
    assert due_at(NEXT_MORNING - SECOND, past) == []
    assert due_at(NEXT_MORNING, past) == AFTER
    assert due_at(NEXT_MORNING + 14 * DAY - SECOND, past) == AFTER
    assert due_at(NEXT_MORNING + 14 * DAY, past) == []


@pytest.mark.parametrize("state", sorted({*DID_NOT_TAKE_PLACE, State.CANCELLED, State.OPEN}))
def test_after_what_did_not_take_place_nothing_is_asked(state):
    assert due_at(NEXT_MORNING, window(state=state)) == []


def test_after_a_late_evening_a_night_passes_first():
    closes_at = factories.utc(year=2026, month=12, day=5, hour=22, minute=30)
    assert after_from(closes_at, "Europe/Berlin") == closes_at + 12 * HOUR
    assert after_from(closes_at, "Asia/Tokyo") == factories.utc(
        year=2026, month=12, day=6, hour=23
    )  # it closed in their morning


def test_after_ends_when_the_next_one_before_begins():
    past, coming = window(state=State.HELD), window(opens_at=OPENS_AT + 7 * DAY, number=10)
    begins = OPENS_AT + 4 * DAY
    assert due_at(begins - SECOND, past, coming) == AFTER
    assert due_at(begins, past, coming) == [(Kind.BEFORE, 10)]


def test_however_near_the_next_one_is_after_has_a_day():
    past, coming = window(state=State.HELD), window(opens_at=OPENS_AT + 7 * DAY, number=10)
    both = due_at(NEXT_MORNING, past, coming, days_ahead=7)
    assert both == [*AFTER, (Kind.BEFORE, 10)]
    assert after_until(NEXT_MORNING, OPENS_AT) == NEXT_MORNING + DAY


def given(answer, kind=Kind.BEFORE):
    return [((kind, UUID(int=9)), answer)]


def test_what_was_given_is_not_due_again():
    at, said = OPENS_AT - DAY, window(go_ahead=frozenset({ANA}))
    assert due_at(at, said, given=given(Answer.GO_AHEAD)) == []
    assert due_at(at, window(), given=given(Answer.LESS)) == []
    past = window(state=State.HELD)
    assert due_at(NEXT_MORNING, past, given=given(Answer.LESS)) == AFTER
    assert due_at(NEXT_MORNING, past, given=given(Answer.SAME, Kind.AFTER)) == []


def test_r24_a_go_ahead_that_the_conversation_does_not_hold_any_more_is_asked_again():
    """It moved; and whoever does not need one answered something that has another time now."""
    for needed in (True, False):
        found = due_at(
            OPENS_AT - DAY, window(), given=given(Answer.GO_AHEAD), needs_go_ahead=needed
        )
        assert found == BEFORE


def test_r24_after_less_a_go_ahead_that_is_needed_is_still_open():
    at, less = OPENS_AT - DAY, given(Answer.LESS)
    assert due_at(at, window(), given=less, needs_go_ahead=True) == BEFORE
    assert due_at(at, window(go_ahead=frozenset({ANA})), given=less, needs_go_ahead=True) == []
    assert due_at(at, window(skipped=frozenset({ANA})), given=less, needs_go_ahead=True) == []


def test_r12_both_are_asked_where_neither_skips_and_it_is_in_the_hours_of_both():
    allowed, none = factories.limits(), factories.limits(hours=frozenset())
    assert will_both_be_asked(window(), [allowed, allowed])
    assert will_both_be_asked(window(go_ahead=frozenset({ANA})), [allowed, allowed])
    for who in (ANA, BEN):
        assert not will_both_be_asked(window(skipped=frozenset({who})), [allowed, allowed])
    assert not will_both_be_asked(window(), [allowed, none])
    assert not will_both_be_asked(window(), [none, allowed])


def test_r15_mails_tell_until_the_review_also_where_no_worker_lets_it_lapse_then():
    agreed = Situation(limits={}, agreement=UUID(int=7), review_at=OPENS_AT)
    assert may_be_told(agreed, OPENS_AT - SECOND)
    assert not may_be_told(agreed, OPENS_AT)
    assert not may_be_told(Situation(limits={}), OPENS_AT)
