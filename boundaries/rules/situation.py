"""The situation of a pair: all that the gate looks at, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from boundaries.rules.limits import Limits
from boundaries.rules.proposals import Proposal
from boundaries.rules.terms import NO_CONTACT, Terms
from boundaries.rules.time_apart import TimeApart
from boundaries.rules.windows import Window


@dataclass(frozen=True)
class Situation:
    """What is true in a pair.

    limits: of both persons, by person; its keys are the persons of the pair.
    paused: the persons whose pause stands.
    doors: since when those who left theirs open after the pair was parted did so (R16).
    in_force: the terms in force, with the agreement that holds them and its review; NO_CONTACT and
    None without one.
    number: of the latest agreement in the pair; 0 if there was none.
    last_in_force: the terms that were in force last, also if they are not any more; None in a
    pair's beginning.
    held_whole: whether one whole window ran to its end under `last_in_force` (R5).
    last_conversation: when the last window opened that took place or still does.
    windows: those that are planned or open, in order.
    proposals: those that may still matter: in cooling-off, open, or resting.
    apart_until: until when a time apart stands that both chose; None without one.
    times_apart: those that may still matter; only where one is suggested, shown or agreed to.
    """

    limits: Mapping[UUID, Limits]
    paused: frozenset[UUID] = frozenset()
    parted: bool = False
    doors: Mapping[UUID, datetime] = field(default_factory=dict)
    in_force: Terms = NO_CONTACT
    agreement: UUID | None = None
    review_at: datetime | None = None
    number: int = 0
    last_in_force: Terms | None = None
    held_whole: bool = False
    last_conversation: datetime | None = None
    windows: tuple[Window, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    apart_until: datetime | None = None
    times_apart: tuple[TimeApart, ...] = ()

    def window(self, key: UUID) -> Window | None:
        """The window with this key, if it is one that is planned or open."""
        return next((window for window in self.windows if window.id == key), None)

    def proposal(self, key: UUID) -> Proposal | None:
        """The proposal with this key, if it is one that may still matter."""
        return next((proposal for proposal in self.proposals if proposal.id == key), None)
