"""A response that is kept open, and the hub that holds it: in an event loop, with no server."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import OperationalError

from conversations import hub, streams
from conversations.delivery import Told
from conversations.hub import MOST_OF_A_PERSON, Hub
from conversations.live import RETRY, Mark
from conversations.streams import KEY, Stream, with_streams

pytestmark = pytest.mark.once

START = {"type": "http.response.start", "status": 200, "headers": [(b"Content-Length", b"5")]}
BODY = {"type": "http.response.body", "body": b"retry"}
LAST = {"type": "http.response.body", "body": b"", "more_body": False}


def stream(person=None):
    return Stream(uuid4(), uuid4(), person or uuid4(), "session", Mark(0))


def app_that_answers(start=START, kept=None):
    async def app(scope, receive, send):
        if kept:
            scope[KEY] = kept
        await send(start)
        await send(BODY)

    return app


def answered(app, hold):
    """What a server is given to send."""
    sent = []

    async def send(event):
        sent.append(event)

    asyncio.run(with_streams(app, hold)({"type": "http"}, never, send))
    return sent


async def never():
    await asyncio.Event().wait()


async def must_not_hold(stream, receive):
    raise AssertionError("This is no stream")


def test_every_other_response_is_left_as_it_is():
    assert answered(app_that_answers(), must_not_hold) == [START, BODY]


def test_a_response_that_is_no_success_is_not_kept_open():
    """A page that says what went wrong would never end."""
    failed = {**START, "status": 500}
    assert answered(app_that_answers(failed, kept=stream()), must_not_hold) == [failed, BODY]


def test_a_stream_has_no_length_and_ends_when_it_is_let_go():
    async def hold(kept, receive):
        await kept.write("more")

    start, first, more, last = answered(app_that_answers(kept=stream()), hold)
    assert start["headers"] == []
    assert (first["body"], first["more_body"]) == (b"retry", True)
    assert (more["body"], more["more_body"]) == (b"more", True)
    assert last == LAST


def test_r13_who_does_not_read_holds_nobody_up(monkeypatch):
    """Or their browser could keep the pair's lock, and a pause would wait for it."""
    monkeypatch.setattr(streams, "PATIENCE", 0.01)

    async def write():
        kept = stream()
        kept.send = lambda event: never()
        await asyncio.wait_for(kept.write("a word"), 5)
        await asyncio.wait_for(kept.finish(), 5)
        return kept.over.is_set()

    assert asyncio.run(write())


def test_nothing_is_written_to_a_stream_that_is_over():
    sent = []

    async def write():
        kept = stream()

        async def send(event):
            sent.append(event["body"])

        kept.send = send
        await kept.write("the last", is_last=True)
        await kept.write("too late")

    asyncio.run(write())
    assert sent == [b"the last"]


async def gone():
    return {"type": "http.disconnect"}


@pytest.fixture
def work(monkeypatch):
    """What the hub's threads do: here they note for which pair, and do what the test wants.

    At its end they are waited for, or one that comes late would do it for the next test.
    """
    pools, done, will = [], [], {"behind": lambda streams: set(), "deliver": lambda *_: None}

    def note(pair_id, streams, send):
        done.append(pair_id)
        will["deliver"](pair_id, streams, send)

    def look(streams):
        return will["behind"](streams)

    def pool(*args):
        pools.append(ThreadPoolExecutor(*args))
        return pools[-1]

    monkeypatch.setattr(hub, "deliver", note)
    monkeypatch.setattr(hub, "behind", look)
    monkeypatch.setattr(hub, "_be_impatient", lambda: None)
    monkeypatch.setattr(hub, "ThreadPoolExecutor", pool)
    yield done, will
    for each in pools:
        each.shutdown()


async def held(holder, kept, receive=never):
    task = asyncio.ensure_future(holder.hold(kept, receive))
    await asyncio.sleep(0)
    return task


async def until(holds):
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("It did not come about")


async def let_go(tasks, *kept):
    for each in kept:
        each.over.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 5)


def leftovers(holder):
    return [dict(holder._of_pair), dict(holder._of_person)]


def test_a_stream_is_held_until_its_browser_is_gone(work):
    async def hold():
        holder, kept = Hub(), stream()
        await asyncio.wait_for(holder.hold(kept, gone), 5)
        return kept.over.is_set(), holder

    is_over, holder = asyncio.run(hold())
    assert is_over
    assert leftovers(holder) == [{}, {}]


def test_a_stream_that_is_old_ends_and_is_asked_for_again_soon(work, monkeypatch):
    monkeypatch.setattr(hub, "LIFE", (0.01, 0.02))
    kept = stream()
    asyncio.run(asyncio.wait_for(Hub().hold(kept, never), 5))
    assert kept.farewell == hub.SOON


def test_r13_one_person_cannot_use_up_all_connections_of_their_browser(work):
    """Six is what a browser opens to one site: no page would get through, and no pause."""

    async def hold():
        holder, person = Hub(), uuid4()
        kept = [stream(person) for _ in range(MOST_OF_A_PERSON + 2)]
        other = stream()
        tasks = [await held(holder, each) for each in [other, *kept]]
        over = [each.over.is_set() for each in kept]
        await let_go(tasks, other, *kept)
        return over, holder

    over, holder = asyncio.run(hold())
    assert over == [True, True] + [False] * MOST_OF_A_PERSON
    assert leftovers(holder) == [{}, {}]
    assert MOST_OF_A_PERSON <= 3


