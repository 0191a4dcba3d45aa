"""R24: check-ins are given for oneself alone; less and pause act at once, more adds nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest

from boundaries import actions as boundaries
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, Pause, RecordEntry
from boundaries.queries import load_situation, own_limits, terms_in_force
from boundaries.rules.checkins import Answer, Kind
from boundaries.rules.ways import Less, More
from boundaries.rules.windows import State
from checkins import actions, queries
from checkins.exceptions import OverError, WayGoneError
from checkins.models import CheckIn
from conversations import actions as conversations
from tests import factories

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def before(window, clock):
    """The conversation, a day before it."""
    clock.go_to(window.opens_at - DAY)
    return window


@pytest.fixture
def after(window, clock):
    """The conversation, which was held the day before."""
    held = factories.hold(pair=window.pair, clock=clock)
    clock.go_to(held.closes_at + DAY)
    return held


def less(place, clock, way=Less.HALF_AS_LONG, **changes):
    base = queries.base_of(load_situation(place.pair, clock.at))
    return factories.said(Answer.LESS, way=way, base=base, **changes)


def due(place, clock):
    found = queries.due_for(place, load_situation(place.pair, clock.at), clock.at)
    return [(each.kind, each.window.id) for each in found]


def test_r24_go_ahead_and_skip_are_said_as_on_the_pair_s_page(before, ana_place, ben_place):
    for place, answer in ((ana_place, Answer.GO_AHEAD), (ben_place, Answer.SKIP)):
        actions.give_before(by=place, window_id=before.pk, said=factories.said(answer))
    before.refresh_from_db()
    said = before.as_value()
    assert said.go_ahead == {ana_place.person_id}
    assert said.skipped == {ben_place.person_id}
    assert {row.answer for row in CheckIn.objects.all()} == {"go_ahead", "skip"}


def test_r24_less_is_in_force_at_once(before, ana_place, pair, clock):
    actions.give_before(by=ana_place, window_id=before.pk, said=less(ana_place, clock))
    assert terms_in_force(pair).minutes == 20
    row = CheckIn.objects.get()
    assert (row.kind, row.answer, row.way) == ("before", "less", "half_as_long")
    assert (row.safe, row.body) == (None, None)


def test_r24_pause_stops_all_at_once(before, ana_place, pair):
    said = factories.said(Answer.PAUSE)
    actions.give_before(by=ana_place, window_id=before.pk, said=said)
    assert Pause.objects.filter(person=ana_place.person, lifted_at=None).count() == 1
    before.refresh_from_db()
    assert before.state == State.CANCELLED
    assert CheckIn.objects.get().answer == "pause"


def test_r13_a_pause_holds_whatever_became_of_the_check_in(before, ana_place, pair, clock):
    clock.go_to(before.opens_at)
    conversations.sweep()
    said = factories.said(Answer.PAUSE)
    actions.give_before(by=ana_place, window_id=before.pk, said=said)
    assert Pause.objects.filter(lifted_at=None).count() == 1
    assert not CheckIn.objects.exists()


def test_r13_a_pause_needs_nothing_that_could_be_broken(before, ana_place):
    ana_place.person.wrapped_key = "1:damaged"
    ana_place.person.save()
    said = factories.said(Answer.PAUSE)
    actions.give_before(by=ana_place, window_id=before.pk, said=said)
    assert Pause.objects.exists()
    assert CheckIn.objects.exists()


@pytest.mark.parametrize("answer", [Answer.GO_AHEAD, Answer.SKIP, Answer.PAUSE])
def test_sent_twice_it_is_given_once(before, ana_place, pair, answer):
    said = factories.said(answer)
    for _ in range(2):
        actions.give_before(by=ana_place, window_id=before.pk, said=said)
    assert CheckIn.objects.count() == 1
    once = RecordEntry.objects.filter(actor=ana_place.person).exclude(act="limits_set")
    assert [row.act for row in once].count({"pause": "paused"}.get(answer, answer)) == 1


def test_less_that_is_sent_twice_is_one_step(after, ana_place, pair, clock):
    said = less(ana_place, clock, safe=2)
    for _ in range(2):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert terms_in_force(pair).minutes == 20


def nothing_given(by, window, said):
    agreements = Agreement.objects.count()
    with pytest.raises(OverError):
        actions.give_before(by=by, window_id=window.pk, said=said)
    assert not CheckIn.objects.filter(key=said.key).exists()
    assert Agreement.objects.count() == agreements


@pytest.mark.parametrize("answer", [Answer.GO_AHEAD, Answer.SKIP])
def test_what_is_over_answered_or_not_yet_due_is_refused(before, ana_place, clock, answer):
    clock.go_to(before.opens_at - 4 * DAY)
    nothing_given(ana_place, before, factories.said(answer))
    clock.go_to(before.opens_at - DAY)
    actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.GO_AHEAD))
    nothing_given(ana_place, before, factories.said(answer))
    CheckIn.objects.all().delete()
    clock.go_to(before.opens_at)
    nothing_given(ana_place, before, factories.said(answer))
    before.refresh_from_db()
    assert before.as_value().skipped == set()


def test_around_another_pair_s_conversation_nothing_is_given(before, elsewhere):
    nothing_given(elsewhere, before, factories.said(Answer.SKIP))


def test_after_what_was_cancelled_nothing_is_given(before, ana_place, ben_place, clock):
    boundaries.pause(by=ben_place)
    nothing_given(ana_place, before, factories.said(Answer.GO_AHEAD))


def test_a_moved_conversation_keeps_its_check_in(before, ana_place, clock):
    """By its key; and who moves out of reach is refused like any that is over."""
    actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.GO_AHEAD))
    before.opens_at += timedelta(hours=1)
    before.closes_at += timedelta(hours=1)
    before.save()
    assert due(ana_place, clock) == []
    assert CheckIn.objects.get().window == before
    CheckIn.objects.all().delete()
    assert due(ana_place, clock) == [(Kind.BEFORE, before.pk)]
    before.opens_at += 20 * DAY
    before.closes_at += 20 * DAY
    before.save()
    nothing_given(ana_place, before, factories.said(Answer.GO_AHEAD))


def test_where_the_gate_refuses_the_answer_nothing_is_kept(before, ana_place, clock, monkeypatch):
    """It opens between the two instants: the act's own, later one counts."""

    def too_late(**_):
        raise RefusedError([])

    monkeypatch.setattr(boundaries, "go_ahead", too_late)
    with pytest.raises(RefusedError):
        actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.GO_AHEAD))
    assert not CheckIn.objects.exists()


