"""R20, R24: answering before a conversation, and what becomes of it at its time."""

from datetime import time, timedelta
from uuid import uuid4

import pytest

from boundaries import actions
from boundaries.actions.record import Act
from boundaries.exceptions import RefusedError
from boundaries.models import PersonalLimits, Window
from boundaries.rules.limits import Limits
from boundaries.rules.reasons import Reason
from boundaries.rules.rhythm import Weekly
from boundaries.rules.terms import LONGEST_MINUTES, NO_CONTACT
from boundaries.rules.windows import State
from conversations import actions as conversations
from tests import beginnings, factories, seen
from tests.beginnings import beginning
from tests.cases import shared

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)


BEGINNINGS = {"window": beginnings.plan, "both": beginnings.allow}

window, both = beginning("window"), beginning("both")
"""The first of an agreement under which nobody is asked; and their places."""


@pytest.fixture
def asked(both, pair, clock):
    """The first of an agreement under which Ben is asked before each."""
    factories.allow(by=(both[1],), ask_before_each=True)
    factories.agree(by=both[0], other=both[1], clock=clock)
    return factories.next_window(pair=pair)


def sweep_at(clock, instant):
    clock.go_to(instant)
    actions.sweep()
    conversations.sweep()


def state_of(window):
    window.refresh_from_db()
    return window.state


# --- At its time --------------------------------------------------------------------------------


def test_r20_a_window_opens_at_its_instant_and_not_a_microsecond_before(window, pair, clock):
    sweep_at(clock, window.opens_at - MOMENT)
    assert state_of(window) == State.PLANNED
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.OPEN
    assert window.opened_at == window.opens_at
    assert seen.last_entry(in_=pair) == (Act.WINDOW_OPENED, None, window.pk)


def test_r20_a_window_that_is_opened_late_still_closes_at_its_instant(window, clock, pair):
    sweep_at(clock, window.closes_at - MOMENT)
    assert state_of(window) == State.OPEN
    assert window.opened_at == clock.at
    sweep_at(clock, window.closes_at)
    assert (state_of(window), window.ended_at) == (State.CUT_SHORT, clock.at)
    assert seen.last_entry(in_=pair) == (Act.WINDOW_CLOSED, None, window.pk)


@shared(
    ("late", "state"),
    [
        (timedelta(), State.HELD),
        (timedelta(minutes=1), State.HELD),
        (timedelta(minutes=1) + MOMENT, State.CUT_SHORT),
    ],
)
def test_r5_a_conversation_that_opened_late_is_not_a_whole_one(window, clock, late, state):
    sweep_at(clock, window.opens_at + late)
    sweep_at(clock, window.closes_at)
    assert state_of(window) == state


def test_r20_one_that_is_due_when_other_terms_take_force_is_told_as_not_held(
    window, ana_place, pair, clock
):
    clock.go_to(window.opens_at)
    actions.take_less(by=ana_place, terms=NO_CONTACT)
    conversations.sweep()
    assert state_of(window) == State.SKIPPED


@shared("late", [timedelta(), timedelta(hours=5)])
def test_r20_a_window_that_nobody_opened_in_time_never_opens_and_both_are_told(
    window, ana_place, ben_place, pair, clock, late
):
    letter = factories.letter(by=ana_place)
    sweep_at(clock, window.closes_at + late)
    assert state_of(window) == State.MISSED
    assert seen.acts(in_=pair)[-1] == Act.WINDOW_MISSED
    letter.refresh_from_db()
    assert letter.state == "held"
    for place in (ana_place, ben_place):
        (told,) = seen.pages(of=place)["conversations"]
        assert told[:3] == (window.pk, window.opens_at, State.MISSED)
    sweep_at(clock, clock.at + timedelta(seconds=1))
    assert state_of(window) == State.MISSED


def test_r20_what_was_missed_is_told_also_if_a_pause_comes_before_the_sweep(
    window, ana_place, ben_place, clock
):
    clock.go_to(window.closes_at)
    actions.pause(by=ben_place)
    sweep_at(clock, clock.at)
    assert state_of(window) == State.MISSED


