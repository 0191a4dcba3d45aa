"""`make test`: the whole suite on PostgreSQL and Redis, and what does not need them on SQLite.

TEST_DATABASE_URL and TEST_REDIS_URL name servers to use; without them throwaway ones are started
and stopped. Arguments go to pytest, and then only that part runs: `python -m tests.run -k pause`.
Tests marked `long` or `proof` are left out. With `--long` those run that are `long`, with `--prove`
both kinds, and no others.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import chromium, servers, stack

MOST_SIDE_BY_SIDE = 6  # each has a numbered database of Redis: see tests.stack.own_redis

NOT_PASSED_ON = (
    "DATABASE_URL",
    "REDIS_URL",
    "REPAIR_DEMO",
    "DJANGO_SETTINGS_MODULE",
    # Each of the hundred processes of a run would compile every module again.
    "PYTHONDONTWRITEBYTECODE",
)

CHOOSING = {"--long": "long and not proof", "--prove": "long or proof"}
OTHERWISE = "not long and not proof"

NOTHING_CHOSEN = 5  # what pytest returns where no test has what the arguments ask for


def main(arguments: list[str]) -> int:
    """Run both parts, also when the first one fails; return what pytest returned."""
    which = next((CHOOSING[each] for each in arguments if each in CHOOSING), OTHERWISE)
    # Many of the long ones wait for processes that they started, so one more has something to do.
    side_by_side = min((os.cpu_count() or 1) + (which != OTHERWISE), MOST_SIDE_BY_SIDE)
    arguments = [each for each in arguments if each not in CHOOSING]
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    with short_folder() as folder, ExitStack() as end:
        env = {**os.environ, "REPAIR_VAR": str(folder / "var")}
        for name in NOT_PASSED_ON:
            env.pop(name, None)
        given = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
        database = given[0] or end.enter_context(servers.postgresql(folder))
        redis = given[1] or end.enter_context(servers.redis(folder))
        template = end.enter_context(stack.own_database(database))
        file = folder / "migrated.sqlite3"
        _migrate(env, template, f"sqlite:///{file}")
        on_sqlite = f"not postgres and not once and ({which})"
        on_postgresql = {"DATABASE_URL": database, "REDIS_URL": redis, stack.TEMPLATE: template}
        codes = [
            _pytest(
                "PostgreSQL and Redis",
                ["-n", str(side_by_side), "-m", which, *arguments],
                {**env, **on_postgresql},
            ),
            _pytest(
                "SQLite and files",
                ["-n", str(side_by_side), "-m", on_sqlite, *arguments],
                {**env, stack.TEMPLATE: f"sqlite:///{file}"},
            ),
        ]
    if not chromium.path():
        print("NOT RUN: the tests in a browser, because no Chromium is installed.")  # noqa: T201
    return worse(*codes)


def worse(*codes: int) -> int:
    """What is to be returned for both parts: one of them may have nothing to run, but not both."""
    return max((code for code in codes if code != NOTHING_CHOSEN), default=NOTHING_CHOSEN)


def _migrate(env: dict[str, str], *databases: str) -> None:
    """Run all migrations once in each of these, for the tests to copy: they take long."""
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"]
    settings = {"DJANGO_SETTINGS_MODULE": "repair.settings.testing"}
    started = [
        subprocess.Popen(command, env={**env, **settings, "DATABASE_URL": url}) for url in databases
    ]
    codes = [each.wait() for each in started]
    if any(codes):
        raise SystemExit("The migrations failed, of which all tests need the result.")


def _pytest(name: str, arguments: list[str], env: dict[str, str]) -> int:
    print(f"\n=== On {name} ===", flush=True)  # noqa: T201
    command = [sys.executable, "-m", "pytest", "-q", "--dist=worksteal"]
    return subprocess.run([*command, *arguments], env=env, check=False).returncode


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder with a short name, since a socket's path may have only about a hundred letters."""
    path = Path(tempfile.mkdtemp(prefix="repair-", dir="/tmp"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _end(*_: object) -> None:
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