def test_one_tab_too_many_comes_back_much_later_and_does_not_take_turns_with_the_newest(work):
    async def hold():
        holder, person = Hub(), uuid4()
        kept = [stream(person) for _ in range(MOST_OF_A_PERSON + 1)]
        tasks = [await held(holder, each) for each in kept]
        await let_go(tasks, *kept)
        return [each.farewell for each in kept]

    oldest, *others = asyncio.run(hold())
    assert milliseconds(oldest) > 10 * milliseconds(RETRY)
    assert others == [hub.SOON] * MOST_OF_A_PERSON


def milliseconds(told):
    return int(told.removeprefix("retry: "))


def test_what_is_new_is_brought_when_a_stream_begins_at_a_poke_and_at_a_look(work, monkeypatch):
    done, will = work
    poked = asyncio.Queue()

    async def pokes():
        while True:
            yield await poked.get()

    monkeypatch.setattr(hub, "pokes", pokes)

    async def hold():
        holder, kept = Hub(), stream()
        tasks = [await held(holder, kept)]
        await until(lambda: len(done) == 1)
        await poked.put(uuid4())
        await poked.put(kept.pair_id)
        await until(lambda: len(done) == 2)
        monkeypatch.setattr(hub, "LOOK_EVERY", 0.001)
        will["behind"] = lambda streams: {each.pair_id for each in streams}
        await until(lambda: len(done) >= 3)
        await let_go(tasks, kept)
        return kept

    monkeypatch.setattr(hub, "LOOK_EVERY", 0.01)
    kept = asyncio.run(hold())
    assert set(done) == {kept.pair_id}


def test_signs_of_life_are_sent(work, monkeypatch):
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.001)
    sent = []

    async def hold():
        holder, kept = Hub(), stream()

        async def send(event):
            sent.append(event["body"].decode())

        kept.send = send
        tasks = [await held(holder, kept)]
        await until(lambda: hub.ALIVE in sent)
        await let_go(tasks, kept)

    asyncio.run(hold())


def test_one_pair_whose_lock_is_not_to_be_had_does_not_stop_the_others(work):
    """Or each look would have one more thread wait for it, until none is left."""
    done, will = work
    locked = threading.Event()

    async def hold():
        holder, waits, goes = Hub(), stream(), stream()
        will["deliver"] = lambda pair, *_: pair == waits.pair_id and locked.wait(5)
        tasks = [await held(holder, waits)]
        await until(lambda: waits.pair_id in done)
        for _ in range(hub.THREADS + 2):
            holder._bring_up_to_date(waits.pair_id)
        tasks.append(await held(holder, goes))
        await until(lambda: goes.pair_id in done)
        assert done.count(waits.pair_id) == 1
        locked.set()
        # What came meanwhile is brought after it, once.
        await until(lambda: done.count(waits.pair_id) == 2)
        await let_go(tasks, waits, goes)

    asyncio.run(hold())


def test_r7_after_a_fault_the_pairs_streams_end_and_others_go_on(work):
    _, will = work

    async def hold():
        holder, faulty, well = Hub(), stream(), stream()

        def deliver(pair_id, *_):
            if pair_id == faulty.pair_id:
                raise ZeroDivisionError

        will["deliver"] = deliver
        tasks = [await held(holder, each) for each in (faulty, well)]
        await until(faulty.over.is_set)
        assert not well.over.is_set()
        await let_go(tasks, well)

    asyncio.run(hold())


def test_r7_while_the_database_is_away_streams_wait(work):
    done, will = work

    async def hold():
        holder, kept = Hub(), stream()

        def away(*_):
            raise OperationalError

        will["deliver"] = away
        tasks = [await held(holder, kept)]
        await until(lambda: len(done) == 1 and not holder._busy)
        assert not kept.over.is_set()
        await let_go(tasks, kept)

    asyncio.run(hold())


def test_r13_what_was_not_sent_in_time_is_not_sent_after_the_lock_was_let_go(work):
    """Also where the loop was busy, and comes to it only then; and for six slow ones as for one."""
    sent = []

    async def send_late():
        kept = [stream() for _ in range(6)]

        async def send(event):
            sent.append(event)

        for each in kept:
            each.send = send
        told = [Told(each, "a word", each.mark, is_last=False) for each in kept]
        await hub._send_together(told, time.monotonic() - 0.001)
        return [each.over.is_set() for each in kept]

    assert asyncio.run(send_late()) == [True] * 6
    assert sent == []


def test_r13_six_that_do_not_read_are_waited_for_together(work):
    async def send():
        kept = [stream() for _ in range(6)]
        for each in kept:
            each.send = lambda event: never()
        told = [Told(each, "a word", each.mark, is_last=False) for each in kept]
        begun = time.monotonic()
        await hub._send_together(told, begun + 0.2)
        return time.monotonic() - begun

    assert asyncio.run(send()) < 0.6
