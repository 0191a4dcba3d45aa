"""The one lock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.clock import now
from accounts.locks import locked_pair, locked_pairs
from accounts.models import Pair

in_threads = pytest.mark.django_db(transaction=True)


@pytest.mark.django_db
def test_the_lock_yields_the_pair_and_the_instant(pair, clock):
    with locked_pair(pair.pk) as (locked, at):
        assert locked == pair
        assert at == clock.at
        assert connection.in_atomic_block


@pytest.mark.django_db
def test_a_pair_that_does_not_exist_cannot_be_locked():
    with pytest.raises(Pair.DoesNotExist), locked_pair(uuid4()):
        pass


@pytest.mark.django_db
def test_an_exception_undoes_what_the_block_wrote(pair, clock):
    def end_and_fail():
        with locked_pair(pair.pk) as (locked, at):
            locked.ended_at = at
            locked.save()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        end_and_fail()
    pair.refresh_from_db()
    assert pair.ended_at is None


@pytest.mark.django_db
def test_pairs_are_locked_in_the_order_of_their_keys_in_one_query(clock):
    made = [Pair.objects.create(created_at=now()).pk for _ in range(5)]
    with CaptureQueriesContext(connection) as queries, locked_pairs([*made, uuid4()]) as found:
        assert [pair.pk for pair in found[0]] == sorted(made)
    assert sum("accounts_pair" in query["sql"] for query in queries) == 1


@pytest.mark.django_db
def test_no_pairs_at_all_is_no_fault(clock):
    with locked_pairs([]) as (pairs, at):
        assert pairs == []
        assert at == clock.at


@pytest.mark.postgres
@in_threads
@pytest.mark.parametrize("by_many", [False, True])
@pytest.mark.parametrize("changes_the_row", [False, True])
def test_the_second_waits_for_the_first_and_reads_what_it_wrote(pair, by_many, changes_the_row):
    """Where the row was changed PostgreSQL reads it anew, so the instant is tried also without."""
    holds, may_end = Event(), Event()

    def first():
        with locked_pair(pair.pk) as (locked, at):
            holds.set()
            assert may_end.wait(10)
            if changes_the_row:
                locked.ended_at = at
                locked.save()
            ended = now()
        connection.close()
        return ended

    def read():
        with locked_pair(pair.pk) as (locked, at):
            return locked.ended_at, at

    def read_by_many():
        with locked_pairs([pair.pk]) as (pairs, at):
            return pairs[0].ended_at, at

    def second():
        try:
            return read_by_many() if by_many else read()
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        ending = pool.submit(first)
        assert holds.wait(10)
        reading = pool.submit(second)
        wait_until_somebody_waits_for_a_lock()
        assert not reading.done()
        may_end.set()
        ended = ending.result()
        ended_at, at = reading.result()
    assert (ended_at is not None) is changes_the_row
    assert at > ended, "the instant is read after the lock was granted"


def wait_until_somebody_waits_for_a_lock() -> None:
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(10_000):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


@pytest.mark.postgres
@in_threads
def test_batches_that_share_pairs_wait_for_one_another_and_never_deadlock(db):
    keys = [Pair.objects.create(created_at=now()).pk for _ in range(20)]

    def lock(order):
        try:
            for _ in range(50):
                with locked_pairs(order) as (pairs, _at):
                    assert len(pairs) == 20
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        orders = [keys, keys[::-1], sorted(keys), sorted(keys)[::-1]]
        for done in [pool.submit(lock, order) for order in orders]:
            done.result()


@in_threads
def test_the_lock_keeps_every_one_of_many_increments(pair):
    """Reads, then writes what it read plus one: what is lost without the lock.

    On SQLite this holds because a transaction takes the write lock when it begins.
    """

    def add_seconds(count):
        try:
            for _ in range(count):
                with locked_pair(pair.pk) as (locked, _at):
                    later = locked.created_at + timedelta(seconds=1)
                    Pair.objects.filter(pk=pair.pk).update(created_at=later)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(add_seconds, 25) for _ in range(4)]:
            done.result()
    began_at = pair.created_at
    pair.refresh_from_db()
    assert (pair.created_at - began_at).total_seconds() == 100
    assert not transaction.get_connection().in_atomic_block
