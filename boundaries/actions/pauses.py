"""Pausing and lifting (R13, R14)."""

from accounts.locks import locked_pair
from accounts.models import Membership
from boundaries.actions.agreements import end_all_contact, not_before
from boundaries.actions.record import Act, Entry, add_to_record
from boundaries.models import Pause


def pause(*, by: Membership) -> None:
    """Stop all contact in the pair at once. Pausing again changes nothing.

    When this returns, nothing is delivered any more: whoever delivers takes the same lock and then
    reads the pauses.
    """
    with locked_pair(by.pair_id) as (pair, at):
        _, began = Pause.objects.get_or_create(
            pair=pair, person_id=by.person_id, lifted_at=None, defaults={"began_at": at}
        )
        if began:
            ended = end_all_contact(pair, at, by=by.person_id)
            add_to_record([*ended, Entry(pair.pk, Act.PAUSED, by.person_id)], at)


def lift(*, by: Membership) -> None:
    """Lift one's own pause. It restores nothing; without a pause it changes nothing.

    Only one's own can be named here, so that nobody can lift the other's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        own = Pause.objects.filter(pair=pair, person_id=by.person_id, lifted_at=None)
        if own.update(lifted_at=not_before("began_at", at)):
            add_to_record([Entry(pair.pk, Act.PAUSE_LIFTED, by.person_id)], at)
