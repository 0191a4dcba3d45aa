"""Two people talk over real processes: one order, nothing lost or doubled, and an end in time."""

import os
import re
import threading
import time

import psutil
import psycopg
import pytest

from conversations.hub import MOST_OF_A_PERSON, THREADS
from repair.demo.people import ANA, BEN
from tests.stack import wait_for
from tests.story.listening import Listener, Wire
from tests.story.visitors import signed_in

pytestmark = pytest.mark.processes

EACH = 8
SLOW = 0.5
STREAMS_OF_EACH = MOST_OF_A_PERSON


@pytest.fixture
def talk(parts):
    """Both in their conversation, which is open, each with a stream."""
    return parts, *meet(parts)


def meet(parts):
    """The two in their conversation, and their streams."""
    ana, ben = (signed_in(parts.address, each.email) for each in (ANA, BEN))
    ana.press("the next conversation")
    for visitor in (ana, ben):
        visitor.look_until("Your conversation is open")
        visitor.follow("Talk")
    streams = [Listener(each, f"{each.path}stream/").listen() for each in (ana, ben)]
    return ana, ben, streams


def say(visitor, *bodies):
    page = visitor.page
    for body in bodies:
        visitor.press("Say it", body=body)
    return page


@pytest.mark.proof
def test_r21_both_read_the_same_in_one_order_also_after_the_server_was_restarted(talk):
    parts, ana, ben, streams = talk
    words = {each: [f"{name} {n}" for n in range(EACH)] for each, name in ((ana, "A"), (ben, "B"))}
    at_once = [threading.Thread(target=say, args=(each, *words[each])) for each in (ana, ben)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    for stream in streams:
        stream.wait_for(2 * EACH)
    assert order(streams[0]) == order(streams[1])
    assert [number for number, _ in streams[0].said] == [str(n + 1) for n in range(2 * EACH)]
    parts.stop_web()
    for stream in streams:
        stream.wait_for_end()
    parts.start_web()
    wait_for(parts.is_well, "The web server does not come back", 30)
    # Said before they are back: it is not lost, and nothing of before comes twice.
    ana.open(ana.path)
    say(ana, "while nobody listened")
    again = [stream.again() for stream in streams]
    say(ben, "and one more")
    for stream in again:
        stream.wait_for(2)
        assert [number for number, _ in stream.said] == [str(2 * EACH + 1), str(2 * EACH + 2)]
    assert order(again[0]) == order(again[1])


def order(stream):
    """The words alone: who said them, and when, each reads in their own way."""
    return [re.search(r'class="letter-body"[^>]*>([^<]*)<', html)[1] for _, html in stream.said]


@pytest.mark.proof
def test_r13_after_a_pause_nothing_arrives_and_what_was_being_said_is_a_draft(talk):
    _, ana, ben, streams = talk
    say(ben, "the last thing said")
    for stream in streams:
        stream.wait_for(1)
    ben.open(ben.path)
    half = ben.page
    ana.press("Pause")
    assert "You have paused" in ana.text
    ben.page = half
    ben.press("Say it", body="in mid-sentence")
    assert "Your words are kept as a draft, for you alone." in ben.text
    for stream in streams:
        stream.wait_for_end()
        assert len(stream.said) == 1
        assert [name for name, _, _ in stream.events[-2:]] == ["state", "over"]


@pytest.mark.proof
def test_r13_while_much_is_said_nothing_is_on_its_way_after_the_pause_has_answered(talk):
    """What had been sent by then lies in the socket already; what comes later is what is wrong."""
    parts, ana, ben, _ = talk
    by_then = pause_while_much_is_said(ana, ben)
    # Or nothing was being said any more. Without pokes all of it comes within a second.
    assert max(by_then) < 12 or not parts.env.get("REDIS_URL")


@pytest.mark.proof
def test_r13_slow_streams_hold_up_the_pause_and_tell_nothing_after_it(parts):
    """Or it would be the waiting that is caught below."""
    pause_while_much_is_said(*meet_on(parts, "right"), pace=SLOW)


@pytest.mark.proof
@pytest.mark.parametrize("broken", ["without_the_lock", "without_the_gate"])
def test_a_stream_that_tells_something_after_the_pause_is_caught(parts, broken):
    """By the same check: see `asgi_slow` for how each is broken."""
    ana, ben = meet_on(parts, broken)
    with pytest.raises(AssertionError, match="came after the pause"):
        pause_while_much_is_said(ana, ben, pace=SLOW)


def meet_on(parts, streams):
    """The two in their conversation, on a web server whose streams are so."""
    parts.stop_web()
    parts.env["STREAMS"], parts.application = streams, "tests.story.asgi_slow:application"
    parts.start_web()
    wait_for(parts.is_well, "The web server does not come back", 30)
    ana, ben, _ = meet(parts)
    return ana, ben


def pause_while_much_is_said(ana, ben, pace=0.0):
    """Ben talks and Ana pauses; two streams of each have heard by then all that they ever hear.

    pace: seconds that he takes for each word, where streams are slow. Return how many messages each
    of them had heard when the pause had answered.
    """
    said = []
    own = [Wire(each, f"{each.path}stream/?after=0") for each in (ana, ben) for _ in range(2)]

    def go_on():
        for n in range(12):
            if "Say it" in ben.text:
                ben.press("Say it", body=f"word {n}")
                said.append(n)
                time.sleep(pace)

    talking = threading.Thread(target=go_on)
    talking.start()
    wait_for(lambda: all(wire.said() >= 2 for wire in own), "Nothing is heard")
    heard_by = len(said)
    wait_for(lambda: len(said) > heard_by or not talking.is_alive(), "Nothing more is said")
    ana.press("Pause")
    by_then = [wire.said() for wire in own]
    assert "You have paused" in ana.text
    talking.join()
    for wire in own:
        wait_for(lambda wire=wire: wire.said() and b"event: over" in wire.came, "It does not end")
    afterwards = [wire.said() for wire in own]
    assert afterwards == by_then, f"{by_then}, {afterwards}: some came after the pause"
    assert min(by_then) >= 2
    return by_then


@pytest.mark.proof
def test_r21_it_closes_for_both_when_one_leaves(talk):
    _, ana, _, streams = talk
    ana.press("Leave now")
    for stream in streams:
        stream.wait_for_end()
        assert "This conversation is closed." in stream.events[-2][1]


@pytest.mark.proof
def test_r21_it_closes_in_time_and_streams_hold_neither_threads_nor_connections(talk):
    parts, ana, ben, streams = talk
    say(ana, "now the threads are there")
    server = psutil.Process(parts.web.pid)
    before = server.num_threads()
    more = [
        Listener(each, streams[0].path).listen()
        for each in (ana, ben)
        for _ in range(STREAMS_OF_EACH - 1)
    ]
    for stream in [*streams, *more]:
        stream.wait_for(1)
    assert server.num_threads() <= before + THREADS
    assert connections(parts) <= THREADS + 4
    ana.open("/")
    ana.press("+ 1 hour")
    for stream in [*streams, *more]:
        stream.wait_for_end()
        assert "This conversation is closed." in stream.events[-2][1]


def connections(parts):
    """How many connections the whole of this Repair has to its PostgreSQL, or nothing to count."""
    url = parts.env.get("DATABASE_URL")
    if not url or url.startswith("sqlite"):
        return 0
    with psycopg.connect(os.environ["DATABASE_URL"]) as server:
        name = url.rsplit("/", 1)[1]
        sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        return server.execute(sql, [name]).fetchone()[0]
