"""R13, R16: who pauses or ends contact is not held up by a record that takes no entry any more."""

import logging
from contextlib import nullcontext

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from boundaries import actions, guards
from boundaries.actions import (
    agreements,
    limits,
    parting,
    pauses,
    proposals,
    time_apart,
    windows,
)
from boundaries.actions.record import Act, Entry, add_to_record, try_to_record
from boundaries.exceptions import NotAllPaused
from boundaries.models import Agreement, Door, Pause, Proposal, RecordEntry, TimeApart, Window
from boundaries.queries import terms_in_force
from boundaries.rules.proposals import End
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import State
from conversations import actions as conversations
from conversations.actions import letters
from conversations.models import Letter
from tests import beginnings, factories, raw, seen
from tests.beginnings import Begun, beginning
from tests.cases import shared

pytestmark = pytest.mark.django_db


def write_and_agree(begun: Begun) -> None:
    """Ana writes a letter, and they agree."""
    beginnings.allow(begun)
    factories.letter(by=begun.ana_place)
    beginnings.agree_to_all(begun)


BEGINNINGS = {"agreement": write_and_agree}

agreement = beginning("agreement")


def moved_back(pair):
    """The row of the pair says that its record is shorter than it is."""
    raw.change(pair, record_length=1, record_head=RecordEntry.objects.get(number=1).hash)


def added_to(pair):
    """Somebody put an entry there that nothing leads to."""
    last = RecordEntry.objects.filter(pair=pair).order_by("-number")[0]
    raw.copy(last, number=last.number + 1)


@pytest.fixture(params=[moved_back, added_to])
def damaged(agreement, pair, request):
    """A pair in which something is agreed, and whose record takes no further entry."""
    with guards.down(connection, "record_goes_on", "record_ends_where_it_does"):
        request.param(pair)
    pair.refresh_from_db()
    with pytest.raises(IntegrityError), transaction.atomic():
        add_to_record(pair, [Entry(Act.PAUSED)], agreement.in_force_from)
    return agreement


def paused(place):
    actions.pause(by=place)
    assert Pause.objects.get(pair=place.pair).lifted_at is None


def paused_by_a_supporter(place):
    supporter = type(place.person).objects.create(email="noor@example.org")
    support = factories.support(of=place.person, by=supporter, allowed=["pause"])
    actions.pause_for(by=support)
    assert Pause.objects.get(pair=place.pair).person_id == place.person_id


def parted(place):
    conversations.part(by=place)
    place.pair.refresh_from_db()
    assert place.pair.ended_at is not None
    assert Letter.objects.get().state == Letter.State.DRAFT


def taken_nothing(place):
    actions.take_less(by=place, terms=NO_CONTACT)


ENDS = [paused, paused_by_a_supporter, parted, taken_nothing]


@shared("end", ENDS)
def test_r13_it_holds_although_the_record_takes_no_entry(damaged, ana_place, pair, end, caplog):
    caplog.clear()
    before = seen.acts(in_=pair)
    end(ana_place)
    assert not Agreement.objects.filter(ended_at=None).exists()
    assert set(Window.objects.values_list("state", flat=True)) == {State.CANCELLED}
    assert seen.acts(in_=pair) == before
    (logged,) = [each for each in caplog.records if each.levelno == logging.CRITICAL]
    assert str(pair.pk) in logged.getMessage()
    with pytest.raises(CommandError, match=f"The record is broken: pair {pair.pk}"):
        call_command("verify_record")


@shared("end", ENDS)
def test_r13_if_the_entry_could_undo_it_the_same_would_be_seen(
    damaged, ana_place, end, monkeypatch
):
    for module in (pauses, parting, agreements):
        monkeypatch.setattr(module, "try_to_record", add_to_record)
    with pytest.raises((IntegrityError, NotAllPaused)), transaction.atomic():
        end(ana_place)
    assert Agreement.objects.filter(ended_at=None).exists()


def left(place, window):
    actions.leave(by=place, window_id=window.pk)
    window.refresh_from_db()
    return window.state == State.CUT_SHORT


def skipped(place, window):
    later = factories.next_window(pair=place.pair)
    actions.skip(by=place, window_id=later.pk)
    return place.person_id in Window.objects.get(pk=later.pk).as_value().skipped


def took_less(place, window):
    actions.take_less(by=place, terms=factories.terms(minutes=5))
    return terms_in_force(place.pair).minutes == 5


def allowed_less(place, window):
    factories.allow(by=(place,), minutes=5)
    return terms_in_force(place.pair).minutes == 5


def withdrew(place, window):
    ours = Proposal.objects.get(end=None)
    actions.withdraw_proposal(by=place, proposal_id=ours.pk)
    ours.refresh_from_db()
    return ours.end == End.WITHDRAWN


