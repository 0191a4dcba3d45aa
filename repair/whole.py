"""No half request: of one that was cut off nothing is done, so that half a letter replaces none.

An ASGI server says that whoever sent it is gone. Under WSGI a body only ends, and Django would take
what came of a form for all of it.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class Input(Protocol):
    """Where a WSGI application reads a body (PEP 3333)."""

    def read(self, size: int = ..., /) -> bytes: ...
    def readline(self, size: int = ..., /) -> bytes: ...


class Whole:
    """A WSGI application whose requests have all of their body, or cannot be read."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdecimal():
            environ["wsgi.input"] = _WholeInput(environ["wsgi.input"], int(length))
        return self.application(environ, start)


class _WholeInput:
    """Raises OSError where the body ends before its length (RFC 9112, section 6.3)."""

    def __init__(self, source: Input, length: int) -> None:
        self.source = source
        self.left = length

    def read(self, size: int = -1) -> bytes:
        return self._count(self.source.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._count(self.source.readline, size)

    def _count(self, read: Callable[..., bytes], size: int) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        data = read(wanted) if wanted else b""
        self.left -= len(data)
        if wanted and not data:
            raise OSError("The request was cut off")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)
