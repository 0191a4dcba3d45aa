"""How long the body of a request may be, asked before any of it is kept.

Django first takes a whole body in and then asks how long it is: until then anybody, signed in or
not, could fill the memory or the disk.
"""

from typing import Any

from django.template.loader import render_to_string

from conversations.streams import App, Event, Receive, Send

CONTENT_TOO_LARGE = 413


def with_limit(app: App, longest: int) -> App:
    """The ASGI application `app`, which gets no more than `longest` bytes of any request's body.

    Whoever sends more, or says that they will, is answered 413 (RFC 9110, 15.5.14). To `app` it
    looks as if they had gone away, so that it keeps nothing. The connection stays: a browser reads
    the answer only once all is sent, and the server drops what still comes.
    """

    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if _announced(scope) > longest:
            await _refuse(send)
            return
        body = _Body(receive, longest)
        await app(scope, body.receive, send)
        if body.is_too_long:
            await _refuse(send)

    return application


class _Body:
    """The body of one request, counted while it comes."""

    def __init__(self, receive: Receive, longest: int) -> None:
        self._receive = receive
        self._left = longest

    @property
    def is_too_long(self) -> bool:
        return self._left < 0

    async def receive(self) -> Event:
        if not self.is_too_long:
            event = await self._receive()
            self._left -= len(event.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_long else event


def _announced(scope: dict[str, Any]) -> int:
    """How long the body is said to be; 0 if nothing is said that is a number."""
    said = (value for name, value in scope["headers"] if name.lower() == b"content-length")
    return max((int(value) for value in said if value.isdigit()), default=0)


async def _refuse(send: Send) -> None:
    text = render_to_string("413.html").encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", b"default-src 'self'"),
        (b"content-length", str(len(text)).encode()),
        (b"cache-control", b"private, no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    start = {"type": "http.response.start", "status": CONTENT_TOO_LARGE, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": text})
