"""The acts that the gate is asked about, each as a value."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from boundaries.rules.proposals import Proposal
from boundaries.rules.terms import Terms
from boundaries.rules.time_apart import TimeApart
from boundaries.rules.windows import Window


@dataclass(frozen=True)
class OpenWindow:
    """A planned window opens."""

    window: Window


@dataclass(frozen=True)
class GoAhead:
    """Somebody says "go ahead" before a planned window (R24)."""

    window: Window


@dataclass(frozen=True)
class Skip:
    """Somebody skips a window that has not opened, also one that is due and late (R24)."""

    window: Window


@dataclass(frozen=True)
class Release:
    """A held letter goes into an open window.

    released: letters by its author that this window already brings.
    read_ahead: if it goes only after its author has read it again, how long before the opening a
    reading counts; None if it goes without. read_at: when they last did.
    """

    window: Window
    length: int
    released: int
    read_ahead: timedelta | None = None
    read_at: datetime | None = None


@dataclass(frozen=True)
class Say:
    """Somebody says something in an open window (R21).

    recent: how many messages by the same person it already has within `talk.WITHIN`.
    """

    window: Window
    length: int
    recent: int


@dataclass(frozen=True)
class Leave:
    """Somebody leaves an open window, which closes it for both (R21)."""

    window: Window


@dataclass(frozen=True)
class Notify:
    """A notice that a window opened goes out."""

    window: Window


@dataclass(frozen=True)
class NotifyOfArrival:
    """A notice that a conversation brought something goes out, also after the conversation."""

    window: Window


@dataclass(frozen=True)
class NotifyAhead:
    """A notice of what is to come, or to be decided, goes out.

    Of what, is for what the person's pages show (`conversations.matters`).
    """


@dataclass(frozen=True)
class TakeLess:
    """Somebody puts lesser terms in force, alone (R1)."""

    terms: Terms


@dataclass(frozen=True)
class Propose:
    """Somebody puts exact terms to the other."""

    by: UUID
    terms: Terms


@dataclass(frozen=True)
class Show:
    """Somebody is shown the other's open proposal."""

    to: UUID
    proposal: Proposal


@dataclass(frozen=True)
class Consent:
    """Somebody gives the second consent to a proposal."""

    by: UUID
    proposal: Proposal


@dataclass(frozen=True)
class SuggestTimeApart:
    """Somebody suggests no contact until a day, as days are counted in `zone`."""

    by: UUID
    day: date
    zone: str


@dataclass(frozen=True)
class ShowTimeApart:
    """Somebody is shown the other's open suggestion of a time apart."""

    to: UUID
    time_apart: TimeApart


@dataclass(frozen=True)
class AgreeToTimeApart:
    """Somebody says yes to a time apart, which holds from then on."""

    by: UUID
    time_apart: TimeApart


@dataclass(frozen=True)
class OpenDoor:
    """Somebody leaves their door open after the pair was parted (R16).

    has_begun_again: whether the same two have been in another pair since, which has its own doors.
    """

    has_begun_again: bool = False


@dataclass(frozen=True)
class BeginAgain:
    """Two persons whose doors are open begin a new pair, from nothing (R16).

    has_begun_again: as with OpenDoor.
    """

    has_begun_again: bool = False


@dataclass(frozen=True)
class TakeForce:
    """A proposal that both consented to takes force."""

    proposal: Proposal