def test_r7_sweeping_many_times_is_sweeping_once(window, ana_place, ben_place, pair, clock):
    factories.letter(by=ana_place)
    factories.letter(by=ben_place)
    for instant in (window.opens_at, window.closes_at):
        sweep_at(clock, instant)
        once = seen.everything(in_=pair)
        for times in (2, 8):
            for _ in range(times):
                sweep_at(clock, instant)
            assert seen.everything(in_=pair) == once


def test_r7_two_due_windows_at_once_are_one_conversation_and_one_that_was_missed(
    window, pair, clock
):
    second = Window.objects.filter(pair=pair, state=State.PLANNED).order_by("opens_at")[1]
    sweep_at(clock, second.opens_at)
    assert state_of(window) == State.MISSED
    assert state_of(second) == State.OPEN


def test_a_conversation_never_reaches_into_the_next_one():
    with pytest.raises(ValueError, match="half a day"):
        factories.terms(minutes=LONGEST_MINUTES + 1)


def test_r1_what_takes_force_while_one_is_open_that_it_does_not_name_ends_that_one(
    both, pair, clock
):
    """They meet on Saturdays at six; from an open conversation on they want to, at half past.

    The open one ends, since nothing that they agreed on names it; and none begins beside it.
    """
    ana, ben = both
    saturdays = {"rhythm": Weekly(1, 0, frozenset({5}))}
    factories.agree(by=ana, other=ben, clock=clock, **saturdays)
    factories.hold(pair=pair, clock=clock)
    opens_at = factories.next_window(pair=pair).opens_at
    clock.go_to(opens_at - timedelta(hours=72) + timedelta(minutes=10))
    factories.allow(by=both, days_between=1)
    factories.cooling_off(by=ana, other=ben, at=time(18, 30), **saturdays)
    sweep_at(clock, opens_at)
    sweep_at(clock, opens_at + timedelta(minutes=10))
    assert Window.objects.get(pair=pair, opens_at=opens_at).state == State.CUT_SHORT
    assert factories.next_window(pair=pair).opens_at == opens_at + timedelta(days=7, minutes=30)


def test_r1_a_window_that_is_not_one_of_the_terms_in_force_does_not_open(window, pair, clock):
    wrong = window.opens_at - timedelta(hours=1)
    Window.objects.filter(pk=window.pk).update(opens_at=wrong)
    sweep_at(clock, wrong)
    assert state_of(window) == State.SKIPPED


def test_r8_a_window_outside_somebodys_hours_does_not_open(window, ben_place, clock):
    """Whatever planned it: the gate looks again."""
    limits: Limits = factories.limits(hours=frozenset({0}))
    PersonalLimits.objects.filter(membership=ben_place).update(value=limits)
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.SKIPPED


# --- Answers ------------------------------------------------------------------------------------


def test_r24_no_answer_means_that_it_is_skipped(asked, pair, clock):
    sweep_at(clock, asked.opens_at)
    assert state_of(asked) == State.SKIPPED
    assert seen.last_entry(in_=pair) == (Act.WINDOW_SKIPPED, None, asked.pk)


def test_r24_whoever_set_no_more_than_the_ordinary_is_asked():
    least = {"days_between": 7, "minutes": 45, "letters": 1, "letter_length": 1000, "live": False}
    assert Limits(**least, hours=frozenset(), zone="UTC").ask_before_each


def test_r24_with_go_ahead_it_opens(asked, ben_place, pair, clock):
    actions.go_ahead(by=ben_place, window_id=asked.pk)
    assert seen.last_entry(in_=pair) == (Act.GO_AHEAD, ben_place.person_id, asked.pk)
    sweep_at(clock, asked.opens_at)
    assert state_of(asked) == State.OPEN


def test_r24_the_other_cannot_go_ahead_for_who_is_asked(asked, ana_place, clock):
    actions.go_ahead(by=ana_place, window_id=asked.pk)
    sweep_at(clock, asked.opens_at)
    assert state_of(asked) == State.SKIPPED


