"""What the pages of check-ins are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from accounts.models import Membership
from boundaries.queries import load_situation
from boundaries.rules.checkins import Kind
from boundaries.rules.situation import Situation
from boundaries.rules.ways import Less, More
from checkins import queries, words
from checkins.models import CheckIn

ON_A_PAGE = 12
"""Check-ins or reflections on one page of a list."""


@dataclass(frozen=True)
class Shown:
    """A check-in in words, for its list and its copy; None where it cannot be read."""

    row: CheckIn
    kind: Promise
    answer: Promise | None
    way: Promise | None
    safe: Promise | None


def shown(rows: Iterable[CheckIn]) -> list[Shown]:
    """Check-ins as they are shown to who gave them."""
    return [_shown(row) for row in rows]


def _shown(row: CheckIn) -> Shown:
    ways: dict[str, Promise] = {way.value: text for way, text in words.WAYS.items()}
    return Shown(
        row=row,
        kind=words.KINDS[Kind(row.kind)],
        answer=words.ANSWERS[row.wanted] if row.wanted else None,
        way=ways.get(row.in_which_way),
        safe=words.SAFE.get(row.how_safe or 0),
    )


@dataclass(frozen=True)
class Offer:
    """What can be less or more now, as forms take it, and from what: see `Said`."""

    less: dict[Less, Any]
    more: dict[More, Any]
    base: str
    own_base: str

    @property
    def less_only(self) -> dict[str, Any]:
        """For the form of before a conversation."""
        return {"less": self.less}

    @property
    def both(self) -> dict[str, Any]:
        """For the form of after one, or of any time."""
        return {"less": self.less, "more": self.more}


def offer_to(membership: Membership, situation: Situation, at: datetime) -> Offer:
    """What this person can choose now."""
    return Offer(
        less=dict(queries.less_for(situation, at)),
        more=dict(queries.more_for(membership, situation)),
        base=queries.base_of(situation),
        own_base=queries.own_base_of(membership, situation),
    )


def now_of(membership: Membership, at: datetime) -> tuple[Situation, Offer]:
    """The situation, and what can be chosen in it."""
    situation = load_situation(membership.pair, at)
    return situation, offer_to(membership, situation, at)
