"""Open streams: how what is said in a conversation reaches a page that is open (R21).

A stream is asked for like any page: Django answers who may have it, and what there is to tell so
far. Then Django has done with it, and the response is kept open here: a thousand of them hold
neither a thread nor a connection to the database each.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from conversations.live import Mark

Event = Mapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

KEY = "repair.stream"
PATIENCE = 1.0
"""Seconds that all browsers of a pair together have to take what they are sent."""


@dataclass(eq=False)
class Stream:
    """One response that is kept open. mark: up to where its browser was told.

    session: the key of the session that asked for it; it is told no more once that has ended.
    farewell: what is sent at its end, if anything.
    """

    pair_id: UUID
    window_id: UUID
    person_id: UUID
    session: str
    mark: Mark
    over: asyncio.Event = field(default_factory=asyncio.Event)
    send: Send | None = None
    farewell: str = ""

    async def write(self, text: str, *, is_last: bool = False, until: float = math.inf) -> None:
        """Send this at once, or end: who does not read is let go, and comes back by itself.

        until: an instant of `time.monotonic` after which nothing of it is sent any more.
        """
        if not self.over.is_set() and text and not await self._sent(_body(text), until):
            self.over.set()
        if is_last:
            self.over.set()

    async def finish(self) -> None:
        """Send the end of the response, to who still reads."""
        await self._sent(_body(self.farewell, more=False))

    async def _sent(self, body: Event, until: float = math.inf) -> bool:
        patience = min(PATIENCE, until - time.monotonic())
        if self.send is None or patience <= 0:
            return False
        try:
            await asyncio.wait_for(self.send(body), patience)
        except Exception:  # noqa: BLE001 - whatever it is, that browser is gone
            return False
        return True


def keep_open(request: HttpRequest, pair: UUID, window: UUID, person: UUID, mark: Mark) -> bool:
    """Keep the response to this request open, where the server can, and say whether it is.

    Another server, such as one of WSGI, ends the response; the browser then asks again.
    """
    scope = getattr(request, "scope", None)
    if scope is None or request.method != "GET":
        return False
    scope[KEY] = Stream(pair, window, person, request.session.session_key or "", mark)
    return True


def with_streams(app: App, hold: Callable[[Stream, Receive], Awaitable[None]]) -> App:
    """The ASGI application `app`, with the responses of its streams left open.

    hold: is awaited for each of them, for as long as it is to stay open.
    """

    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        async def send_unfinished(event: Event) -> None:
            if event.get("status", 200) != 200:
                scope.pop(KEY, None)
            await send(_unfinished(event) if KEY in scope else event)

        await app(scope, receive, send_unfinished)
        if stream := scope.get(KEY):
            stream.send = send
            try:
                await hold(stream, receive)
            finally:
                await stream.finish()

    return application


def _unfinished(event: Event) -> Event:
    if event["type"] == "http.response.start":
        headers = [each for each in event["headers"] if each[0].lower() != b"content-length"]
        return {**event, "headers": headers}
    return {**event, "more_body": True}


def _body(text: str, *, more: bool = True) -> Event:
    return {"type": "http.response.body", "body": text.encode(), "more_body": more}