def test_r24_if_the_terms_ask_both_must_go_ahead(both, ana_place, ben_place, pair, clock):
    factories.agree(by=ana_place, other=ben_place, clock=clock, ask_before_each=True)
    first, second = Window.objects.filter(pair=pair).order_by("opens_at")[:2]
    actions.go_ahead(by=ana_place, window_id=first.pk)
    sweep_at(clock, first.opens_at)
    assert state_of(first) == State.SKIPPED
    for place in both:
        actions.go_ahead(by=place, window_id=second.pk)
    sweep_at(clock, second.opens_at)
    assert state_of(second) == State.OPEN


def test_r24_a_go_ahead_is_for_one_conversation(asked, ben_place, pair, clock):
    actions.go_ahead(by=ben_place, window_id=asked.pk)
    factories.hold(pair=pair, clock=clock)
    second = factories.next_window(pair=pair)
    sweep_at(clock, second.opens_at)
    assert state_of(second) == State.SKIPPED


def test_r24_switching_the_question_on_holds_for_what_is_planned_already(window, ben_place, clock):
    factories.allow(by=(ben_place,), ask_before_each=True)
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.SKIPPED


def ask_no_more(place):
    factories.allow(by=(place,), ask_before_each=False)


def test_r9_r24_switching_the_question_off_lets_nothing_open_that_is_planned_already(
    asked, ben_place, pair, clock
):
    ask_no_more(ben_place)
    sweep_at(clock, asked.opens_at)
    assert state_of(asked) == State.SKIPPED
    second = factories.next_window(pair=pair)
    sweep_at(clock, second.opens_at)
    assert state_of(second) == State.SKIPPED


def test_r9_r24_nor_one_that_has_begun_and_that_no_worker_has_looked_at(asked, ben_place, clock):
    """A "go ahead" would come too late for it."""
    clock.go_to(asked.opens_at + timedelta(seconds=1))
    ask_no_more(ben_place)
    sweep_at(clock, clock.at)
    assert state_of(asked) == State.SKIPPED


def test_r24_what_had_its_go_ahead_keeps_it_when_the_question_is_switched_off(
    asked, ben_place, clock
):
    actions.go_ahead(by=ben_place, window_id=asked.pk)
    ask_no_more(ben_place)
    sweep_at(clock, asked.opens_at)
    assert state_of(asked) == State.OPEN


def test_r24_and_it_can_still_be_given_afterwards(asked, ben_place, clock):
    ask_no_more(ben_place)
    actions.go_ahead(by=ben_place, window_id=asked.pk)
    sweep_at(clock, asked.opens_at)
    assert state_of(asked) == State.OPEN


def test_r24_under_terms_that_ask_both_it_is_a_skip_of_nobody(both, ana_place, ben_place, clock):
    """The answer is needed as before, and the pages still ask for it."""
    factories.allow(by=(ben_place,), ask_before_each=True)
    factories.agree(by=ana_place, other=ben_place, clock=clock, ask_before_each=True)
    ask_no_more(ben_place)
    window = factories.next_window(pair=ana_place.pair)
    assert window.as_value().skipped == frozenset()
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.SKIPPED


def test_r9_r24_the_other_notices_nothing_of_it_before_it_is_due(
    asked, ana_place, ben_place, clock
):
    before = seen.pages(of=ana_place)
    ask_no_more(ben_place)
    assert seen.pages(of=ana_place) == before


def test_r24_what_is_agreed_afterwards_asks_no_more(asked, ana_place, ben_place, pair, clock):
    ask_no_more(ben_place)
    actions.take_less(by=ben_place, terms=NO_CONTACT)
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    window = factories.next_window(pair=pair)
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.OPEN


def test_r24_either_skips_alone_and_nobody_sees_it_before_it_is_due(
    window, ana_place, ben_place, pair, clock
):
    before = seen.pages(of=ana_place)
    actions.skip(by=ben_place, window_id=window.pk)
    assert seen.pages(of=ana_place) == before
    assert seen.last_entry(in_=pair) == (Act.SKIP, ben_place.person_id, window.pk)
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.SKIPPED


