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
the lock is judged by the minute in which it acts, not by the one in which it was asked for.

Several pairs are always locked in the order of their keys, so that two batches that share pairs
wait for one another and never deadlock. For the same reason do not lock a second pair while one
is held: give both to `locked_pairs`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import clock
from accounts.models import Pair, Person


@contextmanager
def locked_pair(pair_id: UUID) -> Iterator[tuple[Pair, datetime]]:
    """Hold the pair's lock for the block, in one transaction; yield the pair and the instant.

    Raises `Pair.DoesNotExist`. An exception from the block undoes what the block wrote.
    """
    with transaction.atomic():
        pair = Pair.objects.select_for_update().get(pk=pair_id)
        yield pair, clock.now()


@contextmanager
def locked_pairs(pair_ids: Iterable[UUID]) -> Iterator[tuple[list[Pair], datetime]]:
    """Hold the locks of several pairs for the block; yield them, by key, and the instant.

    A pair that no longer exists is left out.
    """
    with transaction.atomic():
        pairs = Pair.objects.select_for_update().filter(pk__in=list(pair_ids)).order_by("pk")
        yield list(pairs), clock.now()


@contextmanager
def locked_persons(*persons: Person) -> Iterator[datetime]:
    """Hold the rows of these persons, in the order of their keys; yield the instant.

    A pair's lock cannot guard what happens before there is a pair. Two persons who use each
    other's codes at the same moment must not end up in two pairs, so what makes, withdraws or
    uses a code locks every person whom it concerns. `no_key` lets others meanwhile write rows
    that only refer to these persons.
    """
    with transaction.atomic():
        rows = Person.objects.select_for_update(no_key=True).order_by("pk")
        list(rows.filter(pk__in=[person.pk for person in persons]).values_list("pk"))
        yield clock.now()
