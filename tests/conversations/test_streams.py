"""A response that is kept open, and the hub that holds it: in an event loop, with no server."""

import asyncio
from uuid import uuid4

import pytest

from conversations import hub, streams
from conversations.hub import MOST_OF_A_PERSON, Hub
from conversations.live import Mark
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


async def held(holder, kept, receive=never):
    task = asyncio.ensure_future(holder.hold(kept, receive))
    await asyncio.sleep(0)
    return task


def test_a_stream_is_held_until_its_browser_is_gone():
    async def hold():
        holder, kept = Hub(), stream()
        await asyncio.wait_for(holder.hold(kept, gone), 5)
        return kept.over.is_set(), holder

    is_over, holder = asyncio.run(hold())
    assert is_over
    assert leftovers(holder) == [{}, {}, []]


def test_a_stream_ends_when_it_is_old(monkeypatch):
    monkeypatch.setattr(hub, "LIFE", (0.01, 0.02))
    asyncio.run(asyncio.wait_for(Hub().hold(stream(), never), 5))


def test_one_person_cannot_have_ever_more_of_them():
    async def hold():
        holder, person = Hub(), uuid4()
        kept = [stream(person) for _ in range(MOST_OF_A_PERSON + 2)]
        other = stream()
        tasks = [await held(holder, each) for each in [other, *kept]]
        over = [each.over.is_set() for each in kept]
        for each in [other, *kept]:
            each.over.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        return over, holder

    over, holder = asyncio.run(hold())
    assert over == [True, True] + [False] * MOST_OF_A_PERSON
    assert leftovers(holder) == [{}, {}, []]


def leftovers(holder):
    return [dict(holder._of_pair), dict(holder._of_person), holder._tasks]
