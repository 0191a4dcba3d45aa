"""Pausing and lifting (R13, R14), also by a supporter (R25)."""

import logging

from accounts.locks import locked_pair, locked_pairs
from accounts.looks import note_look
from accounts.models import Membership, Person, Support
from accounts.queries import memberships_of
from accounts.scopes import What
from boundaries.actions.agreements import contact_in, end_all_contact, not_before
from boundaries.actions.record import Act, Entry, add_to_record
from boundaries.actions.time_apart import void_suggestions
from boundaries.models import Farewell, Pause, TimeApart
from boundaries.rules.phrases import Phrase

logger = logging.getLogger(__name__)


def pause(*, by: Membership, phrase: Phrase | None = None) -> None:
    """Stop all contact in the pair at once. Pausing again changes nothing.

    When this returns, nothing is delivered any more: whoever delivers takes the same lock and then
    reads the pauses. phrase: the fixed kind words that come with it; they cannot be added later,
    since during a pause nothing is delivered (R15).
    """
    with locked_pair(by.pair_id) as (pair, at):
        own = Pause.objects.filter(pair=pair, person_id=by.person_id, lifted_at=None)
        if own.exists():
            return
        Pause.objects.create(pair=pair, person_id=by.person_id, began_at=at, phrase=phrase or "")
        ended = end_all_contact(pair, contact_in(pair, at), at, by=by.person_id)
        void_suggestions(pair, at, by=by.person_id)
        add_to_record(pair, [*ended, Entry(Act.PAUSED, by.person_id)], at)


def pause_all(*, by: Person) -> None:
    """Stop all contact in every pair of the person. Pausing again changes nothing.

    What fails in one pair stops none of the others; the first fault is raised when all are done.
    """
    faults = [fault for place in memberships_of(by) if (fault := _fault_in_pausing(place))]
    if faults:
        raise faults[0]


def _fault_in_pausing(place: Membership) -> Exception | None:
    try:
        pause(by=place)
    except Exception as fault:
        logger.exception("Pair %s could not be paused", place.pair_id)
        return fault
    return None


def pause_for(*, by: Support) -> None:
    """Pause all for the person whom somebody supports, and note it in that person's log (R25).

    In every respect it is the person's own pause: theirs to lift, theirs in the record, and the
    same to the other. All of it or nothing: no pause goes untold. Whether the supporter may is
    asked before.
    """
    pairs = [membership.pair_id for membership in memberships_of(by.person)]
    with locked_pairs(pairs) as (_, at):
        for membership in memberships_of(by.person).filter(pair__in=pairs):
            pause(by=membership)
        note_look(support=by, what=What.PAUSE, at=at)


def lift(*, by: Membership) -> None:
    """Lift one's own pause. It restores nothing; without a pause it changes nothing.

    Only one's own can be named here, so that nobody can lift the other's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        own = Pause.objects.filter(pair=pair, person_id=by.person_id, lifted_at=None)
        if own.update(lifted_at=not_before("began_at", at)):
            add_to_record(pair, [Entry(Act.PAUSE_LIFTED, by.person_id)], at)


def take_back_phrase(*, by: Membership) -> None:
    """Let the words that one left in the pair be seen no longer; without any, no change.

    With a pause, with the end of the pair, or with a time apart, also one that is only suggested.
    """
    with locked_pair(by.pair_id) as (pair, _):
        Pause.objects.filter(pair=pair, person_id=by.person_id).update(phrase="")
        Farewell.objects.filter(pair=pair, person_id=by.person_id).delete()
        times_apart = TimeApart.objects.filter(pair=pair)
        times_apart.filter(author_id=by.person_id).update(phrase_of_author="")
        times_apart.exclude(author_id=by.person_id).update(phrase_of_other="")
