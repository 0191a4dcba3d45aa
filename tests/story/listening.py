"""A browser's event stream, as somebody has it who reads it with nothing but HTTP."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from tests.stack import wait_for
from tests.story.visitors import HttpVisitor


@dataclass
class Listener:
    """Reads a stream in a thread until it ends. events: the type, data and id of each, in order."""

    visitor: HttpVisitor
    path: str
    last: str = ""
    events: list[tuple[str, str, str]] = field(default_factory=list)
    has_ended: threading.Event = field(default_factory=threading.Event)
    _opened: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> "Listener":
        """Begin, and return once the stream is open."""
        threading.Thread(target=self._read, daemon=True).start()
        assert self._opened.wait(20), "The stream did not open"
        return self

    def again(self) -> "Listener":
        """A new stream after the last event that came, as a browser asks for it."""
        return Listener(self.visitor, self.path, last=self.last).listen()

    @property
    def said(self) -> list[tuple[str, str]]:
        """The id of each message that came, and the html of it."""
        return [(number, html) for name, html, number in self.events if name == "said"]

    def wait_for(self, count: int) -> None:
        """Wait until so many messages have come."""
        wait_for(lambda: len(self.said) >= count, f"{count} messages did not come to {self.path}")

    def wait_for_end(self) -> None:
        """Wait until the server has ended the stream."""
        assert self.has_ended.wait(20), "The stream did not end"

    def _read(self) -> None:
        headers = {"Last-Event-ID": self.last} if self.last else {}
        client = self.visitor.client
        with (
            suppress(httpx.TransportError),
            client.stream("GET", self.path, headers=headers, timeout=30) as answer,
        ):
            assert answer.status_code == 200, answer.status_code
            self._opened.set()
            for event in _events(answer.iter_text()):
                self.events.append(event)
                self.last = event[2] or self.last
        self.has_ended.set()


class Wire:
    """A stream that is read only when it is asked, so that it is known what had come by then.

    came: all that was read so far.
    """

    def __init__(self, visitor: HttpVisitor, path: str) -> None:
        url = visitor.client.base_url
        cookies = "; ".join(f"{each.name}={each.value}" for each in visitor.client.cookies.jar)
        head = [f"GET {path} HTTP/1.1", f"Host: {url.host}:{url.port}", f"Cookie: {cookies}"]
        self.came = b""
        self._socket = socket.create_connection((url.host, url.port or 80), timeout=20)
        self._socket.sendall("\r\n".join([*head, "", ""]).encode())
        self._socket.settimeout(0)

    def said(self) -> int:
        """How many messages have come by now."""
        with suppress(BlockingIOError):
            while more := self._socket.recv(65536):
                self.came += more
        return self.came.count(b"event: said")


def _events(texts: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    waiting = ""
    for text in texts:
        *blocks, waiting = (waiting + text).split("\n\n")
        for block in blocks:
            lines = [line.partition(": ") for line in block.split("\n")]
            data = [value for name, _, value in lines if name == "data"]
            if data:
                rest = {name: value for name, _, value in lines}
                yield rest["event"], "\n".join(data), rest.get("id", "")
