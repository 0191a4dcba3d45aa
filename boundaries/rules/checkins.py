"""Check-ins: which of them are due to one person, before and after conversations (R24).

Which are due is derived from windows and instants each time that somebody looks; nothing is kept of
those that were not given, and nobody is reminded of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from types import NoneType
from uuid import UUID
from zoneinfo import ZoneInfo

from boundaries.rules.limits import Limits
from boundaries.rules.situation import Situation
from boundaries.rules.ways import Less, More
from boundaries.rules.windows import TOOK_PLACE, State, Window, fits_hours, to_utc

SHORTEST_AHEAD, LONGEST_AHEAD, USUALLY_AHEAD = 1, 7, 3
"""Days before a conversation from which one before it is due; each chooses their own."""

ROUND_AHEAD = timedelta(days=LONGEST_AHEAD)
"""So long before a conversation it is looked, once for both, whether both leave room for more: when
nobody's check-in before it can have begun, whatever they chose (R12)."""

ROUND_LATE = timedelta(days=1)
"""So late at the most, where no worker was there at that instant; later it is looked never."""

ROUNDS_APART = timedelta(days=6)
"""So far apart are two looks in one pair at the least. What is planned anew, at the same instant or
near it, is the same conversation: a second look would tell what somebody did in between (R12)."""

LEAST_AFTER = timedelta(hours=12)
MORNING = time(8)
"""One after a conversation begins on the next morning, and a night later at the least."""

AFTER_LASTS = timedelta(days=14)
AFTER_LASTS_AT_LEAST = timedelta(days=1)
"""With conversations so near that the next one's check-in has begun already, it still has a day."""

AFTER_MATTERS_FOR = AFTER_LASTS + timedelta(days=3)
"""Counted from when a conversation opens: longer ago, nothing is due after it, in whatever zone."""


class Kind(StrEnum):
    """Before a conversation, after one, or at any time by oneself."""

    BEFORE = "before"
    AFTER = "after"
    OWN = "own"


class Answer(StrEnum):
    """What somebody wants now. SAME does nothing, and neither does no answer.

    PAUSE was kept with the others once. A pause is an act of its own, and its button on these pages
    is that of every page; what was kept stays in the list of who gave it.
    """

    GO_AHEAD = "go_ahead"
    SKIP = "skip"
    LESS = "less"
    PAUSE = "pause"
    SAME = "same"
    MORE = "more"


BEFOREHAND = (Answer.GO_AHEAD, Answer.SKIP, Answer.LESS)
AFTERWARDS = (Answer.LESS, Answer.SAME, Answer.MORE)
ANSWERS: Mapping[Kind, tuple[Answer, ...]] = {
    Kind.BEFORE: BEFOREHAND,
    Kind.AFTER: AFTERWARDS,
    Kind.OWN: AFTERWARDS,
}
SAFE = (1, 2, 3, 4, 5)
"""How safe it was, the safest last; what each means, in words, is in `checkins.words`."""


def is_an_answer(kind: Kind, answer: Answer, way: Less | More | None, safe: int | None) -> bool:
    """Whether this is an answer to a check-in of this kind.

    Less and more are in a way, and nothing else is. How safe it was is said afterwards alone, and
    then by all but who wants less, which needs nothing (R1).
    """
    ways: Mapping[Answer, type[Less | More]] = {Answer.LESS: Less, Answer.MORE: More}
    unsaid = kind is Kind.BEFORE or answer is Answer.LESS
    said = kind is not Kind.BEFORE and safe in SAFE
    is_in_a_way = isinstance(way, ways.get(answer, NoneType))
    return answer in ANSWERS[kind] and is_in_a_way and (said or (unsaid and safe is None))


@dataclass(frozen=True)
class Wishes:
    """What one person wants of being asked around conversations.

    days_ahead: from how long before a conversation on, for their "go ahead" and for check-ins
    alike. zone: whose mornings count. needs_go_ahead: whether no conversation opens without a
    "go ahead" of theirs. wants_check_ins: whether there are any around conversations.
    """

    person: UUID
    days_ahead: int
    zone: str
    needs_go_ahead: bool = False
    wants_check_ins: bool = True


@dataclass(frozen=True)
class Due:
    """A check-in that can be given now, until the instant `until` (not included)."""

    kind: Kind
    window: Window
    until: datetime


