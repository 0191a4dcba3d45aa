"""The record of a pair: every act adds one entry in its own transaction (R30)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Max

from boundaries.models import RecordEntry


class Act(StrEnum):
    """What can stand in the record."""

    LIMITS_SET = "limits_set"
    PROPOSED = "proposed"
    CONSENTED = "consented"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PROPOSAL_WITHDRAWN = "proposal_withdrawn"
    PROPOSAL_DECLINED = "proposal_declined"
    PROPOSAL_VOID = "proposal_void"
    IN_FORCE = "in_force"
    LESSENED = "lessened"
    ENDED = "ended"
    LAPSED = "lapsed"
    PAUSED = "paused"
    PAUSE_LIFTED = "pause_lifted"
    GO_AHEAD = "go_ahead"
    SKIP = "skip"
    WINDOW_SKIPPED = "window_skipped"
    WINDOW_OPENED = "window_opened"
    WINDOW_MISSED = "window_missed"
    WINDOW_CLOSED = "window_closed"
    LETTER_HELD = "letter_held"
    LETTER_WITHDRAWN = "letter_withdrawn"
    LETTER_RELEASED = "letter_released"


@dataclass(frozen=True)
class Entry:
    """What is to be recorded.

    by: the person who acted; None for what time did. subject: what was acted on.
    """

    pair: UUID
    act: Act
    by: UUID | None = None
    subject: UUID | None = None
    digest: str = ""


def add_to_record(entries: Iterable[Entry], at: datetime) -> None:
    """Append entries, in order, to the records of their pairs, whose locks the caller holds.

    Two queries.
    """
    new = list(entries)
    numbers = _last_numbers({entry.pair for entry in new})
    rows = []
    for entry in new:
        numbers[entry.pair] = numbers.get(entry.pair, 0) + 1
        rows.append(_row(entry, numbers[entry.pair], at))
    RecordEntry.objects.bulk_create(rows)


def _last_numbers(pairs: set[UUID]) -> dict[UUID, int]:
    records = RecordEntry.objects.filter(pair__in=pairs).order_by()
    return dict(records.values("pair").annotate(last=Max("number")).values_list("pair", "last"))


def _row(entry: Entry, number: int, at: datetime) -> RecordEntry:
    return RecordEntry(
        pair_id=entry.pair,
        number=number,
        at=at,
        actor_id=entry.by,
        act=entry.act,
        subject=entry.subject,
        digest=entry.digest,
    )
