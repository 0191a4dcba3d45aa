"""What stands in a person's calendar, outside Repair.

All of it is what both persons of a pair may see, so a calendar in the wrong hands tells nothing
that only its owner knows: not who skips, who said "go ahead", or who ended it (R15, R24).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from boundaries.rules.windows import TOOK_PLACE, Span, State

VERSION = re.compile(r"20(\d\d)([a-z])$")
VERSIONS = 4096
"""More than there will be of the zone data until 2100."""


@dataclass(frozen=True)
class Listed:
    """A window that is not over, and what tells it from others.

    is_coming: whether pages list it now as open or planned. zone: of its terms. number, zone_data:
    of the agreement under which it stands now, or stood last.
    """

    pair: UUID
    span: Span
    state: State
    is_coming: bool
    zone: str
    number: int
    zone_data: str

    @property
    def local(self) -> datetime:
        """Its naive local time where its terms are; the same when zone data move it."""
        return self.span.opens_at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


@dataclass(frozen=True)
class Appointment:
    """One entry of a calendar. (pair, local) names it for as long as it is there.

    sequence: greater after each change of its times or of whether it is cancelled (RFC 5545,
    3.8.7.4).
    """

    pair: UUID
    local: datetime
    span: Span
    is_cancelled: bool
    sequence: int


def appointments(windows: Iterable[Listed]) -> list[Appointment]:
    """One for each local time of each pair, in the order of time.

    What fell away stays as cancelled, whatever the cause, until it would have been over: calendars
    that keep what is not listed any more learn of it so. What took place and is over is not listed:
    nothing of it is to be taken back. Of several at the same time, as after a renewal, the one that
    is to come counts, or else the last.
    """
    shown = (_appointment(each) for each in windows if each.state not in TOOK_PLACE)
    last: dict[tuple[UUID, datetime], Appointment] = {}
    for each in sorted(shown, key=_weight):
        last[each.pair, each.local] = each
    return sorted(last.values(), key=lambda each: (each.span, each.pair))


def _weight(appointment: Appointment) -> tuple[bool, int, Span]:
    return not appointment.is_cancelled, appointment.sequence, appointment.span


def _appointment(listed: Listed) -> Appointment:
    is_cancelled = not listed.is_coming
    count = listed.number * VERSIONS + _order_of(listed.zone_data)
    return Appointment(
        listed.pair, listed.local, listed.span, is_cancelled, count * 2 + is_cancelled
    )


def _order_of(zone_data: str) -> int:
    """A number that is greater for later zone data: 2026a, 2026b. 0 for what is no version.

    Nothing is stored for this. Agreements are numbered in their order and listed to both, and which
    zone data there are is public; a count of changes would have to be kept somewhere.
    """
    version = VERSION.match(zone_data)
    return int(version[1]) * 27 + ord(version[2]) - ord("a") + 1 if version else 0
