"""R12: that both leave room is told to both in the same round; R24 through the real sweep."""

from datetime import timedelta

import pytest

from boundaries import actions as boundaries
from boundaries.queries import load_situation
from boundaries.rules.checkins import Answer
from boundaries.rules.rhythm import Weekly
from boundaries.rules.windows import State
from checkins import actions, queries
from checkins.actions import rounds
from checkins.models import CheckIn, Round
from conversations import actions as conversations
from conversations.queries import conversations_of
from tests import factories, zones
from tests.cases import shared

pytestmark = pytest.mark.django_db

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MONDAY, THURSDAY = 0, 3
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


def test_r7_a_worker_that_was_away_looks_within_a_day_and_else_never(window, sweep, clock):
    clock.go_to(window.opens_at - 6 * DAY - SECOND)
    sweep()
    assert Round.objects.get().looked_at == window.opens_at - 6 * DAY - SECOND
    Round.objects.all().delete()
    for later in (SECOND, DAY, 6 * DAY - SECOND):
        clock.go_to(window.opens_at - 6 * DAY + later - SECOND)
        sweep()
    assert not Round.objects.exists()


def test_r12_a_conversation_that_is_planned_less_than_a_week_ahead_is_looked_at_never(
    pair, ana_place, ben_place, sweep, clock
):
    """The note says that it was a week before; and its sentence would come with somebody's yes."""
    first = factories.utc(year=2026, month=12, day=5, hour=17)
    factories.allow(by=(ana_place, ben_place))
    clock.go_to(first - 8 * DAY)
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    window = factories.next_window(pair=pair)
    assert (window.opens_at, clock.at) == (first, first - 5 * DAY)
    for _ in range(4):
        sweep()
        clock.move(days=1)
    assert not Round.objects.exists()


@shared("after", [timedelta(hours=1), 2 * DAY])
def test_r12_what_is_planned_anew_is_looked_at_once(
    week_before, sweep, pair, ana_place, ben_place, clock, after
):
    """A second look would tell what she did after the first."""
    clock.go_to(week_before.opens_at - 7 * DAY - 3 * DAY + after)
    factories.allow(by=(ana_place,), **AS_AGREED)
    renewed = factories.cooling_off(by=ben_place, other=ana_place)
    clock.go_to(week_before.opens_at - 7 * DAY)
    sweep()
    assert not queries.is_told_of_room(week_before.pk)
    factories.allow(by=(ana_place,))
    clock.go_to(renewed.takes_force_at)
    for _ in range(8):
        sweep()
        clock.move(hours=6)
    anew = factories.next_window(pair=pair)
    assert (anew.pk != week_before.pk, anew.opens_at) == (True, week_before.opens_at)
    assert Round.objects.count() == 1
    assert not queries.is_told_of_room(anew.pk)


@shared("weekday", [MONDAY, THURSDAY])
def test_r12_what_is_planned_anew_some_days_later_is_not_looked_at_again(
    window, sweep, pair, ana_place, ben_place, clock, weekday
):
    """Two or five days later it is still the same conversation."""
    factories.hold(pair=pair, clock=clock)
    first = factories.next_window(pair=pair)
    clock.go_to(first.opens_at - 9 * DAY)
    rhythm = factories.nth(weekday=weekday)
    anew = factories.cooling_off(by=ben_place, other=ana_place, rhythm=rhythm)
    clock.go_to(first.opens_at - 7 * DAY)
    sweep()
    assert Round.objects.get().window == first
    clock.go_to(anew.takes_force_at)
    sweep()
    later = factories.next_window(pair=pair)
    assert first.opens_at < later.opens_at < first.opens_at + 6 * DAY
    while clock.at < later.opens_at:
        clock.move(hours=6)
        sweep()
    assert Round.objects.get().window == first


