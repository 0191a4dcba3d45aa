"""The record of a pair: every act adds its entries in its own transaction (R30)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Pair
from boundaries.models import RecordEntry
from boundaries.rules.canonical import entry_hash
from boundaries.rules.entries import Act

__all__ = ["Act", "Entry", "add_to_record", "add_to_records", "hash_of", "try_to_record"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """What is to be recorded.

    by: the person who acted; None for what time did. subject: what was acted on.
    """

    act: Act
    by: UUID | None = None
    subject: UUID | None = None
    digest: str = ""


def add_to_record(pair: Pair, entries: Iterable[Entry], at: datetime) -> None:
    """Append entries, in order, to the record of a pair whose lock the caller holds. One query."""
    add_to_records([(pair, entry) for entry in entries], at)


def add_to_records(entries: Iterable[tuple[Pair, Entry]], at: datetime) -> None:
    """The same for several pairs at once.

    The rows of the pairs are those that were locked: they say where each record ends. The database
    takes an entry only there, and moves the end on (`boundaries.guards`).
    """
    RecordEntry.objects.bulk_create([_append(pair, entry, at) for pair, entry in entries])


def try_to_record(pair: Pair, entries: Iterable[Entry], at: datetime) -> None:
    """The same for what must hold whatever became of the record: all that is less (R1, R13, R16).

    Where the database refuses these entries none of them is there, the record is as it was, and it
    is logged as loudly as can be. That the database itself is gone is no refusal, and raised.
    """
    end = pair.record_length, pair.record_head
    try:
        with transaction.atomic():
            add_to_record(pair, entries, at)
    except IntegrityError:
        pair.record_length, pair.record_head = end
        logger.critical(REFUSED, pair.pk, exc_info=True)


REFUSED = "The record of pair %s is damaged: what was done holds, but stands in no entry of it"


def _append(pair: Pair, entry: Entry, at: datetime) -> RecordEntry:
    row = RecordEntry(
        pair=pair,
        number=pair.record_length + 1,
        at=at,
        actor_id=entry.by,
        act=entry.act,
        subject=entry.subject,
        digest=entry.digest,
        previous=pair.record_head,
    )
    row.hash = hash_of(row)
    pair.record_length, pair.record_head = row.number, row.hash
    return row


def hash_of(row: RecordEntry) -> str:
    """What the hash of this entry must be."""
    return entry_hash(
        pair=row.pair_id,
        number=row.number,
        at=row.at,
        actor=row.actor_id,
        act=row.act,
        subject=row.subject,
        digest_of=row.digest,
        previous=row.previous,
    )
