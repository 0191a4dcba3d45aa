"""All open streams of one process, and when each of them is brought up to date.

Something is new in a pair when a process says so (`pokes`), or when the database does, which is
asked once a second for all streams together.
"""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, count
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import OperationalError, connection

from conversations.delivery import Told, behind, deliver
from conversations.live import ALIVE
from conversations.pokes import pokes
from conversations.streams import PATIENCE, Receive, Stream

P = ParamSpec("P")
T = TypeVar("T")
Streams = defaultdict[UUID, list[Stream]]

LOOK_EVERY = 1.0
"""Seconds between two looks at the database."""

SIGN_OF_LIFE_EVERY = 15
"""Looks between two signs of life, without which a proxy or a page takes a stream for dead."""

LIFE = (240.0, 300.0)
"""Seconds after which a stream ends. Asked for again, it is judged again like any page."""

SOON, LATER = "retry: 200\n\n", "retry: 60000\n\n"
"""When a browser is to ask again for a stream that is old, or that is one too many."""

MOST_OF_A_PERSON = 3
"""Streams of one person; with one more, the oldest ends. A browser opens six connections to one
site over HTTP/1.1: were they all streams, no page would get through, and no pause.
"""

THREADS = 4
"""Threads that ask the database, and so connections to it, for all streams."""

LOCK_PATIENCE = "2s"
"""For how long one of these threads waits for a pair's lock, before it comes to other pairs."""

log = logging.getLogger(__name__)


class Hub:
    """The streams that are open, by pair and by person."""

    def __init__(self) -> None:
        self._of_pair: Streams = defaultdict(list)
        self._of_person: Streams = defaultdict(list)
        self._busy: set[UUID] = set()
        self._again: set[UUID] = set()
        self._tasks: list[asyncio.Future[None]] = []
        self._threads = ThreadPoolExecutor(THREADS, "streams")

    async def hold(self, stream: Stream, receive: Receive) -> None:
        """Keep a stream up to date until it is over, its browser is gone, or it is old."""
        self._add(stream)
        stream.farewell = SOON
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
            older.farewell = LATER
            older.over.set()
        self._of_pair[stream.pair_id].append(stream)
        if not self._tasks:
            # From the first stream on for as long as the process lives.
            self._tasks = [asyncio.ensure_future(each) for each in (self._follow(), self._look())]
        if not stream.mark.state:
            # It was told nothing yet; of all others the next look will tell.
            self._bring_up_to_date(stream.pair_id)

    def _remove(self, stream: Stream) -> None:
        for streams, key in ((self._of_pair, stream.pair_id), (self._of_person, stream.person_id)):
            streams[key].remove(stream)
            if not streams[key]:
                del streams[key]

    async def _follow(self) -> None:
        """Pokes only save time: should this end by a fault, the looks go on."""
        async for pair_id in pokes():
            self._bring_up_to_date(pair_id)

    async def _look(self) -> None:
        for number in count(1):
            await asyncio.sleep(LOOK_EVERY)
            streams = list(chain.from_iterable(self._of_pair.values()))
            for pair_id in await self._in_thread(behind, streams) or ():
                self._bring_up_to_date(pair_id)
            if number % SIGN_OF_LIFE_EVERY == 0:
                await asyncio.gather(*(stream.write(ALIVE) for stream in streams))

    def _bring_up_to_date(self, pair_id: UUID) -> None:
        """Have a thread do it, one for a pair at a time; what comes meanwhile is brought after."""
        if pair_id in self._busy:
            self._again.add(pair_id)
        elif pair_id in self._of_pair:
            self._busy.add(pair_id)
            streams, loop = list(self._of_pair[pair_id]), asyncio.get_running_loop()
            job = self._in_thread(self._deliver, pair_id, streams, loop)
            job.add_done_callback(lambda _: self._done(pair_id))

    def _done(self, pair_id: UUID) -> None:
        self._busy.discard(pair_id)
        if pair_id in self._again:
            self._again.discard(pair_id)
            self._bring_up_to_date(pair_id)

    def _deliver(
        self, pair_id: UUID, streams: list[Stream], loop: asyncio.AbstractEventLoop
    ) -> None:
        """In a thread. After a fault the pair's streams end, and are asked for again; where only
        the lock or the database was not to be had, they wait for the next look.
        """

        def send(told: list[Told]) -> None:
            sending = _send_together(told, time.monotonic() + PATIENCE)
            asyncio.run_coroutine_threadsafe(sending, loop).result(timeout=10 * PATIENCE)

        try:
            deliver(pair_id, streams, send)
        except OperationalError:
            raise
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
                _be_impatient()
                return job(*args, **kwargs)
            except OperationalError as fault:
                log.warning("Streams could not be brought up to date yet: %s", type(fault).__name__)
            except Exception:
                log.exception("Streams could not be brought up to date")
            # It may be broken, and is as impatient as nobody else is to be: nobody gets it again.
            if connection.connection is not None:
                connection.connection.close()
            connection.close()
            return None

        return asyncio.get_running_loop().run_in_executor(self._threads, work)


def _be_impatient() -> None:
    """Set for how long this thread's connection waits for a lock, when it is new."""
    if connection.connection is None and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_PATIENCE])


async def _send_together(told: list[Told], until: float) -> None:
    """After `until` nothing of it is sent any more, also if this loop comes to it only then: the
    pair's lock may have been let go.
    """
    await asyncio.gather(
        *(each.stream.write(each.text, is_last=each.is_last, until=until) for each in told)
    )


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