def the_others(place):
    return TimeApart.objects.exclude(author=place.person_id).get()


def chose_a_time_apart(place, window):
    factories.choose(by=place, time_apart=the_others(place))
    return not Agreement.objects.filter(ended_at=None).exists()


def declined_a_time_apart(place, window):
    return actions.decline_time_apart(by=place, time_apart_id=the_others(place).pk)


def took_back_a_time_apart(place, window):
    own = TimeApart.objects.get(author=place.person_id)
    return actions.take_back_time_apart(by=place, time_apart_id=own.pk)


def held_a_letter_and_took_it_back(place, window):
    return factories.take_back(by=place, letter_id=factories.letter(by=place).pk).held_at is None


def deleted_a_letter(place, window):
    letter = factories.letter(by=place)
    conversations.delete_letter(by=place, letter_id=letter.pk)
    return not Letter.objects.filter(pk=letter.pk).exists()


LESS = [
    left,
    skipped,
    took_less,
    allowed_less,
    withdrew,
    chose_a_time_apart,
    declined_a_time_apart,
    took_back_a_time_apart,
    held_a_letter_and_took_it_back,
    deleted_a_letter,
]


@pytest.fixture
def in_conversation(agreement, ana_place, ben_place, pair, clock):
    """And one of each other thing of which there can be less; then the record is damaged."""
    window = factories.open_next(pair=pair, clock=clock)
    factories.propose(by=ana_place)
    for each in (ana_place, ben_place):
        factories.suggest(by=each)
    with guards.down(connection, "record_goes_on", "record_ends_where_it_does"):
        moved_back(pair)
    pair.refresh_from_db()
    return window


@shared("less", LESS)
def test_r1_less_holds_although_the_record_takes_no_entry(in_conversation, ana_place, less):
    entries = RecordEntry.objects.count()
    assert less(ana_place, in_conversation)
    assert RecordEntry.objects.count() == entries


@shared("less", LESS)
def test_r1_if_the_entry_could_undo_it_the_same_would_be_seen(
    in_conversation, ana_place, less, monkeypatch
):
    for module in (agreements, letters, limits, proposals, time_apart, windows):
        monkeypatch.setattr(module, "try_to_record", add_to_record)
    with pytest.raises(IntegrityError), transaction.atomic():
        less(ana_place, in_conversation)


@pytest.mark.parametrize("record", [try_to_record, add_to_record])
def test_r16_a_door_closes_although_the_record_takes_no_entry(
    agreement, ana_place, pair, monkeypatch, record
):
    """And if the entry could undo it, the same would be seen."""
    conversations.part(by=ana_place)
    actions.open_door(by=ana_place)
    with guards.down(connection, "record_goes_on", "record_ends_where_it_does"):
        moved_back(pair)
    monkeypatch.setattr(parting, "try_to_record", record)
    expected = nullcontext() if record is try_to_record else pytest.raises(IntegrityError)
    with expected, transaction.atomic():
        actions.close_door(by=ana_place)
    assert Door.objects.exists() == (record is add_to_record)


def test_r30_limits_that_are_wider_in_anything_need_their_entry(in_conversation, ana_place):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.allow(by=(ana_place,), minutes=5, letter_length=100_000)


def test_r30_nothing_that_adds_contact_happens_without_its_entry(damaged, ana_place, pair):
    """As lifting a pause, after which contact could begin again."""
    actions.pause(by=ana_place)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.lift(by=ana_place)
    assert Pause.objects.get(pair=pair).lifted_at is None


def test_r30_no_letter_is_released_without_its_entry(agreement, pair, clock):
    """Holding one needs none, so that no words are lost; it waits until the record is mended."""
    clock.go_to(factories.next_window(pair=pair).opens_at)
    with guards.down(connection, "record_goes_on", "record_ends_where_it_does"):
        moved_back(pair)
    conversations.sweep()
    assert Letter.objects.get().state == Letter.State.HELD
    assert set(Window.objects.values_list("state", flat=True)) == {State.PLANNED}


def test_r30_after_a_refused_entry_the_record_goes_on_where_it_ended(agreement, pair, capsys):
    """Also within the same act, which still holds the row of the pair that it began with."""
    pair.refresh_from_db()
    end = pair.record_length
    with guards.down(connection, "record_goes_on", "record_stays"):
        added_to(pair)
        try_to_record(pair, [Entry(Act.PAUSED)], agreement.in_force_from)
        RecordEntry.objects.get(number=end + 1).delete()
    add_to_record(pair, [Entry(Act.PAUSED)], agreement.in_force_from)
    assert RecordEntry.objects.count() == end + 1
    call_command("verify_record")
    assert "one unbroken chain" in capsys.readouterr().out
