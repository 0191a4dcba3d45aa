"""The client of the bench: a process of its own that holds streams open and says words.

It reads a `Plan` as JSON from its input and writes lines of JSON: {"ready": n} when the n streams
of a round are open, {"said": n} when n words were said in it (those that do not count, too), and at
the end {"seconds": [...], "late": [...], "wrong": [...]}, all in seconds. Sockets are read
and written without a library between, so that the client is not what is measured; the same client
measures the floor.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

HOST = "127.0.0.1"
CSRF = "bench" * 6 + "42"
"""In the cookie and in the form, as a page would have it; the server compares the two."""

TOKEN = re.compile(rb"bench-word-(\d{6})\.")
QUIET = 3.0
"""Seconds in which streams are open and nothing is said, to look at the server."""

OPENED_AT_ONCE = 8


@dataclass(frozen=True)
class Person:
    """Where one person's stream is and where they say something; session: their cookie."""

    stream: str
    say: str
    session: str = ""


@dataclass(frozen=True)
class Plan:
    """rate: words said in a second. patience: seconds within which one has to come. rounds: in
    each, these couples have their streams open, and so many words (`said`) are said in it, after
    `warm_up` others that do not count.
    """

    port: int
    rate: float
    patience: float
    warm_up: int
    said: int
    rounds: list[list[tuple[Person, Person]]]

    def as_json(self) -> str:
        """For the client's input."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Plan":
        """The plan that `as_json` wrote."""
        values = json.loads(text)
        rounds = [
            [(Person(**one), Person(**other)) for one, other in couples]
            for couples in values["rounds"]
        ]
        return cls(**{**values, "rounds": rounds})


class Stream(asyncio.Protocol):
    """One open stream. seen: how often each word has come. head: its status line."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.seen: Counter[int] = Counter()
        self.waiting: dict[int, asyncio.Future[float]] = {}
        self.is_open = asyncio.get_running_loop().create_future()
        self.ended = False
        self._rest = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(_request("GET", self.person.stream, self.person.session))

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        self._rest += data
        if not self.is_open.done() and b"retry:" in self._rest:
            self.is_open.set_result(self._rest.split(b"\r\n", 1)[0])
        end = 0
        for found in TOKEN.finditer(self._rest):
            number, end = int(found[1]), found.end()
            self.seen[number] += 1
            if (waiting := self.waiting.pop(number, None)) and not waiting.done():
                waiting.set_result(at)
        # What is left may be the beginning of a word.
        self._rest = self._rest[end:][-64:] if self.is_open.done() else self._rest

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        if not self.is_open.done():
            self.is_open.set_result(self._rest.split(b"\r\n", 1)[0] or b"no answer")

    def arrival(self, number: int) -> asyncio.Future[float]:
        """When this word comes."""
        self.waiting[number] = asyncio.get_running_loop().create_future()
        return self.waiting[number]


class Client:
    """Says the words of a plan and keeps what came of it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.seconds: list[float] = []
        self.late: list[float] = []
        self.wrong: list[str] = []
        self._number = count(1)
        self._random = random.Random(4)

    async def run(self) -> dict[str, Any]:
        """All rounds; what is in the last line."""
        for couples in self.plan.rounds:
            await self._round(couples)
        return {"seconds": self.seconds, "late": self.late, "wrong": self.wrong}

    async def _round(self, couples: list[tuple[Person, Person]]) -> None:
        streams = await self._open([person for couple in couples for person in couple])
        tell({"ready": len(streams)})
        await asyncio.sleep(QUIET)
        ways = list(zip(streams[::2], streams[1::2], strict=True))
        ways += [(other, one) for one, other in ways]
        self._random.shuffle(ways)
        first = len(self.seconds)
        await self._say_all(ways, self.plan.warm_up)
        del self.seconds[first:], self.late[first:]
        await self._say_all(ways, self.plan.said)
        tell({"said": self.plan.warm_up + self.plan.said})
        self.wrong += [f"a stream ended: {each.person.stream}" for each in streams if each.ended]
        for stream in streams:
            self.wrong += [f"word {n} came {k} times" for n, k in stream.seen.items() if k > 1]
            stream.transport.abort()

    async def _open(self, people: list[Person]) -> list[Stream]:
        turn, loop = asyncio.Semaphore(OPENED_AT_ONCE), asyncio.get_running_loop()

        async def open_one(person: Person) -> Stream:
            async with turn:
                made = loop.create_connection(lambda: Stream(person), HOST, self.plan.port)
                _, stream = await made
                if b" 200 " not in (status := await stream.is_open):
                    self.wrong.append(f"a stream did not open: {status.decode()}")
                return stream

        return await asyncio.gather(*map(open_one, people))

    async def _say_all(self, ways: list[tuple[Stream, Stream]], words: int) -> None:
        """One after another at the rate, each whether or not the one before has come: who waits
        for it would not notice what a slow answer does to the next.
        """
        loop, due, said = asyncio.get_running_loop(), time.perf_counter(), []
        for n in range(words):
            await asyncio.sleep(due - time.perf_counter())
            self.late.append(time.perf_counter() - due)
            said.append(loop.create_task(self._say(*ways[n % len(ways)])))
            # Never in step with what the server does once a second.
            due += self._random.uniform(0.5, 1.5) / self.plan.rate
        await asyncio.gather(*said)

    async def _say(self, one: Stream, other: Stream) -> None:
        """From just before it is sent until its line is on the other's stream."""
        number = next(self._number)
        arrives, comes_back = other.arrival(number), one.arrival(number)
        began = time.perf_counter()
        status = await self._post(one.person, number)
        if status != "200":
            self.wrong.append(f"word {number} was answered {status}")
            return
        try:
            async with asyncio.timeout(self.plan.patience):
                self.seconds.append(await arrives - began)
                await comes_back
        except TimeoutError:
            self.wrong.append(f"word {number} did not come")

    async def _post(self, person: Person, number: int) -> str:
        words = {"csrfmiddlewaretoken": CSRF, "key": uuid4(), "body": f"bench-word-{number:06}."}
        read, write = await asyncio.open_connection(HOST, self.plan.port)
        write.write(_request("POST", person.say, person.session, urlencode(words)))
        answer = await read.read()
        write.close()
        return answer.split(b" ", 2)[1].decode() if answer else "nothing"


def _request(verb: str, path: str, session: str, form: str = "") -> bytes:
    """As a page with its script sends it."""
    lines = [f"{verb} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"Cookie: sessionid={session}; csrftoken={CSRF}"]
    if verb == "POST":
        lines += ["HX-Request: true", "Connection: close", f"Content-Length: {len(form)}"]
        lines += ["Content-Type: application/x-www-form-urlencoded"]
    return "\r\n".join([*lines, "", form]).encode()


def tell(values: dict[str, Any]) -> None:
    """One line to who started this."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    tell(asyncio.run(Client(Plan.read(sys.stdin.read())).run()))
