"""R12: that both leave room is told to both in the same round; R24 through the real sweep."""

from datetime import timedelta

import pytest

from boundaries import actions as boundaries
from boundaries.queries import load_situation
from boundaries.rules.checkins import Answer
from boundaries.rules.windows import State
from checkins import actions, queries
from checkins.actions import rounds
from checkins.models import CheckIn, Round
from conversations.queries import conversations_of
from tests import factories

pytestmark = pytest.mark.django_db

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
AS_AGREED = {"days_between": 28, "minutes": 45, "letters": 2, "letter_length": 4000}


@pytest.fixture
def week_before(window, clock):
    clock.go_to(window.opens_at - 7 * DAY)
    return window


def test_r12_it_is_looked_a_week_before_and_not_sooner(window, sweep, clock):
    clock.go_to(window.opens_at - 7 * DAY - SECOND)
    sweep()
    assert not Round.objects.exists()
    clock.move(seconds=1)
    sweep()
    assert Round.objects.get().looked_at == clock.at
    assert queries.is_told_of_room(window.pk)


def test_r12_what_either_changes_later_changes_nothing_that_is_told(
    week_before, sweep, ana_place, ben_place, clock
):
    sweep()
    for place in (ana_place, ben_place):
        factories.allow(by=(place,), **AS_AGREED)
        clock.move(hours=1)
        sweep()
        assert queries.is_told_of_room(week_before.pk)


def test_r12_one_alone_who_leaves_room_is_told_nothing(week_before, sweep, ana_place, clock):
    factories.allow(by=(ana_place,), **AS_AGREED)
    sweep()
    factories.allow(by=(ana_place,))
    clock.move(hours=1)
    sweep()
    assert not queries.is_told_of_room(week_before.pk)
    assert Round.objects.count() == 1


def test_r7_a_worker_that_was_away_looks_when_it_is_back_but_not_once_it_is_due(
    window, sweep, clock
):
    clock.go_to(window.opens_at - SECOND)
    sweep()
    assert Round.objects.get().looked_at == window.opens_at - SECOND
    following = factories.next_window(pair=window.pair)
    clock.go_to(window.opens_at)
    sweep()
    Round.objects.all().delete()
    clock.go_to(following.opens_at)
    sweep()
    assert not Round.objects.filter(window=following).exists()


def test_r7_two_beats_look_once(week_before, sweep, clock):
    sweep()
    looked = Round.objects.get()
    for _ in range(2):
        clock.move(seconds=1)
        sweep()
    assert Round.objects.get().looked_at == looked.looked_at


def test_so_many_in_one_sweep_and_the_next_goes_on(week_before, sweep, clock, monkeypatch):
    clock.go_to(week_before.opens_at - DAY)
    factories.many(count=3, opens_at=week_before.opens_at, letters=1)
    monkeypatch.setattr(rounds, "LOOKED_AT_ONCE", 3)
    for count in (3, 4, 4):
        sweep()
        assert Round.objects.count() == count


def test_a_fault_in_one_pair_does_not_stop_the_look_at_another(
    week_before, sweep, clock, elsewhere, monkeypatch
):
    other = elsewhere.pair.memberships.exclude(pk=elsewhere.pk).get()
    factories.allow(by=(elsewhere, other))
    clock.go_to(week_before.opens_at - 20 * DAY)
    factories.agree(by=elsewhere, other=other, clock=clock)
    theirs = factories.next_window(pair=elsewhere.pair)
    clock.go_to(theirs.opens_at - 7 * DAY)
    broken = week_before.pair.memberships.first()
    type(broken.limits).objects.filter(membership=broken).update(value={"broken": True})
    sweep()
    assert [row.window for row in Round.objects.all()] == [theirs]


def test_a_conversation_that_moves_keeps_its_round(week_before, sweep, clock):
    sweep()
    week_before.opens_at += timedelta(hours=1)
    week_before.closes_at += timedelta(hours=1)
    week_before.save()
    clock.move(hours=2)
    sweep()
    assert Round.objects.get().window == week_before


# --- The scheduled parts, through the worker with moved time -----------------------------------


def settle(window, sweep, clock):
    clock.go_to(window.opens_at)
    sweep()
    window.refresh_from_db()
    return window.state


def test_r24_with_ask_me_before_each_no_answer_skips_it_and_the_other_reads_the_usual_words(
    window, sweep, ana_place, ben_place, clock
):
    factories.allow(by=(ana_place,), ask_before_each=True)
    clock.go_to(window.opens_at - DAY)
    sweep()
    said = factories.said(Answer.GO_AHEAD)
    actions.give_before(by=ben_place, window_id=window.pk, said=said)
    assert settle(window, sweep, clock) == State.SKIPPED
    assert [each.state for each in conversations_of(ben_place)] == ["skipped"]


def test_r24_with_ask_me_before_each_a_go_ahead_in_the_check_in_lets_it_open(
    window, sweep, ana_place, clock
):
    factories.allow(by=(ana_place,), ask_before_each=True)
    clock.go_to(window.opens_at - DAY)
    said = factories.said(Answer.GO_AHEAD)
    actions.give_before(by=ana_place, window_id=window.pk, said=said)
    assert settle(window, sweep, clock) == State.OPEN


@pytest.mark.parametrize("answer", [Answer.SKIP, Answer.PAUSE])
def test_r24_after_a_skip_or_a_pause_in_the_check_in_it_does_not_open(
    window, sweep, ana_place, clock, answer
):
    clock.go_to(window.opens_at - DAY)
    actions.give_before(by=ana_place, window_id=window.pk, said=factories.said(answer))
    assert settle(window, sweep, clock) in (State.SKIPPED, State.CANCELLED)


def test_a_worker_that_was_away_on_the_day_leaves_no_check_in_after_it(
    window, sweep, ana_place, clock
):
    """It did not take place, so nobody is asked how it was."""
    clock.go_to(window.closes_at + DAY)
    sweep()
    window.refresh_from_db()
    assert window.state == State.MISSED
    situation = situation_of(ana_place, clock)
    assert queries.due_for(ana_place, situation, clock.at) == []


def test_a_conversation_that_is_cancelled_after_the_check_in_stays_cancelled(
    window, sweep, ana_place, ben_place, clock
):
    clock.go_to(window.opens_at - DAY)
    said = factories.said(Answer.GO_AHEAD)
    actions.give_before(by=ana_place, window_id=window.pk, said=said)
    boundaries.pause(by=ben_place)
    assert settle(window, sweep, clock) == State.CANCELLED
    clock.go_to(window.closes_at + DAY)
    sweep()
    assert queries.due_for(ana_place, situation_of(ana_place, clock), clock.at) == []
    assert CheckIn.objects.get().answer == "go_ahead"


def situation_of(place, clock):
    return load_situation(place.pair, clock.at)
