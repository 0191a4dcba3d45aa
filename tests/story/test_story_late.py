"""Real workers that are late, back before the end, away for all of it, or two: R7, R20.

A worker that is stopped and goes on later is away in the meantime, as one on a machine that sleeps.
"""

import os
import signal
from contextlib import contextmanager
from datetime import datetime

import psutil
import psycopg
import pytest

from repair.demo.people import ANA, BEN
from repair.management.commands import start
from tests import stack
from tests.stack import wait_for
from tests.story.parts import in_parts
from tests.story.test_story_faults import envelopes, write_a_line
from tests.story.visitors import signed_in

pytestmark = [pytest.mark.processes, pytest.mark.postgres, pytest.mark.proof]

NEXT = "SELECT MIN(opens_at) FROM boundaries_window WHERE state = 'planned'"
WINDOW = """
    SELECT opens_at, closes_at, state, opened_at, ended_at FROM boundaries_window
    WHERE state <> 'cancelled' AND opens_at = %s
"""
GO_TO = """
    UPDATE demo_democlock
    SET offset_seconds = CEIL(EXTRACT(EPOCH FROM %s - clock_timestamp()))
"""


class Demo:
    """The demo on PostgreSQL, with what an administrator sees in its database."""

    def __init__(self, parts, database):
        self.parts, self.url = parts, database
        ((self.opens_at,),) = self.ask(NEXT)
        assert self.opens_at, "The demo has no conversation"

    def ask(self, sql, *values):
        with psycopg.connect(self.url, autocommit=True) as server:
            done = server.execute(sql, values)
            return done.fetchall() if done.description else []

    def window(self):
        """The conversation that the test is about, which was the next when it began."""
        return self.ask(WINDOW, self.opens_at)[0]

    def state(self):
        return self.window()[2]

    def go_to(self, instant: datetime) -> None:
        self.ask(GO_TO, instant)

    def times_opened(self):
        sql = "SELECT COUNT(*) FROM boundaries_recordentry WHERE act = 'window_opened'"
        return self.ask(sql)[0][0]

    def times_released(self):
        """By letter, how often the record says that it went, and how many envelopes have it."""
        return self.ask(
            """SELECT letter.id, COUNT(DISTINCT entry.id), COUNT(DISTINCT envelope.id)
            FROM conversations_letter letter
            LEFT JOIN boundaries_recordentry entry
                ON entry.subject = letter.id AND entry.act = 'letter_released'
            LEFT JOIN conversations_envelope envelope ON envelope.letter_id = letter.id
            WHERE letter.state = 'released' AND letter.released_at >= %s GROUP BY letter.id""",
            self.opens_at,
        )

    @contextmanager
    def worker_away(self):
        """In the block the worker, and all its processes, do nothing."""
        assert self.parts.worker
        os.killpg(self.parts.worker.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.parts.worker.pid, signal.SIGCONT)


@pytest.fixture
def demo(tmp_path):
    with (
        stack.own_database() as database,
        stack.own_redis() as redis,
        in_parts(tmp_path, DATABASE_URL=database, REDIS_URL=redis) as parts,
    ):
        yield Demo(parts, database)


def test_r20_away_for_the_whole_conversation_it_never_opens_and_both_are_told(demo):
    ana, ben = signed_in(demo.parts.address, ANA.email), signed_in(demo.parts.address, BEN.email)
    write_a_line(ana, "Written before a conversation that nobody opened.")
    with demo.worker_away():
        demo.go_to(demo.window()[1])
        for visitor in (ana, ben):
            assert envelopes(visitor) == 0
            assert "Your conversation is open" not in visitor.text
        assert demo.state() == "planned"
    wait_for(lambda: demo.state() == "missed", "Nobody found that it was missed")
    for visitor in (ana, ben):
        visitor.look_until("Did not take place")
        assert envelopes(visitor) == 0
    assert "Written before a conversation that nobody opened. Held" in ana.text
    assert demo.times_released() == []


def test_r20_back_a_few_seconds_before_the_end_it_opens_late_and_closes_in_time(demo):
    """It brings what was held; it is not a whole one, so it does not unlock more (R5)."""
    ben = signed_in(demo.parts.address, BEN.email)
    with demo.worker_away():
        demo.go_to(demo.window()[1])
        demo.ask("UPDATE demo_democlock SET offset_seconds = offset_seconds - 6")
    wait_for(lambda: demo.state() != "planned", "It was not found")
    wait_for(lambda: demo.state() != "open", "It does not close")
    _, closes_at, state, opened_at, ended_at = demo.window()
    assert state == "cut_short"
    assert opened_at < closes_at <= ended_at
    released = demo.times_released()
    assert released
    assert {(noted, sent) for _, noted, sent in released} == {(1, 1)}
    ben.open("/")
    assert "A closed envelope for you" in ben.text


def test_r7_two_workers_each_with_a_beat_do_what_one_does(demo):
    before = demo.times_opened()
    second = demo.parts.run(start.worker(start.BEAT))
    wait_for(lambda: is_whole(second.pid), "The second worker does not come up", 30)
    demo.go_to(demo.opens_at)
    wait_for(lambda: demo.state() == "open", "It does not open")
    demo.parts.kill_worker()
    demo.go_to(demo.window()[1])
    wait_for(lambda: demo.state() in ("held", "cut_short"), "The second does nothing")
    assert demo.times_opened() == before + 1
    assert {(noted, sent) for _, noted, sent in demo.times_released()} == {(1, 1)}


def is_whole(worker):
    """Whether this worker has both its processes: the one that works, and its beat."""
    return len(psutil.Process(worker).children(recursive=True)) >= 2
