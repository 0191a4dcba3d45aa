"""R19: the recipient reads, keeps, or hands back unread; the writer sees one state."""

from uuid import uuid4

import pytest
from django.http import Http404

from conversations import actions
from conversations.models import Envelope, Letter
from conversations.queries import envelopes_for, get_envelope_for
from tests import beginnings, factories, seen
from tests.beginnings import Begun, beginning

pytestmark = pytest.mark.django_db

State = Envelope.State


def arrive(begun: Begun) -> None:
    """A letter from Ana to Ben."""
    beginnings.agree_to_all(begun)
    factories.letter(by=begun.ana_place)
    factories.open_next(pair=begun.pair, clock=begun.clock)
    begun.envelope = Envelope.objects.get()


BEGINNINGS = {"envelope": arrive}

envelope = beginning("envelope")


MOVES = {
    actions.open_envelope: State.OPENED,
    actions.keep_envelope: State.KEPT,
    actions.hand_back_envelope: State.HANDED_BACK,
}
move = pytest.mark.parametrize("move", MOVES, ids=lambda act: act.__name__)


def state_of(envelope):
    envelope.refresh_from_db()
    return envelope.state


@move
def test_r19_a_closed_envelope_is_read_kept_or_handed_back(envelope, ben_place, move):
    assert envelope.state == State.CLOSED
    move(by=ben_place, envelope_id=envelope.pk)
    assert state_of(envelope) == MOVES[move]


@move
def test_r19_its_writer_sees_the_same_whatever_happens(envelope, ana_place, ben_place, move, pair):
    """Also in every column of their letter, and in the record."""
    before, rows = seen.pages(of=ana_place), seen.everything(in_=pair)
    assert before["letters"][0][-1] == envelope.window_id
    move(by=ben_place, envelope_id=envelope.pk)
    assert seen.pages(of=ana_place) == before
    after = seen.everything(in_=pair)
    assert {name for name in rows if rows[name] != after[name]} == {"Envelope"}


@move
def test_r19_doing_it_twice_is_doing_it_once(envelope, ben_place, move, pair):
    move(by=ben_place, envelope_id=envelope.pk)
    once = seen.everything(in_=pair)
    move(by=ben_place, envelope_id=envelope.pk)
    assert seen.everything(in_=pair) == once


@move
def test_r19_what_was_read_stays_read(envelope, ben_place, move):
    actions.open_envelope(by=ben_place, envelope_id=envelope.pk)
    move(by=ben_place, envelope_id=envelope.pk)
    assert state_of(envelope) == State.OPENED


@pytest.mark.parametrize("move", [actions.keep_envelope, actions.hand_back_envelope])
def test_r19_one_is_told_whether_it_is_so_also_when_it_was_so_before(envelope, ben_place, move):
    assert [move(by=ben_place, envelope_id=envelope.pk) for _ in range(2)] == [True, True]
    assert not actions.keep_envelope(by=ben_place, envelope_id=uuid4())


@pytest.mark.parametrize("move", [actions.keep_envelope, actions.hand_back_envelope])
def test_r19_of_one_that_was_read_it_is_not_said(envelope, ben_place, move):
    actions.open_envelope(by=ben_place, envelope_id=envelope.pk)
    assert not move(by=ben_place, envelope_id=envelope.pk)


@move
def test_r19_what_was_handed_back_is_gone_for_good(envelope, ben_place, move):
    actions.hand_back_envelope(by=ben_place, envelope_id=envelope.pk)
    move(by=ben_place, envelope_id=envelope.pk)
    assert state_of(envelope) == State.HANDED_BACK
    assert not envelopes_for(ben_place).exists()
    with pytest.raises(Http404):
        get_envelope_for(ben_place, envelope.pk)


@move
def test_r19_what_was_kept_can_be_read_or_handed_back_later(envelope, ben_place, move):
    actions.keep_envelope(by=ben_place, envelope_id=envelope.pk)
    move(by=ben_place, envelope_id=envelope.pk)
    assert state_of(envelope) == MOVES[move]


@move
@pytest.mark.parametrize("place", ["ana_place", "elsewhere"])
def test_r19_nobody_else_moves_it_or_sees_it(envelope, request, move, place):
    stranger = request.getfixturevalue(place)
    for pk in (envelope.pk, uuid4()):
        move(by=stranger, envelope_id=pk)
        with pytest.raises(Http404):
            get_envelope_for(stranger, pk)
    assert state_of(envelope) == State.CLOSED
    assert not envelopes_for(stranger).exists()


def test_r19_the_writer_still_reads_their_own_words(envelope, ana_place, ben_place):
    actions.hand_back_envelope(by=ben_place, envelope_id=envelope.pk)
    (letter,) = seen.pages(of=ana_place)["letters"]
    assert letter[1:3] == ("Dear you", Letter.State.RELEASED)
