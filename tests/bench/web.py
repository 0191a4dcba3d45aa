"""One process of the web server, started as Repair starts it, and a look at it from outside."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import astuple, dataclass

import httpx
import psutil
import psycopg

from repair.management.commands import start
from repair.processes import end_with_parent
from tests.servers import free_port
from tests.stack import ROOT, wait_for

REPAIR, FLOOR = "repair.asgi:application", "tests.bench.floor:application"
MEGABYTE = 1_000_000
LOOKS_EVERY = 0.25


@dataclass(frozen=True)
class Look:
    """What a server takes. memory: megabytes that are resident; connections: to PostgreSQL."""

    memory: float = 0.0
    threads: int = 0
    connections: int = 0

    def or_more(self, other: "Look") -> "Look":
        """The larger of each figure."""
        return Look(*map(max, astuple(self), astuple(other)))


@dataclass
class Web:
    """A server of one application; most: the most of each figure that was seen."""

    port: int
    process: psutil.Process
    most: Look = Look()

    def used(self) -> float:
        """Seconds of a processor that it has used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


CONNECTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name <> 'bench'
"""


@contextmanager
def looking(served: Web) -> Iterator[Callable[[], Look]]:
    """Look at the server all the time; what is yielded looks once more, and tells."""
    done = threading.Event()

    def look() -> Look:
        with psycopg.connect(os.environ["DATABASE_URL"], application_name="bench") as database:
            row = database.execute(CONNECTIONS).fetchone()
        assert row is not None
        memory, threads = served.process.memory_info().rss, served.process.num_threads()
        seen = Look(memory / MEGABYTE, threads, row[0])
        served.most = served.most.or_more(seen)
        return seen

    def keep_looking() -> None:
        while not done.wait(LOOKS_EVERY):
            look()

    with ThreadPoolExecutor(1) as thread:
        looked = thread.submit(keep_looking)
        try:
            yield look
        finally:
            done.set()
        looked.result()


@contextmanager
def serving(application: str) -> Iterator[Web]:
    """A uvicorn with this application, for the length of the block."""
    port = free_port()
    usual = start.web("127.0.0.1", port)
    command = [application if part == REPAIR else part for part in usual]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        preexec_fn=end_with_parent,  # noqa: PLW1509
    )
    try:
        wait_for(lambda: _answers(process, port), f"{application} did not start", 60.0)
        yield Web(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(20)


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    assert process.poll() is None, "the web server ended"
    try:
        httpx.get(f"http://127.0.0.1:{port}/healthz")
    except httpx.RemoteProtocolError:
        return True
    except httpx.TransportError:
        time.sleep(0.05)
        return False
    return True
