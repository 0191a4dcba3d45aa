"""The demo in parts, and what an administrator sees in its database, whichever that is."""

import math
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import tzdata

from repair.demo.people import ANA, BEN
from tests.stack import wait_for
from tests.story.parts import Parts
from tests.story.visitors import HttpVisitor, signed_in
from tests.zones import compiled

FAR_ENOUGH = timedelta(days=9)
"""So far ahead lies the conversation that a story is about: nothing was done about it yet."""

GO_TO = "UPDATE demo_democlock SET offset_seconds = %s"
NEXT = """
    SELECT id, opens_at FROM boundaries_window WHERE state = 'planned' AND opens_at > %s
    ORDER BY opens_at LIMIT 1
"""


def kept(ask: Callable[..., list[Any]], key: Any) -> list[list[Any]]:
    """What hangs on one conversation, asked with SQL: its state, what was looked at and answered.

    It is the same before and after zone data move the conversation; tests/checkins/test_moving.py
    shows that it is not where they are moved wrongly.
    """
    questions = (
        "SELECT state FROM boundaries_window WHERE id = %s",
        "SELECT both_leave_room, looked_at FROM checkins_round WHERE window_id = %s",
        "SELECT id, answer FROM checkins_checkin WHERE window_id = %s ORDER BY id",
    )
    return [ask(sql, key) for sql in questions]


class Watched:
    """opens_at, key: of the conversation that the story is about. folder: where its files are."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.folder = parts, parts.folder
        self.url = parts.env.get("DATABASE_URL", "")
        far = datetime.now(UTC) + FAR_ENOUGH
        ((self.key, opens_at),) = self.ask(NEXT, far)
        self.opens_at = instant(opens_at)

    def both(self) -> tuple[HttpVisitor, HttpVisitor]:
        """Ana and Ben, signed in."""
        address = self.parts.address
        return signed_in(address, ANA.email), signed_in(address, BEN.email)

    def ask(self, sql: str, *values: Any) -> list[Any]:
        """The rows that the database has, or nothing for what has none."""
        if self.url:
            with psycopg.connect(self.url, autocommit=True) as server:
                done = server.execute(sql.encode(), values)
                return done.fetchall() if done.description else []
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as file:
            texts = [str(each)[:26] if isinstance(each, datetime) else each for each in values]
            rows = file.execute(sql.replace("%s", "?"), texts).fetchall()
            file.commit()
            return rows

    def go_to(self, at: datetime) -> None:
        """Move the clock of web and worker."""
        self.ask(GO_TO, math.ceil((at - datetime.now(UTC)).total_seconds()))

    def swept(self, times: int = 2) -> None:
        """Wait until a worker has been through all that is due, so that what it did is done.

        First through what it sweeps, then through the mails that this made.
        """
        for name in ("worker", "mail"):
            for _ in range(times):
                before = self.beat(name)
                wait_for(
                    lambda name=name, before=before: self.beat(name) != before, f"No {name}", 20
                )

    def beat(self, name: str) -> Any:
        """The last sign of life of any worker."""
        return self.ask("SELECT at FROM health_heartbeat WHERE name = %s", name)

    def window(self) -> tuple[datetime, str]:
        """When the conversation opens, and its state."""
        sql = "SELECT opens_at, state FROM boundaries_window WHERE id = %s"
        ((opens_at, state),) = self.ask(sql, self.key)
        return instant(opens_at), state

    def rounds(self) -> list[bool]:
        """What was found when this conversation was looked at, once for each time."""
        rows = self.ask("SELECT both_leave_room FROM checkins_round WHERE window_id = %s", self.key)
        return [bool(both) for (both,) in rows]

    def mails(self) -> list[str]:
        """To whom each mail went."""
        return sorted(
            line.removeprefix("To: ")
            for file in (self.folder / "mail").glob("*")
            for line in file.read_text().splitlines()
            if line.startswith("To: ")
        )

    @contextmanager
    def worker_away(self) -> Iterator[None]:
        """In the block the worker, and all its processes, do nothing."""
        assert self.parts.worker
        os.killpg(self.parts.worker.pid, signal.SIGSTOP)
        while self._is_locked():
            # It stood still while it wrote, and on SQLite nobody else could write any more.
            os.killpg(self.parts.worker.pid, signal.SIGCONT)
            os.killpg(self.parts.worker.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.parts.worker.pid, signal.SIGCONT)

    def _is_locked(self) -> bool:
        if self.url:
            return False
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=0.2)) as file:
            try:
                file.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            file.rollback()
            return False

    def start_again(self, **env: str) -> None:
        """End web and worker, and start them with these values besides, as after an upgrade."""
        self.parts.kill_worker()
        self.parts.stop_web()
        self.parts.env.update(env)
        self.parts.start_web()
        self.parts.start_worker()


def instant(at: datetime | str) -> datetime:
    """What a database gives for an instant."""
    found = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def other_zone_data(folder: Path, **rules: str) -> str:
    """A copy of the tzdata package in `folder`, a newer one, in which zones have other rules.

    rules: as for `tests.zones.other`. Return what PYTHONPATH is to be, so that a process takes it
    for the one that is installed.
    """
    package = folder / "tzdata"
    shutil.copytree(Path(tzdata.__file__).parent, package, ignore=shutil.ignore_patterns("*.pyc"))
    with (package / "__init__.py").open("a") as module:
        module.write('IANA_VERSION = "2099a"\n')
    for city, rule in rules.items():
        (package / "zoneinfo" / "Europe" / city).write_bytes(compiled(rule))
    return str(folder)