def due(
    wishes: Wishes,
    limits: Limits,
    windows: Collection[Window],
    given: Mapping[tuple[Kind, UUID], Answer | None],
    at: datetime,
) -> list[Due]:
    """The check-ins that this person can give at `at`, what ends first before the others.

    limits: their own. windows: those that are to come and those that took place lately, as pages
    list them: nothing of what the other person answered, allows or did is looked at. given: their
    last answer to each that they gave already, by kind and window; None for one that cannot be
    read.
    """
    ordered = sorted(windows, key=lambda each: each.span)
    found = (*_before(wishes, limits, ordered, at), *_after(wishes, ordered, at))
    return sorted(
        (each for each in found if not _is_answered(wishes, each, given)),
        key=lambda each: each.until,
    )


def may_be_told(situation: Situation, at: datetime) -> bool:
    """Whether a mail may tell of check-ins: while something is agreed, whatever it followed.

    Then no pause stands, and both read on their pages whatever ended what was agreed before. While
    nothing is agreed their pages say the same for a lapse and for a pause, and a mail would not:
    none goes while a pause stands (R13), so one after a lapse would make its absence tell (R15).
    """
    return situation.review_at is not None and at < situation.review_at


def will_both_be_asked(window: Window, limits: Collection[Limits]) -> bool:
    """Whether neither of the two, by their answers and hours, has left this conversation (R12).

    limits: of both. What is told to both alike needs two who are asked.
    """
    return not window.skipped and all(fits_hours(window.span, each) for each in limits)


def is_asked_before(window: Window, days_ahead: int, at: datetime) -> bool:
    """Whether it is so near, and has not begun, that who is to say something to it is asked."""
    return before_from(window.span.opens_at, days_ahead) <= at and is_to_come(window, at)


def is_to_come(window: Window, at: datetime) -> bool:
    """Whether `at` is still before this conversation, whoever answered what to it."""
    return window.state is State.PLANNED and at < window.span.opens_at


def before_from(opens_at: datetime, days_ahead: int) -> datetime:
    """From when on the one before a conversation is due."""
    return opens_at - timedelta(days=days_ahead)


def after_from(closes_at: datetime, zone: str) -> datetime:
    """From when on the one after a conversation is due: the next morning in `zone`."""
    next_day = closes_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return max(to_utc(datetime.combine(next_day, MORNING), zone), closes_at + LEAST_AFTER)


def after_until(begins: datetime, next_before: datetime | None) -> datetime:
    """Until when; `next_before` is when the one before the next conversation begins."""
    latest = begins + AFTER_LASTS
    if next_before is None:
        return latest
    return min(latest, max(next_before, begins + AFTER_LASTS_AT_LEAST))


def _is_answered(
    wishes: Wishes, due: Due, given: Mapping[tuple[Kind, UUID], Answer | None]
) -> bool:
    """Whether nothing is open after what they answered last.

    A "go ahead" counts while the conversation holds it, wherever it was said: one that moved is
    another (R24). After less a "go ahead" that is needed is still open, since without it the
    conversation is skipped.
    """
    key = (due.kind, due.window.id)
    if due.kind is not Kind.BEFORE:
        return key in given
    is_settled = given.get(key) is Answer.LESS and not wishes.needs_go_ahead
    return is_settled or wishes.person in due.window.go_ahead


def _before(
    wishes: Wishes, limits: Limits, windows: Iterable[Window], at: datetime
) -> Iterator[Due]:
    """Not for a conversation that they skip, or that their own hours forbid: it is decided."""
    for window in windows:
        is_decided = wishes.person in window.skipped or not fits_hours(window.span, limits)
        if is_asked_before(window, wishes.days_ahead, at) and not is_decided:
            yield Due(Kind.BEFORE, window, window.span.opens_at)


def _after(wishes: Wishes, windows: Collection[Window], at: datetime) -> Iterator[Due]:
    for window, following in pairwise([*windows, None]):
        if window is None or window.state not in TOOK_PLACE:
            continue
        begins = after_from(window.span.closes_at, wishes.zone)
        next_before = before_from(following.span.opens_at, wishes.days_ahead) if following else None
        until = after_until(begins, next_before)
        if begins <= at < until:
            yield Due(Kind.AFTER, window, until)
