"""Repair in parts: web and worker as processes of their own, so that one can be lost alone."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil

from repair.management.commands import start
from repair.processes import end_with_parent
from tests.servers import free_port
from tests.stack import ROOT, environment, wait_for

APPLICATION = "repair.asgi:application"


@dataclass
class Parts:
    """One Repair whose parts start and are lost one by one.

    application: what the web server runs, in place of Repair's own.
    """

    folder: Path
    env: dict[str, str]
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    application: str = APPLICATION

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://localhost:{self.port}"

    def run(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a command of it, in a group of its own."""
        with (self.folder / "terminal.txt").open("ab") as terminal:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509
            )
        self.processes.append(process)
        return process

    def start_web(self) -> None:
        """Start the web server; at the same address each time."""
        command = start.web("127.0.0.1", self.port)
        self.web = self.run([self.application if each == APPLICATION else each for each in command])

    def stop_web(self) -> None:
        """End the web server as a new version of it would be put in its place."""
        assert self.web
        self.web.terminate()
        self.web.wait(10)

    def start_worker(self) -> None:
        """Start a worker with its beat, for all that there is, and wait until one shows itself."""
        self.worker = self.run(start.worker(start.BEAT))
        wait_for(self.is_well, "The worker does not come up", 30)

    def kill_worker(self) -> None:
        """Kill the worker as a machine out of memory would: it can finish nothing."""
        assert self.worker
        os.kill(self.worker.pid, signal.SIGKILL)
        self.worker.wait(10)

    def is_well(self) -> bool:
        """Whether web, database and worker say that they are up."""
        assert self.web
        assert self.web.poll() is None, "The web server ended"
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.address}/healthz", verify=False).status_code == 200
        return False

    def end(self) -> None:
        """End all that it started, by their groups."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


@contextmanager
def in_parts(folder: Path, **values: str) -> Iterator[Parts]:
    """A Repair with its demo whose web and worker are up; all of it ends with the block."""
    env = environment(folder, REPAIR_DEMO="1", **values)
    subprocess.run([sys.executable, "manage.py", "demo"], cwd=ROOT, env=env, check=True)
    parts = Parts(folder, env, free_port())
    try:
        parts.start_web()
        parts.start_worker()
        yield parts
    except BaseException:
        sys.stdout.write((folder / "terminal.txt").read_text())
        raise
    finally:
        parts.end()


def kill_redis(url: str) -> list[str]:
    """Kill the Redis of this test; return the command that starts one in its place."""
    port = str(port_of(url))
    mine = psutil.Process().children(recursive=True)
    (server,) = [each for each in mine if f":{port}" in " ".join(each.cmdline())]
    binary = server.cmdline()[0].split()[0]  # it calls itself by its program and address in one
    server.kill()
    server.wait(10)
    return [binary, "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"]


def port_of(url: str) -> int:
    """The port in the address of a server."""
    port = urlsplit(url).port
    assert port
    return port
