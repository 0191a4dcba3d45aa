"""The one lock: every act in a pair begins here.

What the lock is for. A pause has to hold from the moment that its response was sent (R13), also
against a worker that was releasing letters at that very moment. Whoever reads "nobody has paused"
and only then writes can be overtaken between the two. So every act in a pair, by a page, a worker
or a command, first locks the pair's row, and only then reads, asks the gate, writes and adds to
the record. Of two acts one waits for the other's commit and then reads what the other wrote. One
UPDATE with a join on "not paused" is not enough: it was measured to release letters after the
pause had returned.

On PostgreSQL the lock is `SELECT ... FOR UPDATE`, held until the transaction ends. Under READ
COMMITTED each later statement sees what was committed before it began, so what is read after the
lock is the truth. On SQLite `select_for_update` does nothing; there the lock is the write lock of
a transaction that begins with IMMEDIATE (`transaction_mode` in the settings), one for the whole
database.

The instant is read after the lock is granted and belongs to it: an act that waited a minute for
the lock is judged by the minute in which it acts, not by the one in which it was asked for. The
statement that locks brings it along: what is outside of its inner SELECT is computed for each row
once that row is locked.

Several pairs are always locked in the order of their keys, so that two batches that share pairs
wait for one another and never deadlock. For the same reason do not lock a second pair while one
is held: give both to `locked_pairs`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction

from accounts import clock
from accounts.models import Pair, Person

FOR_UPDATE, FOR_NO_KEY_UPDATE = "FOR UPDATE", "FOR NO KEY UPDATE"

Row = TypeVar("Row", Pair, Person)


@contextmanager
def locked_pair(pair_id: UUID) -> Iterator[tuple[Pair, datetime]]:
    """Hold the pair's lock for the block, in one transaction; yield the pair and the instant.

    Raises `Pair.DoesNotExist`. An exception from the block undoes what the block wrote.
    """
    with transaction.atomic():
        pairs, at = _lock(Pair, [pair_id], FOR_UPDATE)
        if not pairs:
            raise Pair.DoesNotExist
        yield pairs[0], at


@contextmanager
def locked_pairs(pair_ids: Iterable[UUID]) -> Iterator[tuple[list[Pair], datetime]]:
    """Hold the locks of several pairs for the block; yield them, by key, and the instant.

    A pair that no longer exists is left out.
    """
    with transaction.atomic():
        yield _lock(Pair, list(pair_ids), FOR_UPDATE)


@contextmanager
def locked_persons(*persons: Person) -> Iterator[datetime]:
    """Hold the rows of these persons, in the order of their keys; yield the instant.

    A pair's lock cannot guard what happens before there is a pair. Two persons who use each
    other's codes at the same moment must not end up in two pairs, so what makes, withdraws or
    uses a code locks every person whom it concerns. `no_key` lets others meanwhile write rows
    that only refer to these persons.
    """
    with transaction.atomic():
        _, at = _lock(Person, [person.pk for person in persons], FOR_NO_KEY_UPDATE)
        yield at


def _lock(model: type[Row], keys: list[UUID], how: str) -> tuple[list[Row], datetime]:
    """Lock the rows of these keys, in their order; return them, and the instant at which all were.

    SQLite knows no such locks: its own is held since the transaction began.
    """
    if not keys:
        return [], clock.now()
    wait = how if connection.features.has_select_for_update else ""
    places = ", ".join(["%s"] * len(keys))
    rows: Any = model._default_manager.raw(
        f"""SELECT locked.*, {clock.OF_THE_DATABASE[connection.vendor]} AS instant FROM (
            SELECT * FROM {model._meta.db_table} WHERE id IN ({places}) ORDER BY id {wait}
        ) AS locked""",  # noqa: S608 - nothing in it comes from anywhere else
        [model._meta.pk.get_db_prep_value(key, connection) for key in keys],
    )
    locked = list(rows)
    instants = [clock.instant_of(row.instant) for row in locked]
    return locked, clock.now_by(lambda: max(instants)) if instants else clock.now()
