"""Pausing and lifting (R13, R14), also by a supporter (R25)."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from accounts.locks import locked_pair, locked_pairs
from accounts.looks import note_look
from accounts.models import Membership, Pair, Person, Support
from accounts.queries import get_support_for, memberships_of
from accounts.scopes import Scope, What
from boundaries.actions.agreements import contact_in, end_all_contact, not_before
from boundaries.actions.kind_words import leave_words
from boundaries.actions.record import Act, Entry, add_to_record, try_to_record
from boundaries.actions.time_apart import void_suggestions
from boundaries.exceptions import NotAllPaused
from boundaries.models import Pause
from boundaries.rules.phrases import Phrase

logger = logging.getLogger(__name__)


def pause(*, by: Membership, phrase: Phrase | None = None) -> None:
    """Stop all contact in the pair at once. Pausing again changes nothing.

    When this returns, nothing is delivered any more: whoever delivers takes the same lock and then
    reads the pauses. phrase: the fixed kind words that come with it, if none of theirs were left
    lately; they cannot be added later, since during a pause nothing is delivered (R15).
    """
    with locked_pair(by.pair_id) as (pair, at):
        begun = _pause(pair, by.person_id, at)
    if begun:
        own = Pause.objects.filter(pk=begun.pk)
        leave_words(by.pair_id, by.person_id, phrase, on=own, field="phrase")


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
    same to the other. What fails in one pair stops none of the others; raises NotAllPaused then,
    when all that could be done is done. The pauses and the line in the log are one transaction, so
    that no pause goes untold, and none is told of that is not; one that changed nothing stands in
    the log alone. Whether the supporter may is asked under the locks, since they may have been
    removed while these were waited for: raises Http404.
    """
    supporter, person = by.supporter, by.person_id
    if supporter is None:
        raise Http404
    pairs = [membership.pair_id for membership in memberships_of(by.person)]
    with locked_pairs(pairs) as (locked, at):
        standing = get_support_for(supporter, by.pk, Scope.PAUSE, at)
        paused = [_paused_apart(pair, person, at) for pair in locked if pair.ended_at is None]
        if any(paused) or None not in paused:
            note_look(support=standing, what=What.PAUSE, at=at, is_told=any(paused))
    if None in paused:
        raise NotAllPaused


def _paused_apart(pair: Pair, person: UUID, at: datetime) -> bool | None:
    """Pause one of several pairs; whether that changed anything, None where it could not be."""
    try:
        with transaction.atomic():
            return _pause(pair, person, at) is not None
    except Exception:
        logger.exception("Pair %s could not be paused", pair.pk)
        return None


def _pause(pair: Pair, person: UUID, at: datetime) -> Pause | None:
    """Pause one pair, whose lock the caller holds; return the pause that began, if one did."""
    if Pause.objects.filter(pair=pair, person_id=person, lifted_at=None).exists():
        return None
    begun = Pause.objects.create(pair=pair, person_id=person, began_at=at)
    ended = end_all_contact(pair, contact_in(pair, at), at, by=person)
    void_suggestions(pair, at, by=person)
    try_to_record(pair, [*ended, Entry(Act.PAUSED, person)], at)
    return begun


def lift(*, by: Membership) -> None:
    """Lift one's own pause. It restores nothing; without a pause it changes nothing.

    Only one's own can be named here, so that nobody can lift the other's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        own = Pause.objects.filter(pair=pair, person_id=by.person_id, lifted_at=None)
        if own.update(lifted_at=not_before("began_at", at)):
            add_to_record(pair, [Entry(Act.PAUSE_LIFTED, by.person_id)], at)