def test_r12_the_next_conversation_is_looked_at_anew_though_the_last_look_was_late(
    ana_place, ben_place, sweep, clock, pair
):
    """Of weekly conversations, each has its own, after a look that was almost a day late too."""
    factories.allow(by=(ana_place, ben_place), days_between=7, minutes=60)
    weekly = Weekly(every=1, phase=0, weekdays=frozenset({5}))
    factories.agree(by=ana_place, other=ben_place, clock=clock, rhythm=weekly)
    first = factories.next_window(pair=pair)
    clock.go_to(first.opens_at + timedelta(hours=23))
    conversations.sweep()
    sweep()
    second = Round.objects.get().window
    assert second.opens_at == first.opens_at + 7 * DAY
    clock.go_to(second.opens_at)
    for _ in range(3):
        sweep()
        clock.move(hours=1)
    assert Round.objects.count() == 2


# --- Told to both, or to none -----------------------------------------------------------------


UNASKED = {
    "wants none": lambda place, window: actions.save_wish(by=place, is_wanted=False, days_ahead=3),
    "skips it": lambda place, window: boundaries.skip(by=place, window_id=window.pk),
    "hours": lambda place, window: factories.allow(by=(place,), hours=frozenset()),
}


@shared("how", UNASKED)
@shared("seat", [1, 2])
def test_r12_where_one_is_not_asked_before_it_none_is_told_of_both(
    week_before, sweep, pair, seat, how
):
    UNASKED[how](pair.memberships.get(seat=seat), week_before)
    sweep()
    assert Round.objects.count() == 1
    assert not queries.is_told_of_room(week_before.pk)


def test_r7_two_beats_look_once(week_before, sweep, clock):
    sweep()
    looked = Round.objects.get()
    for _ in range(2):
        clock.move(seconds=1)
        sweep()
    assert Round.objects.get().looked_at == looked.looked_at


def test_so_many_in_one_sweep_and_the_next_goes_on(week_before, sweep, clock, monkeypatch):
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


def test_those_who_are_set_aside_take_nobody_s_place_in_a_sweep(
    week_before, sweep, clock, monkeypatch
):
    """Else as many broken pairs as are looked at once would let nobody else be looked at."""
    factories.many(count=2, opens_at=week_before.opens_at, letters=1)
    monkeypatch.setattr(rounds, "LOOKED_AT_ONCE", 1)
    first = rounds._to_look_at(clock.at).order_by("opens_at", "pk")[0]
    for place in first.pair.memberships.all():
        type(place.limits).objects.filter(membership=place).update(value={"broken": True})
    for _ in range(3):
        sweep()
        clock.move(seconds=1)
    assert Round.objects.count() == 2
    assert not Round.objects.filter(window=first).exists()


def test_a_conversation_that_moves_keeps_its_round(week_before, sweep, clock, tmp_path):
    sweep()
    was = week_before.opens_at
    with zones.other(folder=tmp_path / "2099a", version="2099a", Berlin="CEST-2"):
        for _ in range(3):
            sweep()
            clock.move(hours=2)
        week_before.refresh_from_db()
        assert week_before.opens_at == was - timedelta(hours=1)
    assert Round.objects.get().window == week_before


def test_a_conversation_that_moves_to_a_week_from_now_is_looked_at_once(
    window, sweep, clock, tmp_path
):
    """By an hour it comes nearer: within the day in which it is looked."""
    clock.go_to(window.opens_at - 7 * DAY - SECOND)
    sweep()
    with zones.other(folder=tmp_path / "2099a", version="2099a", Berlin="CEST-2"):
        for _ in range(3):
            sweep()
            clock.move(hours=2)
    assert Round.objects.get().window == window


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


def test_r24_after_a_skip_in_the_check_in_it_does_not_open(window, sweep, ana_place, clock):
    clock.go_to(window.opens_at - DAY)
    actions.give_before(by=ana_place, window_id=window.pk, said=factories.said(Answer.SKIP))
    assert settle(window, sweep, clock) == State.SKIPPED


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
