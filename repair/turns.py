"""How many requests are answered at once: of one session, and in all."""

from asyncio import Semaphore
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any
from weakref import WeakValueDictionary

from django.conf import settings
from django.http.cookie import parse_cookie

from conversations.streams import App, Event, Receive, Send

PAUSE = "/pause/"


def in_turns(app: App, *, of_one: int, in_all: int) -> App:
    """The ASGI application `app`, with at most `of_one` requests of a session in it, and `in_all`.

    The others wait for their turn, here, where that costs nothing. Inside, a request that waits for
    a pair's lock keeps a thread and a connection to the database, and whoever sends many could take
    all those with which somebody else would pause (R13). So pauses are counted by themselves, one
    of a session at a time, and what is kept free of `in_all` is for them. For the same reason an
    answer is sent once `app` has done with it: its connection does not wait for who does not read.
    """
    turns = _Turns(of_one, in_all)

    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        answer: list[Event] = []

        async def keep(event: Event) -> None:
            answer.append(event)

        async with AsyncExitStack() as stack:
            for turn in turns.of(scope):
                await stack.enter_async_context(turn)
            await app(scope, receive, keep)
        for event in answer:
            await send(event)

    return application


class _Turns:
    """Who has a turn now. Nothing is kept of a session that has no request."""

    def __init__(self, of_one: int, in_all: int) -> None:
        self._of_one, self._in_all = of_one, Semaphore(in_all)
        self._of_session: WeakValueDictionary[tuple[str, bool], Semaphore] = WeakValueDictionary()

    def of(self, scope: dict[str, Any]) -> Iterator[Semaphore]:
        """What this request has to wait for, one after the other."""
        pauses = scope["method"] == "POST" and scope["path"].endswith(PAUSE)
        if session := _session(scope):
            own = self._of_session.get((session, pauses)) or Semaphore(
                1 if pauses else self._of_one
            )
            self._of_session[session, pauses] = own
            yield own
        if not pauses:
            yield self._in_all


def _session(scope: dict[str, Any]) -> str:
    """What Django will take for the session; empty if the browser says nothing of one."""
    said = [value for name, value in scope["headers"] if name.lower() == b"cookie"]
    cookies = parse_cookie("; ".join(value.decode("latin-1") for value in said))
    return cookies.get(settings.SESSION_COOKIE_NAME, "")
