"""Repair as somebody would start it: `manage.py start`, with real processes and real servers."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psutil
import psycopg
from psycopg.sql import SQL, Identifier
from redis import Redis

from repair.processes import end_with_parent
from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 60.0
DEMO_FILES = ("db.sqlite3", "secrets/encryption_keys")
TEMPLATE = "TEST_TEMPLATE"
"""Where in the environment the URL of a database stands on which all migrations have run."""
NEVER_PASSED_ON = ("DATABASE_URL", "REDIS_URL", "REPAIR_DEMO", "DJANGO_SETTINGS_MODULE")


@dataclass
class Running:
    """One Repair that runs: where it is, and what it has said."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    def said(self) -> str:
        """What its processes wrote to the terminal."""
        return (self.folder / "terminal.txt").read_text()

    def health(self) -> httpx.Response:
        """What /healthz answers now."""
        # Reading the certificates that it does not need took most of its time.
        return httpx.get(f"{self.address}/healthz", verify=False)

    def alive(self) -> list[psutil.Process]:
        """Every process that it started, directly or not, and that still lives."""
        return [one for one in psutil.process_iter() if _belongs(one, self.folder)]


def environment(folder: Path, **values: str) -> dict[str, str]:
    """The environment of a Repair whose files lie in `folder`, on one's own machine."""
    inherited = {name: text for name, text in os.environ.items() if name not in NEVER_PASSED_ON}
    own = {"DJANGO_SETTINGS_MODULE": "repair.settings.development", "REPAIR_VAR": str(folder)}
    return {**inherited, **own, **values}


def launch(folder: Path, **values: str) -> Running:
    """Start Repair and return at once."""
    port = free_port()
    env = environment(folder, **{"PORT": str(port), "REPAIR_DEMO": "1", **values})
    with (folder / "terminal.txt").open("ab") as terminal:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "start"],
            cwd=ROOT,
            env=env,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509
        )
    return Running(f"http://localhost:{port}", folder, process)


def wait_until_ready(repair: Running) -> None:
    """Wait until web, database and worker are up."""
    wait_for(
        lambda: _is_ready(repair), f"Repair did not become ready in {repair.folder}", READY_WITHIN
    )


def wait_for(holds, otherwise: str, seconds: float = 15.0):
    """Return what `holds()` returns, once that is true. For other processes only: see `clock`."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)
    return found


@cache
def _demo() -> dict[str, bytes]:
    """The files of a demo on SQLite, made once for all tests that start with one: the database, and
    the key with which its words are sealed.
    """
    with tempfile.TemporaryDirectory() as name:
        env = environment(Path(name), REPAIR_DEMO="1")
        command = [sys.executable, "manage.py", "demo", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        return {file: (Path(name) / file).read_bytes() for file in DEMO_FILES}


def copy_demo(folder: Path) -> None:
    """Put the database of a demo, and its key, where a Repair in `folder` has them."""
    for name, content in _demo().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


@contextmanager
def running(folder: Path, **values: str) -> Iterator[Running]:
    """A Repair that is ready, for the length of the block; what it said follows a failure."""
    if "DATABASE_URL" not in values and not (folder / "db.sqlite3").exists():
        copy_demo(folder)
    repair = launch(folder, **values)
    try:
        wait_until_ready(repair)
        yield repair
    finally:
        abandon(repair)
        sys.stdout.write(repair.said())


def abandon(repair: Running) -> None:
    """End all its processes without ceremony, where how it ends is not what is tested."""
    repair.process.kill()
    for process in repair.alive():
        process.kill()
    repair.process.wait()


@contextmanager
def own_database(on: str = "") -> Iterator[str]:
    """The URL of a new database on a PostgreSQL, dropped afterwards.

    Without `on` it is on the one of this run, and migrated.
    """
    url = urlsplit(on or os.environ["DATABASE_URL"])
    name = f"repair_{uuid4().hex}"
    template = "" if on else urlsplit(os.environ.get(TEMPLATE, "")).path[1:]
    with psycopg.connect(url.geturl(), autocommit=True) as server:
        create = SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(create.format(Identifier(name), Identifier(template or "template1")))
        try:
            yield url._replace(path=f"/{name}").geturl()
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def own_redis() -> Iterator[str]:
    """The URL of an empty numbered database on the Redis of this run.

    Two workers on one would take each other's tasks. 0 counts them, and 1 to 6 are the caches of
    the tests themselves.
    """
    url = os.environ["REDIS_URL"]
    with Redis.from_url(url) as server:
        number = server.incr("taken-by-tests") % 9 + 7
    own = urlsplit(url)._replace(path=f"/{number}").geturl()
    with Redis.from_url(own) as server:
        server.flushdb()
    yield own


def end(repair: Running, how: signal.Signals = signal.SIGINT) -> int:
    """End it as Ctrl-C does, by a signal to the whole foreground group; return its code."""
    if repair.process.poll() is None:
        os.killpg(repair.process.pid, how)
    try:
        return repair.process.wait(20)
    finally:
        for left in repair.alive():
            left.kill()


def _is_ready(repair: Running) -> bool:
    assert repair.process.poll() is None, f"Repair ended early:\n{repair.said()}"
    try:
        return repair.health().status_code == 200
    except httpx.TransportError:
        return False


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        mine = process.environ().get("REPAIR_VAR") == str(folder)
        return mine and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
