"""Ending a pair for good, the doors that may be left open, and beginning again (R16)."""

from datetime import datetime
from uuid import UUID

from accounts.actions import begin_pair_again
from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from accounts.queries import place_after
from boundaries.actions.agreements import contact_in, end_all_contact
from boundaries.actions.record import Act, Entry, add_to_record, try_to_record
from boundaries.exceptions import refuse_if
from boundaries.models import Door, Farewell
from boundaries.queries import load_situation
from boundaries.rules import acts, gate
from boundaries.rules.phrases import Phrase


def end_pair(pair: Pair, at: datetime, *, by: UUID, phrase: Phrase | None = None) -> bool:
    """End the pair for good, with all contact in it; return whether it had not ended before.

    phrase: the fixed kind words that come with it (R15); who comes second leaves none. The caller
    holds its lock, and sees to what was said in it: see `conversations.actions.part`.
    """
    if pair.ended_at is not None:
        return False
    ended = end_all_contact(pair, contact_in(pair, at), at, by=by)
    pair.ended_at = at
    pair.save(update_fields=["ended_at"])
    if phrase:
        Farewell.objects.create(pair=pair, person_id=by, phrase=phrase, left_at=at)
    try_to_record(pair, [*ended, Entry(Act.PARTED, by)], at)
    return True


def open_door(*, by: Membership) -> None:
    """Leave one's door open after the end, privately. Opening it again changes nothing.

    Raises RefusedError with NOT_PARTED before the end, and with BEGUN_AGAIN where another pair of
    the same two came after.
    """
    with locked_pair(by.pair_id) as (pair, at):
        act = acts.OpenDoor(has_begun_again=place_after(by) is not None)
        refuse_if(gate.reasons_against(act, load_situation(pair, at), at))
        _, opened = Door.objects.get_or_create(membership=by, defaults={"opened_at": at})
        if opened:
            add_to_record(pair, [Entry(Act.DOOR_OPENED, by.person_id)], at)


def close_door(*, by: Membership) -> None:
    """Close one's door again. Closing it again changes nothing."""
    with locked_pair(by.pair_id) as (pair, at):
        closed, _ = Door.objects.filter(membership=by).delete()
        if closed:
            try_to_record(pair, [Entry(Act.DOOR_CLOSED, by.person_id)], at)


def begin_again(*, by: Membership) -> Membership:
    """Begin a new pair of the two whose doors are both open, from nothing; return one's place.

    Both doors are closed by it. Whoever comes second finds the pair that the first began. Raises
    RefusedError while not both doors are open, or have not been for long enough, and where what
    was begun since has ended, too.
    """
    with locked_pair(by.pair_id) as (pair, at):
        begun = place_after(by)
        if begun and begun.pair.ended_at is None:
            return begun
        act = acts.BeginAgain(has_begun_again=begun is not None)
        refuse_if(gate.reasons_against(act, load_situation(pair, at), at))
        place = begin_pair_again(by=by, at=at)
        Door.objects.filter(membership__pair=pair).delete()
        add_to_record(pair, [Entry(Act.BEGUN_AGAIN, by.person_id, place.pair_id)], at)
        return place
