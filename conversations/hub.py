"""All open streams of one process, and when each of them is brought up to date.

Something is new in a pair when a process says so (`pokes`), or when the database does, which is
asked once a second for all streams together.
"""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, count
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import connection

from conversations.delivery import behind, deliver
from conversations.pokes import pokes
from conversations.streams import PATIENCE, Receive, Stream

P = ParamSpec("P")
T = TypeVar("T")
Streams = defaultdict[UUID, list[Stream]]

LOOK_EVERY = 1.0
"""Seconds between two looks at the database."""

SIGN_OF_LIFE_EVERY = 15
"""Looks between two comments, without which a proxy would take a stream for dead."""

LIFE = (240.0, 300.0)
"""Seconds after which a stream ends. Asked for again, it is judged again like any page."""

MOST_OF_A_PERSON = 6
"""Streams of one person. With one more, the oldest ends."""

THREADS = 4
"""Threads that ask the database, and so connections to it, for all streams."""

log = logging.getLogger(__name__)


class Hub:
    """The streams that are open, by pair and by person."""

    def __init__(self) -> None:
        self._of_pair: Streams = defaultdict(list)
        self._of_person: Streams = defaultdict(list)
        self._due: set[UUID] = set()
        self._tasks: list[asyncio.Future[None]] = []
        self._threads = ThreadPoolExecutor(THREADS, "streams")

    async def hold(self, stream: Stream, receive: Receive) -> None:
        """Keep a stream up to date until it is over, its browser is gone, or it is old."""
        self._add(stream)
        ends = [asyncio.ensure_future(each) for each in (_gone(receive), stream.over.wait())]
        # Not all at once, or all would come back at once.
        life = random.uniform(*LIFE)  # noqa: S311
        try:
            await asyncio.wait(ends, timeout=life, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ends:
                each.cancel()
            stream.over.set()
            self._remove(stream)

    def _add(self, stream: Stream) -> None:
        of_person = self._of_person[stream.person_id]
        of_person.append(stream)
        for older in of_person[:-MOST_OF_A_PERSON]:
            older.over.set()
        self._of_pair[stream.pair_id].append(stream)
        if not self._tasks:
            self._tasks = [asyncio.ensure_future(each) for each in (self._follow(), self._look())]

    def _remove(self, stream: Stream) -> None:
        for streams, key in ((self._of_pair, stream.pair_id), (self._of_person, stream.person_id)):
            streams[key].remove(stream)
            if not streams[key]:
                del streams[key]
        if not self._of_pair:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    async def _follow(self) -> None:
        async for pair_id in pokes():
            self._bring_up_to_date(pair_id)

    async def _look(self) -> None:
        for number in count(1):
            await asyncio.sleep(LOOK_EVERY)
            streams = list(chain.from_iterable(self._of_pair.values()))
            for pair_id in await self._in_thread(behind, streams) or ():
                self._bring_up_to_date(pair_id)
            if number % SIGN_OF_LIFE_EVERY == 0:
                await asyncio.gather(*(stream.write(":\n\n") for stream in streams))

    def _bring_up_to_date(self, pair_id: UUID) -> None:
        """Have a thread do it. What is new after it has begun is brought once more."""
        if pair_id in self._of_pair and pair_id not in self._due:
            self._due.add(pair_id)
            streams = list(self._of_pair[pair_id])
            self._in_thread(self._deliver, pair_id, streams, asyncio.get_running_loop())

    def _deliver(
        self, pair_id: UUID, streams: list[Stream], loop: asyncio.AbstractEventLoop
    ) -> None:
        """In a thread. After a fault the pair's streams end, and are asked for again."""

        def write(stream: Stream, text: str, *, is_last: bool = False) -> None:
            sent = asyncio.run_coroutine_threadsafe(stream.write(text, is_last=is_last), loop)
            sent.result(timeout=4 * PATIENCE)

        self._due.discard(pair_id)
        try:
            deliver(pair_id, streams, write)
        except Exception:
            for stream in streams:
                loop.call_soon_threadsafe(stream.over.set)
            raise

    def _in_thread(
        self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T | None]:
        """Do it in a thread that has a connection of its own; a fault is logged."""

        def work() -> T | None:
            try:
                return job(*args, **kwargs)
            except Exception:
                log.exception("Streams could not be brought up to date")
                # It may be broken, and the next job makes another one.
                connection.close()
                return None

        return asyncio.get_running_loop().run_in_executor(self._threads, work)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