def test_r24_a_skip_counts_more_than_a_go_ahead_of_the_other(asked, ana_place, ben_place, clock):
    actions.go_ahead(by=ben_place, window_id=asked.pk)
    actions.skip(by=ana_place, window_id=asked.pk)
    sweep_at(clock, asked.opens_at)
    assert state_of(asked) == State.SKIPPED


def test_r24_skipped_looks_to_the_other_like_not_answered(both, ana_place, ben_place, pair, clock):
    factories.agree(by=ana_place, other=ben_place, clock=clock, ask_before_each=True)
    window = factories.next_window(pair=pair)
    looks = []
    for answer in (lambda: None, lambda: actions.skip(by=ben_place, window_id=window.pk)):
        start = clock.at
        with factories.undone():
            answer()
            looks.append([seen.pages(of=ana_place)])
            sweep_at(clock, window.opens_at)
            looks[-1].append(seen.pages(of=ana_place))
        clock.go_to(start)
    assert looks[0] == looks[1]


def test_r24_until_it_is_due_one_can_think_again(window, ben_place, clock):
    actions.skip(by=ben_place, window_id=window.pk)
    actions.go_ahead(by=ben_place, window_id=window.pk)
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.OPEN


@shared("answer", [actions.go_ahead, actions.skip])
def test_r24_answering_twice_is_answering_once(window, ben_place, pair, clock, answer):
    answer(by=ben_place, window_id=window.pk)
    once = seen.everything(in_=pair)
    clock.move(minutes=1)
    answer(by=ben_place, window_id=window.pk)
    assert seen.everything(in_=pair) == once


def refused(answer, *, by, window):
    """Why this answer is refused."""
    with pytest.raises(RefusedError) as refusal:
        answer(by=by, window_id=window.pk)
    return refusal.value.reasons


def test_r24_once_it_is_due_nobody_can_go_ahead(window, ben_place, clock):
    clock.go_to(window.opens_at)
    assert refused(actions.go_ahead, by=ben_place, window=window) == (Reason.TOO_LATE,)
    sweep_at(clock, clock.at)
    reasons = refused(actions.go_ahead, by=ben_place, window=window)
    assert reasons == (Reason.NOT_PLANNED, Reason.TOO_LATE)


@shared("late", [timedelta(), timedelta(minutes=44)])
def test_r24_what_is_due_and_not_open_yet_can_still_be_skipped(
    window, ana_place, ben_place, pair, clock, late
):
    """A worker that comes late does not open what somebody did not want any more."""
    letter = factories.letter(by=ana_place)
    clock.go_to(window.opens_at + late)
    before = seen.pages(of=ana_place)
    actions.skip(by=ben_place, window_id=window.pk)
    assert seen.pages(of=ana_place) == before
    assert seen.last_entry(in_=pair) == (Act.SKIP, ben_place.person_id, window.pk)
    assert refused(actions.go_ahead, by=ben_place, window=window) == (Reason.TOO_LATE,)
    sweep_at(clock, clock.at)
    letter.refresh_from_db()
    assert (state_of(window), letter.state) == (State.SKIPPED, "held")


def test_r24_to_skip_what_has_opened_meanwhile_is_to_leave_it(window, ben_place, pair, clock):
    sweep_at(clock, window.opens_at)
    actions.skip(by=ben_place, window_id=window.pk)
    assert (state_of(window), window.ended_at) == (State.CUT_SHORT, clock.at)
    assert seen.acts(in_=pair)[-2:] == [Act.LEFT, Act.WINDOW_CLOSED]
    assert refused(actions.skip, by=ben_place, window=window) == (Reason.NOT_PLANNED,)


@shared("is_open", [False, True])
def test_r24_at_its_end_there_is_nothing_to_skip(window, ben_place, clock, is_open):
    if is_open:
        sweep_at(clock, window.opens_at)
    clock.go_to(window.closes_at)
    assert refused(actions.skip, by=ben_place, window=window) == (Reason.TOO_LATE,)


