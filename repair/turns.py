"""How many requests of one session are answered at once."""

import asyncio
from http.cookies import CookieError, SimpleCookie
from typing import Any
from weakref import WeakValueDictionary

from django.conf import settings

from conversations.streams import App, Receive, Send

PAUSE = "/pause/"


def in_turns(app: App, most: int) -> App:
    """The ASGI application `app`, which gets at most `most` requests of one session at once.

    The others wait for their turn, here, where that costs nothing. Inside, a request that waits for
    a pair's lock keeps a thread and a connection to the database, and whoever sends many could take
    all those with which somebody else would pause (R13). So a pause waits for no turn.
    """
    turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        session = _session(scope) if scope["type"] == "http" else ""
        if not session or scope["path"].endswith(PAUSE):
            await app(scope, receive, send)
            return
        turn = turns.get(session) or asyncio.Semaphore(most)
        turns[session] = turn
        async with turn:
            await app(scope, receive, send)

    return application


def _session(scope: dict[str, Any]) -> str:
    """What the browser says that its session is; empty if it says nothing."""
    said = [value for name, value in scope.get("headers", ()) if name.lower() == b"cookie"]
    try:
        cookies = SimpleCookie("; ".join(value.decode("latin-1") for value in said))
    except CookieError:
        return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""