# --- After, and by oneself --------------------------------------------------------------------


def test_after_a_conversation_words_are_sealed_and_there_for_their_writer(after, ana_place):
    said = factories.said(Answer.SAME, safe=4, body="My shoulders came down.")
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    row = queries.check_ins_in(ana_place).get()
    assert (row.how_safe, row.body) == (4, "My shoulders came down.")
    stored = CheckIn.objects.values_list("safe", "body").get()
    assert not any(bytes(each) == b"4" or b"shoulders" in bytes(each) for each in stored)


def test_after_it_the_same_two_people_have_a_check_in_each(after, ana_place, ben_place, clock):
    assert due(ana_place, clock) == due(ben_place, clock) == [(Kind.AFTER, after.pk)]
    said = factories.said(Answer.SAME, safe=1)
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert due(ana_place, clock) == []
    assert due(ben_place, clock) == [(Kind.AFTER, after.pk)]


def test_unanswered_it_goes_away(after, ana_place, clock):
    clock.go_to(after.closes_at + 15 * DAY)
    assert due(ana_place, clock) == []
    said = factories.said(Answer.SAME, safe=3)
    with pytest.raises(OverError):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)


@pytest.mark.parametrize("way", list(Less))
def test_r1_each_way_to_less_is_in_force_at_once(after, ana_place, pair, clock, way):
    was = terms_in_force(pair)
    said = less(ana_place, clock, way=way, safe=2)
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert terms_in_force(pair) < was