@shared("answer", [actions.go_ahead, actions.skip])
def test_r24_a_window_of_another_pair_is_as_if_it_did_not_exist(window, elsewhere, answer):
    for pk in (window.pk, uuid4()):
        with pytest.raises(Window.DoesNotExist):
            answer(by=elsewhere, window_id=pk)
    assert not Window.objects.exclude(answers={}).exists()


def test_r24_a_skip_holds_also_when_less_was_taken_meanwhile(window, ana_place, ben_place, clock):
    actions.skip(by=ben_place, window_id=window.pk)
    actions.take_less(by=ana_place, terms=factories.terms(minutes=30))
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.SKIPPED


def test_r24_a_skip_holds_also_when_more_takes_force_meanwhile(
    window, ana_place, ben_place, pair, clock
):
    """The conversation that takes the place of the skipped one at the same instant is skipped."""
    factories.hold(pair=pair, clock=clock)
    following = factories.next_window(pair=pair)
    proposal = factories.cooling_off(by=ana_place, other=ben_place, minutes=60)
    actions.skip(by=ben_place, window_id=following.pk)
    sweep_at(clock, proposal.takes_force_at)
    instead = Window.objects.get(opens_at=following.opens_at, state=State.PLANNED)
    assert instead.pk != following.pk
    assert seen.pages(of=ana_place)["next"][0] == instead.pk
    sweep_at(clock, instead.opens_at)
    assert state_of(instead) == State.SKIPPED


def test_r24_a_go_ahead_is_not_carried_over_to_other_terms(
    asked, ana_place, ben_place, pair, clock
):
    actions.go_ahead(by=ben_place, window_id=asked.pk)
    factories.hold(pair=pair, clock=clock)
    following = factories.next_window(pair=pair)
    proposal = factories.cooling_off(by=ana_place, other=ben_place, minutes=60)
    actions.go_ahead(by=ben_place, window_id=following.pk)
    sweep_at(clock, proposal.takes_force_at)
    instead = Window.objects.get(opens_at=following.opens_at, state=State.PLANNED)
    sweep_at(clock, instead.opens_at)
    assert state_of(instead) == State.SKIPPED


def test_r8_a_new_agreement_keeps_the_distance_from_the_last_conversation(
    both, ana_place, ben_place, pair, clock
):
    """On the first Saturday they met; now it is the second, and never within four weeks."""
    factories.allow(by=both, days_between=28)
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    held = factories.hold(pair=pair, clock=clock)
    second = factories.nth(nth=2)
    factories.agree(by=ana_place, other=ben_place, clock=clock, rhythm=second)
    following = factories.next_window(pair=pair)
    assert following.opens_at.date() - held.opens_at.date() == timedelta(days=35)


def test_r8_a_greater_distance_holds_also_for_what_is_planned_soon_after_the_last_conversation(
    both, ana_place, ben_place, pair, clock
):
    """The terms stay as they are, since months are far enough apart; the next date alone is not."""
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    factories.hold(pair=pair, clock=clock)
    second = factories.nth(nth=2)
    agreement = factories.agree(by=ana_place, other=ben_place, clock=clock, rhythm=second)
    soon, later = agreement.windows.order_by("opens_at")[:2]
    assert soon.opens_at - clock.at < timedelta(days=7)
    before = seen.pages(of=ana_place)
    factories.allow(by=(ben_place,), days_between=28)
    assert seen.pages(of=ana_place) == before
    for window, state in ((soon, State.SKIPPED), (later, State.OPEN)):
        sweep_at(clock, window.opens_at)
        assert state_of(window) == state


def test_r13_after_a_pause_and_a_new_beginning_only_the_new_windows_open(
    window, ana_place, ben_place, pair, clock
):
    actions.pause(by=ana_place)
    actions.lift(by=ana_place)
    again = factories.agree(by=ana_place, other=ben_place, clock=clock)
    sweep_at(clock, window.opens_at)
    assert state_of(window) == State.CANCELLED
    assert set(again.windows.values_list("state", flat=True)) == {State.PLANNED}
