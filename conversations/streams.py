"""Open streams: how what is said in a conversation reaches a page that is open (R21).

A stream is asked for like any page: Django answers who may have it, and what there is to tell so
far. Then Django has done with it, and the response is kept open here: a thousand of them hold
neither a thread nor a connection to the database each.
"""

import asyncio
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
PATIENCE = 0.25
"""Seconds that a browser has to take what it is sent, while the pair's lock is held for it."""


@dataclass(eq=False)
class Stream:
    """One response that is kept open. mark: up to where its browser was told.

    session: the key of the session that asked for it; it is told no more once that has ended.
    """

    pair_id: UUID
    window_id: UUID
    person_id: UUID
    session: str
    mark: Mark
    over: asyncio.Event = field(default_factory=asyncio.Event)
    send: Send | None = None

    async def write(self, text: str, *, is_last: bool = False) -> None:
        """Send this at once, or end: who does not read is let go, and comes back by itself."""
        if not self.over.is_set() and not await self._sent(_body(text)):
            self.over.set()
        if is_last:
            self.over.set()

    async def finish(self) -> None:
        """Send the end of the response, to who still reads."""
        await self._sent(_body("", more=False))

    async def _sent(self, body: Event) -> bool:
        if self.send is None:
            return False
        try:
            await asyncio.wait_for(self.send(body), PATIENCE)
        except (OSError, TimeoutError):
            return False
        return True


def keep_open(request: HttpRequest, pair: UUID, window: UUID, person: UUID, mark: Mark) -> None:
    """Keep the response to this request open, where the server can.

    Another server, such as one of WSGI, ends the response; the browser then asks again.
    """
    scope = getattr(request, "scope", None)
    if scope is not None and request.method == "GET":
        scope[KEY] = Stream(pair, window, person, request.session.session_key or "", mark)


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