def test_less_is_exactly_what_was_shown_or_nothing(after, ana_place, ben_place, pair, clock):
    said = less(ana_place, clock, safe=2)
    boundaries.take_less(by=ben_place, terms=factories.terms(minutes=30))
    with pytest.raises(WayGoneError):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert terms_in_force(pair).minutes == 30
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("way", [None, More.LONGER])
def test_less_in_no_way_is_nothing(after, ana_place, clock, way):
    said = less(ana_place, clock, way=way, safe=2)
    with pytest.raises(WayGoneError):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("way", [More.LONGER, More.MORE_LETTERS, More.LONGER_LETTERS])
def test_r9_open_to_more_widens_ones_own_limits_alone(
    after, ana_place, ben_place, pair, clock, way
):
    was, bens = terms_in_force(pair), own_limits(ben_place)
    wider = queries.more_for(ana_place, load_situation(pair, clock.at))[way]
    said = factories.said(Answer.MORE, way=way, safe=5)
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert own_limits(ana_place) == wider
    assert own_limits(ben_place) == bens
    assert terms_in_force(pair) == was


def test_open_to_more_in_a_way_that_is_none_changes_nothing(after, ana_place):
    """They allow talking already; so there is no such way."""
    limits = own_limits(ana_place)
    for way in (More.TALK, None, Less.NO_TALK):
        said = factories.said(Answer.MORE, way=way, safe=5)
        with pytest.raises(WayGoneError):
            actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert own_limits(ana_place) == limits


def test_at_any_time_one_can_give_one_of_ones_own(ana_place, clock):
    """Before anything is agreed, and when the pair has ended."""
    factories.check_in(by=ana_place, safe=2, body="Tired.")
    conversations.part(by=ana_place)
    factories.check_in(by=ana_place, safe=4)
    rows = queries.check_ins_in(ana_place)
    assert sorted((row.kind, row.how_safe, row.window_id) for row in rows) == [
        ("own", 2, None),
        ("own", 4, None),
    ]


def test_when_the_pair_has_ended_nothing_is_due(after, ana_place, ben_place, clock):
    conversations.part(by=ben_place)
    ana_place.pair.refresh_from_db()
    assert due(ana_place, clock) == []


def test_what_was_done_stays_done_when_the_check_in_is_deleted(after, ana_place, pair, clock):
    said = less(ana_place, clock, safe=2)
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    row = CheckIn.objects.get()
    actions.delete_check_in(by=ana_place, check_in_id=row.pk)
    actions.delete_check_in(by=ana_place, check_in_id=row.pk)
    assert terms_in_force(pair).minutes == 20
    assert due(ana_place, clock) == [(Kind.AFTER, after.pk)]


def test_nobody_deletes_another_s(ana_place, ben_place, clock):
    row = factories.check_in(by=ana_place)
    actions.delete_check_in(by=ben_place, check_in_id=row.pk)
    actions.delete_check_in(by=ben_place, check_in_id=uuid4())
    assert CheckIn.objects.get() == row


# --- What each wants --------------------------------------------------------------------------


def test_scheduled_ones_can_be_switched_off_and_come_as_many_days_ahead_as_one_wants(
    before, ana_place, ben_place, clock
):
    both = [(Kind.BEFORE, before.pk)]
    assert due(ana_place, clock) == both
    actions.save_wish(by=ana_place, is_wanted=False, days_ahead=3)
    assert due(ana_place, clock) == []
    assert due(ben_place, clock) == both
    actions.save_wish(by=ana_place, is_wanted=True, days_ahead=7)
    clock.go_to(before.opens_at - 7 * DAY)
    assert due(ana_place, clock) == both
    assert due(ben_place, clock) == []
