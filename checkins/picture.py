"""How it went, as values to draw and to list: for one person alone, without a judgement.

No score, no average and no line from one answer to the next: a line would say that it goes up or
down, and neither is better. Everything drawn is also a fact of the list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from boundaries.rules.checkins import SAFE

SHOWN_FOR = timedelta(days=365)

WIDTH, HEIGHT = 320, 236
LEFT, RIGHT = 96, 310
TOP, STEP = 20, 26
CONVERSATIONS, PAUSES, TERMS = 160, 184, 208


class What(StrEnum):
    """What a fact is about."""

    SAFE = "safe"
    TOOK_PLACE = "took_place"
    DID_NOT = "did_not"
    PAUSED = "paused"
    PAUSED_ALREADY = "paused_already"
    LIFTED = "lifted"
    TERMS = "terms"
    APART = "apart"


OF_PAUSES = frozenset({What.PAUSED, What.PAUSED_ALREADY, What.LIFTED})
"""These are drawn as bars."""


@dataclass(frozen=True)
class Fact:
    """Something that happened at `at`; safe: 1 to 5, of an answer alone."""

    at: datetime
    what: What
    safe: int = 0


@dataclass(frozen=True)
class Mark:
    """Where something is drawn; width: of what lasted."""

    what: What
    x: int
    y: int
    width: int = 0


@dataclass(frozen=True)
class Level:
    """The line of one answer, from 1 to 5."""

    safe: int
    y: int


@dataclass(frozen=True)
class Picture:
    """All that is shown. facts: the latest first. From `begins` to `ends`."""

    begins: datetime
    ends: datetime
    facts: Sequence[Fact]
    marks: Sequence[Mark]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def has_pauses(self) -> bool:
        """Whether there is one of theirs to show; else nothing speaks of any."""
        return any(mark.what is What.PAUSED for mark in self.marks)

    @property
    def levels(self) -> list[Level]:
        """The five lines, the safest on top."""
        return [Level(safe, _height_of(safe)) for safe in reversed(SAFE)]


def picture(
    *,
    answers: Iterable[tuple[datetime, int]],
    conversations: Iterable[tuple[datetime, bool]],
    pauses: Sequence[tuple[datetime, datetime | None]],
    terms: Iterable[datetime],
    apart: Iterable[datetime],
    at: datetime,
) -> Picture | None:
    """The year before `at`, as far as anything happened in it; None if nothing did.

    answers: when, and how safe. conversations: when, and whether it took place. pauses: this
    person's own, with their ends. terms: when what is agreed changed. apart: when both chose a time
    apart. A pause that stood when the year begins is a fact of its first instant.
    """
    since = at - SHOWN_FOR
    facts = [
        *(Fact(when, What.SAFE, safe) for when, safe in answers),
        *(Fact(when, What.TOOK_PLACE if took else What.DID_NOT) for when, took in conversations),
        *(Fact(began, What.PAUSED) for began, _ in pauses),
        *(
            Fact(since, What.PAUSED_ALREADY)
            for began, lifted in pauses
            if began < since <= (lifted or at)
        ),
        *(Fact(lifted, What.LIFTED) for _, lifted in pauses if lifted),
        *(Fact(when, What.TERMS) for when in terms),
        *(Fact(when, What.APART) for when in apart),
    ]
    seen = sorted((fact for fact in facts if since <= fact.at <= at), key=lambda fact: fact.at)
    if not seen:
        return None
    axis = _Axis(seen[0].at, at)
    marks = [_mark(fact, axis) for fact in seen if fact.what not in OF_PAUSES]
    marks += _pauses(pauses, axis)
    return Picture(axis.begins, at, tuple(reversed(seen)), tuple(marks))


@dataclass(frozen=True)
class _Axis:
    begins: datetime
    ends: datetime

    def x(self, instant: datetime) -> int:
        """Where an instant lies; what lies outside, at the edge."""
        length = (self.ends - self.begins) or timedelta(seconds=1)
        share = (min(max(instant, self.begins), self.ends) - self.begins) / length
        return round(LEFT + share * (RIGHT - LEFT))


def _height_of(safe: int) -> int:
    return TOP + (SAFE[-1] - safe) * STEP


def _mark(fact: Fact, axis: _Axis) -> Mark:
    heights = {
        What.TOOK_PLACE: CONVERSATIONS,
        What.DID_NOT: CONVERSATIONS,
        What.TERMS: TERMS,
        What.APART: TERMS,
    }
    y = heights.get(fact.what) or _height_of(fact.safe)
    return Mark(fact.what, axis.x(fact.at), y)


def _pauses(pauses: Iterable[tuple[datetime, datetime | None]], axis: _Axis) -> list[Mark]:
    """Bars, also of a pause that began before; at least as wide as can be seen."""
    marks = []
    for began, lifted in pauses:
        if (lifted or axis.ends) < axis.begins:
            continue
        x = axis.x(began)
        width = max(axis.x(lifted or axis.ends) - x, 2)
        marks.append(Mark(What.PAUSED, x, PAUSES, width))
    return marks
