"""Whether the records are the chains that they must be, and where they ended (R30).

A record proves only as much as the database is trusted: whoever may drop its guards can also write
a whole chain anew. Heads that were signed and put elsewhere before cannot be written anew with it.
"""

import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import cast
from uuid import UUID

from django.core.signing import BadSignature, Signer

from accounts.models import Pair
from boundaries.actions.record import hash_of
from boundaries.models import RecordEntry

SIGNER = Signer(salt="heads of records")


@dataclass(frozen=True)
class Head:
    """How many entries the record of a pair had, and the hash of the last."""

    pair: UUID
    number: int
    hash: str


class BrokenError(Exception):
    """A record is not the chain that it must be; the words say in which pair, where and why."""


def heads() -> Iterator[Head]:
    """Where each record ends now, without those of pairs in which nothing was done yet."""
    ends = Pair.objects.filter(record_length__gt=0).order_by("pk")
    for row in ends.values_list("pk", "record_length", "record_head").iterator():
        yield Head(*row)


def check() -> int:
    """Walk every record from its first entry; return how many entries there are.

    Raises BrokenError at the first link that is broken, pair by pair in the order of their keys.
    """
    ends = {head.pair: head for head in heads()}
    count = 0
    rows = RecordEntry.objects.order_by("pair_id", "number").iterator(chunk_size=1000)
    with closing(cast("Generator[RecordEntry, None, None]", rows)) as entries:
        for pair, record in groupby(entries, key=lambda entry: entry.pair_id):
            last = _check_chain(pair, record)
            if ends.pop(pair, None) != last and not _goes_on(last):
                raise BrokenError(f"pair {pair}: the record does not end with entry {last.number}")
            count += last.number
    for pair, head in ends.items():
        raise BrokenError(f"pair {pair}: all {head.number} entries are gone")
    return count


def _goes_on(last: Head) -> bool:
    """Whether the record has only gone on beyond this entry while the others were read."""
    now = Pair.objects.get(pk=last.pair)
    end = RecordEntry.objects.filter(
        pair=now, number=now.record_length, hash=now.record_head, number__gte=last.number
    )
    return end.exists()


def _check_chain(pair: UUID, record: Iterable[RecordEntry]) -> Head:
    last = Head(pair, 0, "")
    for entry in record:
        where = f"pair {pair}, entry {entry.number}"
        if entry.number != last.number + 1:
            raise BrokenError(f"{where}: entry {last.number + 1} is gone")
        if entry.previous != last.hash:
            raise BrokenError(f"{where}: it does not hold on to the entry before")
        if entry.hash != hash_of(entry):
            raise BrokenError(f"{where}: it was changed")
        last = Head(pair, entry.number, entry.hash)
    return last


def signed(head: Head) -> str:
    """A head as one line of text, signed with the host's secret key."""
    return SIGNER.sign(json.dumps([str(head.pair), head.number, head.hash]))


def check_against(lines: Iterable[str]) -> int:
    """Whether the records still hold on to these signed heads; return how many there are.

    Raises BrokenError for a line that was not signed with this host's key, and for the first head
    whose entry is gone or has another hash.
    """
    count = 0
    for number, line in enumerate(lines, start=1):
        head = _read(line.strip(), number)
        found = RecordEntry.objects.filter(pair=head.pair, number=head.number, hash=head.hash)
        if not found.exists():
            where = f"pair {head.pair}, entry {head.number}"
            raise BrokenError(f"{where}: it is not what was signed on line {number}")
        count += 1
    return count


def _read(line: str, number: int) -> Head:
    try:
        pair, length, digest = json.loads(SIGNER.unsign(line))
    except (BadSignature, ValueError):
        raise BrokenError(f"line {number} of the heads was not signed with this key") from None
    return Head(UUID(pair), length, digest)
