"""What a lost worker or broker does to the story: requests are answered, letters wait (R7)."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from repair.demo.people import ANA, BEN
from tests import servers, stack
from tests.stack import wait_for
from tests.story.parts import Parts, in_parts, kill_redis, port_of
from tests.story.relay import Relay, relay
from tests.story.visitors import HttpVisitor, signed_in

pytestmark = pytest.mark.processes


def write_a_line(visitor: HttpVisitor, words: str) -> None:
    visitor.open("/")
    visitor.follow("Write a letter")
    visitor.press("Hold for the next conversation", body=words)
    assert "Your letter is held" in visitor.text


def envelopes(visitor: HttpVisitor) -> int:
    visitor.open("/")
    return visitor.text.split("Your letters")[0].count("A closed envelope for you")


@pytest.mark.proof
def test_a_killed_worker_loses_nothing_and_doubles_nothing(parts):
    ana, ben = signed_in(parts.address, ANA.email), signed_in(parts.address, BEN.email)
    parts.kill_worker()
    write_a_line(ana, "Written while no worker was there.")
    ana.press("the next conversation")
    assert envelopes(ben) == 0
    ana.press("+ 1 hour")
    parts.start_worker()
    for visitor in (ana, ben):
        visitor.look_until("Did not take place")
        assert envelopes(visitor) == 0
        assert "Held" in visitor.text
    ana.press("the next conversation")
    ben.look_until("Your conversation is open")
    assert envelopes(ben) == 1
    ben.follow("A closed envelope for you")
    ben.press("Read it now")
    assert "the box with the photographs" in ben.text
    ana.open("/")
    assert "Written while no worker was there. Held for the next conversation" in ana.text


@pytest.mark.long
@pytest.mark.postgres
def test_a_lost_redis_fails_no_request_and_the_letter_comes_once_it_is_back(tmp_path):
    with (
        stack.own_database() as database,
        servers.redis(tmp_path) as redis,
        in_parts(tmp_path, DATABASE_URL=database, REDIS_URL=redis) as parts,
    ):
        ana = signed_in(parts.address, ANA.email)
        command = kill_redis(redis)
        ben = signed_in(parts.address, BEN.email)
        write_a_line(ben, "Written while no broker was there.")
        ben.press("the next conversation")
        assert envelopes(ana) == 0
        parts.run(command)
        ana.look_until("Your conversation is open")
        assert envelopes(ana) == 1
        ana.press("Pause")
        assert "You have paused" in ana.text


@contextmanager
def on_servers(folder: Path) -> Iterator[tuple[Parts, str, psycopg.Connection]]:
    """Repair on a PostgreSQL and a Redis of its own, the address of this, and a look into that."""
    with (
        stack.own_database() as database,
        servers.redis(folder) as redis,
        in_parts(folder, DATABASE_URL=database, REDIS_URL=redis) as parts,
        psycopg.connect(database, autocommit=True) as connection,
    ):
        yield parts, redis, connection


@pytest.mark.proof
@pytest.mark.postgres
def test_a_redis_lost_in_the_midst_of_a_sweep_is_found_again(tmp_path):
    with on_servers(tmp_path) as (parts, redis, connection):
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE health_heartbeat IN ACCESS EXCLUSIVE MODE")
        wait_for(lambda: waiting(connection), "No sweep waits for the table")
        command = kill_redis(redis)
        before = last_beat(connection)
        connection.execute("COMMIT")
        wait_for(lambda: last_beat(connection) > before, "The sweep that waited is gone")
        parts.run(command)
        for _ in range(4):  # what had been fetched may still beat once, or twice
            until_it_beats(connection)


@pytest.mark.proof
@pytest.mark.postgres
def test_a_redis_lost_at_any_instant_is_found_again(tmp_path):
    with on_servers(tmp_path) as (parts, redis, connection):
        for part in range(20):
            until_it_beats(connection)
            time.sleep(part / 20)  # of the second between two sweeps
            parts.run(kill_redis(redis))
            for _ in range(4):
                until_it_beats(connection)


@pytest.mark.proof
@pytest.mark.postgres
def test_a_redis_that_falls_silent_is_left_for_a_new_connection(tmp_path):
    """As when its machine is gone, or a firewall forgot the connection: no end ever comes."""
    with (
        stack.own_database() as database,
        servers.redis(tmp_path) as redis,
        relay(port_of(redis)) as way,
        in_parts(tmp_path, DATABASE_URL=database, REDIS_URL=by(way, redis)) as parts,
        psycopg.connect(database, autocommit=True) as connection,
    ):
        until_it_beats(connection)
        way.fall_silent()
        ana = signed_in(parts.address, ANA.email)
        ana.press("Pause")
        assert "You have paused" in ana.text
        for _ in range(4):
            until_it_beats(connection, 30)


def by(way: Relay, url: str) -> str:
    """The same address, by this way."""
    return url.replace(f":{port_of(url)}", f":{way.port}")


def waiting(connection: psycopg.Connection) -> int:
    """How many wait for a lock in this database; others are of tests beside this one."""
    own = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    return len(connection.execute(f"SELECT 1 FROM pg_locks WHERE NOT granted AND {own}").fetchall())


def last_beat(connection: psycopg.Connection) -> datetime:
    """When the worker last showed itself."""
    ((at,),) = connection.execute("SELECT max(at) FROM health_heartbeat").fetchall()
    return at


def until_it_beats(connection: psycopg.Connection, seconds: float = 15) -> None:
    """Wait until it shows itself anew."""
    before = last_beat(connection)
    wait_for(lambda: last_beat(connection) > before, "The worker takes nothing any more", seconds)


@pytest.mark.long
@pytest.mark.once
def test_a_lost_folder_of_the_broker_fails_no_request(tmp_path):
    with in_parts(tmp_path) as parts:
        ana = signed_in(parts.address, ANA.email)
        shutil.rmtree(tmp_path / "broker")
        ben = signed_in(parts.address, BEN.email)
        write_a_line(ben, "Written while no broker was there.")
        ben.press("the next conversation")
        assert envelopes(ana) == 0
        parts.kill_worker()
        parts.start_worker()
        ana.look_until("Your conversation is open")
        assert envelopes(ana) == 1
