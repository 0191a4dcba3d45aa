"""Proposals: where one stands, and how it looks to whom (R2, R4, R10, R11).

What is true and what is shown differ on purpose. To its author a proposal that was declined,
filtered by the other's limits, ignored, or ended by the other's pause looks the same: open, until
it was not taken up after 14 days. Once both consented, whatever ended it looks the same until the
instant at which it would have taken force.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from boundaries.rules.limits import SHORTEST_REST
from boundaries.rules.terms import Terms

LAPSE = timedelta(days=14)
TAKEN_FORCE_IS_NEWS_FOR = timedelta(days=7)


class End(StrEnum):
    """Why a proposal is over.

    VOID: what was in force changed, or something forbade it when its time came (R3).
    SUPERSEDED: another took force, or both chose a time apart, so that both know of the change.
    """

    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    VOID = "void"
    SUPERSEDED = "superseded"
    IN_FORCE = "in_force"


class Standing(StrEnum):
    """Where a proposal is, or seems to be. The last three are only ever shown; see `as_seen_by`."""

    OPEN = "open"
    COOLING_OFF = "cooling_off"
    IN_FORCE = "in_force"
    OVER = "over"
    ENDED_BY_SELF = "ended_by_self"
    NOT_TAKEN_UP = "not_taken_up"
    NOT_IN_FORCE = "not_in_force"


@dataclass(frozen=True)
class Proposal:
    """A proposal's facts. Instants are aware.

    base: the agreement that was in force when it was made, which it would change; None for no
    contact.
    agreed_at, takes_force_at: when the second consent was given, and what it set.
    ended_by: the person whose act ended it, if it was a person's.
    consented: whose yes to these exact terms stands. taken_back: who withdrew theirs, and when,
    also when it was over already without their knowing.
    """

    id: UUID
    author: UUID
    terms: Terms
    base: UUID | None
    made_at: datetime
    agreed_at: datetime | None = None
    takes_force_at: datetime | None = None
    end: End | None = None
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    consented: frozenset[UUID] = frozenset()
    taken_back: Mapping[UUID, datetime] = field(default_factory=dict)

    @property
    def lapses_at(self) -> datetime:
        """From this instant nobody can consent any more."""
        return self.made_at + LAPSE


def standing(proposal: Proposal, at: datetime) -> Standing:
    """The truth, which only the gate and the sweep act on: OPEN, COOLING_OFF, IN_FORCE or OVER."""
    if proposal.end is not None:
        return Standing.IN_FORCE if proposal.end is End.IN_FORCE else Standing.OVER
    if proposal.takes_force_at is not None:
        return Standing.COOLING_OFF
    return Standing.OPEN if at < proposal.lapses_at else Standing.OVER


def is_due(proposal: Proposal, at: datetime) -> bool:
    """Whether it stands and the instant has come at which it takes force, or does not (R2)."""
    due = proposal.takes_force_at
    return proposal.end is None and due is not None and at >= due


def is_found_void(proposal: Proposal) -> bool:
    """Whether `gate.settled` found it void, and nobody has written that down: it has no instant."""
    return proposal.end is End.VOID and proposal.ended_at is None


def as_seen_by(person: UUID, proposal: Proposal, at: datetime) -> Standing | None:
    """What `person`'s pages say of it at `at`; None where they are to see nothing of it.

    Whether the person may see an open proposal of the other's at all also depends on limits and
    pauses: see `acts.Show`.
    """
    if _ended_own_part(person, proposal):
        return Standing.ENDED_BY_SELF
    said_yes = proposal.author == person or proposal.takes_force_at is not None
    if said_yes and proposal.end is End.SUPERSEDED:
        return Standing.NOT_IN_FORCE
    if proposal.takes_force_at is not None:
        return _seen_after_both_consented(proposal, proposal.takes_force_at, at)
    if proposal.author == person:
        return Standing.OPEN if at < proposal.lapses_at else Standing.NOT_TAKEN_UP
    return Standing.OPEN if standing(proposal, at) is Standing.OPEN else None


def stands_by(person: UUID, proposal: Proposal, at: datetime) -> bool:
    """Whether this person's yes stands by it, as far as they can know (R4)."""
    seems = as_seen_by(person, proposal, at)
    return person in proposal.consented and seems in (Standing.OPEN, Standing.COOLING_OFF)


def _ended_own_part(person: UUID, proposal: Proposal) -> bool:
    """Whether this person ended what they had said yes to.

    To somebody who had not, one that they ended by a pause or by taking less was perhaps never to
    be seen (R10), so it is not shown now either.
    """
    said_yes = person == proposal.author or proposal.takes_force_at is not None
    return said_yes and (person in proposal.taken_back or proposal.ended_by == person)


def _seen_after_both_consented(
    proposal: Proposal, takes_force_at: datetime, at: datetime
) -> Standing:
    """R4: until the instant at which it would take force, as if it still stood."""
    if proposal.end is End.IN_FORCE:
        return Standing.IN_FORCE
    if proposal.end is None or at < takes_force_at:
        return Standing.COOLING_OFF
    return Standing.NOT_IN_FORCE


def rest_until(
    proposal: Proposal, at: datetime, rest: timedelta = SHORTEST_REST
) -> datetime | None:
    """Until when its author asks nothing new: not taken up, or ended by themselves (R11).

    None for one that asks for no rest: it is open still, or both know what became of it.
    """
    match as_seen_by(proposal.author, proposal, at):
        case Standing.NOT_TAKEN_UP:
            return proposal.lapses_at + rest
        case Standing.ENDED_BY_SELF:
            taken_back = proposal.taken_back.get(proposal.author, proposal.ended_at)
            return (taken_back or proposal.lapses_at) + rest
    return None


def of_interest_until(proposal: Proposal, standing: Standing) -> datetime:
    """Until when a page still lists it, by what its reader knows of it."""
    settled_at = proposal.takes_force_at or proposal.lapses_at
    news = TAKEN_FORCE_IS_NEWS_FOR if standing is Standing.IN_FORCE else SHORTEST_REST
    return settled_at + news
