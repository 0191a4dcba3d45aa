"""R13, R14, R15: pausing, lifting, and what the other sees of it."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.actions import create_code, use_code
from boundaries import actions, guards
from boundaries.actions import pauses
from boundaries.actions.record import Act
from boundaries.models import Pause, PersonalLimits, Window
from boundaries.queries import agreement_in_force
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import State
from conversations import actions as conversations
from tests import beginnings, factories, seen
from tests.beginnings import beginning

pytestmark = pytest.mark.django_db


BEGINNINGS = {"agreement": beginnings.agree_to_all}

agreement = beginning("agreement")


def test_r13_a_pause_ends_the_agreement_and_all_that_was_planned(agreement, ben_place, pair, clock):
    clock.move(hours=1)
    actions.pause(by=ben_place)
    agreement.refresh_from_db()
    assert agreement.ended_at == clock.at
    assert set(Window.objects.values_list("state", flat=True)) == {State.CANCELLED}
    assert seen.last_entry(in_=pair) == (Act.PAUSED, ben_place.person_id, None)


def test_r13_a_pause_closes_an_open_conversation(agreement, ben_place, pair, clock):
    window = factories.open_next(pair=pair, clock=clock)
    clock.move(minutes=1)
    actions.pause(by=ben_place)
    window.refresh_from_db()
    assert (window.state, window.ended_at) == (State.CUT_SHORT, clock.at)


def test_r13_pausing_twice_is_pausing_once(agreement, ben_place, pair, clock):
    actions.pause(by=ben_place)
    once = seen.everything(in_=pair)
    clock.move(days=1)
    actions.pause(by=ben_place)
    assert seen.everything(in_=pair) == once


def test_r13_both_may_pause_and_each_pause_stands_by_itself(agreement, ana_place, ben_place, pair):
    actions.pause(by=ana_place)
    actions.pause(by=ben_place)
    actions.lift(by=ana_place)
    (standing,) = Pause.objects.filter(pair=pair, lifted_at=None)
    assert standing.person_id == ben_place.person_id


def test_r13_a_pause_holds_also_before_anything_was_agreed(ana_place, ben_place, pair, clock):
    actions.pause(by=ana_place)
    assert seen.acts(in_=pair)[-1] == Act.PAUSED


def test_r13_a_pause_needs_nothing_that_could_be_broken(agreement, ana_place, pair):
    """Neither limits nor terms are read: who pauses is never stopped by a fault in them."""
    PersonalLimits.objects.all().delete()
    with guards.down(connection, "agreement_stays"), connection.cursor() as cursor:
        cursor.execute("UPDATE boundaries_agreement SET terms = '{}'")
    actions.pause(by=ana_place)
    assert set(Window.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_r13_a_fault_in_one_pair_stops_no_pause_in_another(
    pair, elsewhere, ana, outsider, make_person, monkeypatch, caplog
):
    other = use_code(by=make_person("dora"), code=create_code(by=ana)).pair
    real = pauses.contact_in

    def broken(locked, at):
        if locked == pair:
            raise ValueError("broken")
        return real(locked, at)

    monkeypatch.setattr(pauses, "contact_in", broken)
    with pytest.raises(ValueError, match="broken"):
        actions.pause_all(by=ana)
    assert [each.pair for each in Pause.objects.filter(person=ana)] == [other]
    assert str(pair.pk) in caplog.text


def test_r13_a_pause_is_for_one_pair(agreement, elsewhere, pair):
    before = seen.everything(in_=pair)
    actions.pause(by=elsewhere)
    assert seen.everything(in_=pair) == before


def test_r13_a_pause_does_not_run_out(agreement, ana_place, pair, clock):
    actions.pause(by=ana_place)
    for _ in range(3):
        clock.move(days=2000)
        actions.sweep()
        conversations.sweep()
    assert Pause.objects.get(pair=pair).lifted_at is None
    assert agreement_in_force(pair) is None


def test_r14_only_who_paused_lifts_their_pause(agreement, ana_place, ben_place, pair):
    actions.pause(by=ana_place)
    before = seen.everything(in_=pair)
    actions.lift(by=ben_place)
    assert seen.everything(in_=pair) == before
    actions.lift(by=ana_place)
    assert not Pause.objects.filter(pair=pair, lifted_at=None).exists()
    assert seen.last_entry(in_=pair) == (Act.PAUSE_LIFTED, ana_place.person_id, None)


def test_r14_lifting_twice_is_lifting_once(agreement, ana_place, pair):
    actions.pause(by=ana_place)
    actions.lift(by=ana_place)
    once = seen.everything(in_=pair)
    actions.lift(by=ana_place)
    assert seen.everything(in_=pair) == once


def test_r14_lifting_restores_nothing(agreement, ana_place, ben_place, pair, clock):
    letter = factories.letter(by=ben_place)
    actions.pause(by=ana_place)
    actions.lift(by=ana_place)
    for _ in range(3):
        clock.move(days=30)
        actions.sweep()
        conversations.sweep()
    letter.refresh_from_db()
    assert letter.state == "held"
    assert agreement_in_force(pair) is None
    assert set(Window.objects.values_list("state", flat=True)) == {State.CANCELLED}


def end_by_less(place, clock):
    actions.take_less(by=place, terms=NO_CONTACT)


def end_by_limits(place, clock):
    factories.allow(by=(place,), days_between=None)


def end_by_pause(place, clock):
    actions.pause(by=place)


def end_by_pause_and_lift(place, clock):
    actions.pause(by=place)
    actions.lift(by=place)


def test_r15_after_a_pause_the_other_sees_the_same_as_after_every_other_end(
    agreement, ana_place, ben_place, pair, clock
):
    """All their own queries give the same, then and later."""
    factories.hold(pair=pair, clock=clock)
    factories.letter(by=ana_place)
    seen_then = []
    for end in (end_by_less, end_by_limits, end_by_pause, end_by_pause_and_lift):
        start = clock.at
        with factories.undone():
            end(ben_place, clock)
            looks = [seen.pages(of=ana_place)]
            clock.move(days=40)
            actions.sweep()
            looks.append(seen.pages(of=ana_place))
            seen_then.append(looks)
        clock.go_to(start)
    assert seen_then[0][0]["agreement"] is None
    assert seen_then[0][0]["next"] is None
    assert all(looks == seen_then[0] for looks in seen_then)


def test_r15_an_open_conversation_that_a_pause_closes_looks_like_one_that_was_left(
    agreement, ana_place, ben_place, pair, clock
):
    window = factories.open_next(pair=pair, clock=clock)
    actions.pause(by=ben_place)
    (conversation,) = seen.pages(of=ana_place)["conversations"]
    assert conversation[0] == window.pk
    assert conversation[2] == State.CUT_SHORT


def test_r15_a_conversation_that_was_due_when_somebody_paused_is_scheduled_no_more(
    agreement, ana_place, ben_place, pair, clock
):
    """Also while no worker has settled it yet; then it reads as one that did not take place."""
    window = factories.next_window(pair=pair)
    clock.go_to(window.opens_at + timedelta(minutes=10))
    assert seen.pages(of=ben_place)["next"] is not None
    actions.pause(by=ana_place)
    for place in (ana_place, ben_place):
        assert seen.pages(of=place)["next"] is None
    conversations.sweep()
    window.refresh_from_db()
    assert window.state == State.SKIPPED
