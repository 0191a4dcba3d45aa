"""What there is to tell somebody of: the check-ins that they can give now."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid5

from accounts.models import Membership
from boundaries.rules.checkins import Kind, may_be_told
from boundaries.rules.situation import Situation
from checkins.queries import due_for


def check_ins(
    membership: Membership, situation: Situation, at: datetime
) -> Iterator[tuple[UUID, UUID]]:
    """For each, its key, and that of its conversation; see REPAIR_MATTERS.

    The key is the same each time, so that one check-in is told of once and never again. Nothing is
    told while nothing is agreed: see `may_be_told`.
    """
    if may_be_told(situation, at):
        for due in due_for(membership, situation, at):
            yield key_of(due.kind, due.window.id), due.window.id


def key_of(kind: Kind, window_id: UUID) -> UUID:
    """A key for a check-in that nobody has given, and so has no row."""
    return uuid5(window_id, kind)
