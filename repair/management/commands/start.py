"""`manage.py start`: the whole of Repair on one machine, in one terminal."""

import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.utils import Error

from repair import keys
from repair.health.actions import forget_beats
from repair.processes import run_together
from repair.settings import env

READY_WITHIN = 60.0
SWEEPS, MAILS, BEAT = "--queues=celery", "--queues=mail", "-B"


class Command(BaseCommand):
    """Migrates the database, then runs web and worker until Ctrl-C."""

    help = "Migrate the database, then run the web server and the worker until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("REPAIR_HOST") or "127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")

    def handle(self, *args: Any, host: str, port: str, **options: Any) -> None:
        number = port_number(port)
        check_port_is_free(host, number)
        check_database_answers()
        keys.check()
        call_command("migrate", verbosity=0, interactive=False)
        if settings.REPAIR_DEMO:
            call_command("demo", if_empty=True, verbosity=0)
        forget_beats()
        connections.close_all()
        address = f"http://{name_of(host)}:{number}"
        code = run_together(
            [web(host, number), worker(SWEEPS, BEAT), worker(MAILS)],
            meanwhile=lambda: self._tell_when_ready(address),
        )
        sys.exit(code)

    def _tell_when_ready(self, address: str) -> None:
        threading.Thread(target=self._wait_and_tell, args=(address,), daemon=True).start()

    def _wait_and_tell(self, address: str) -> None:
        ready = wait_until_healthy(f"{address}/healthz")
        self.stdout.write("\n".join(["", *(greeting(address) if ready else NOT_READY), ""]))
        self.stdout.flush()


NOT_READY = ["Repair has not become ready; what the web server or the worker said is above."]


def greeting(address: str) -> list[str]:
    """What is said once everything is up."""
    lines = [f"Repair is ready: {address}"]
    if settings.REPAIR_DEMO:
        from repair.demo.people import PASSWORD, PEOPLE

        lines += [f"  sign in as {one.email}  password {PASSWORD}" for one in PEOPLE]
        lines += ["  Use two browsers, or a private window for the second person."]
    return [*lines, "Ctrl-C ends it."]


def name_of(host: str) -> str:
    """What to call this machine in an address, at which it listens on `host`."""
    if host in ("127.0.0.1", "0.0.0.0", "::1", "::"):  # noqa: S104 - what was asked for
        return "localhost"
    return env.in_address(host)


def port_number(text: str) -> int:
    """PORT as a number."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError("PORT cannot be read. Set it to a number from 1 to 65535.")
    return int(text)


def check_port_is_free(host: str, port: int) -> None:
    """Say plainly that the port is taken, before anything has started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            line = f"Port {port} cannot be used ({fault.strerror}). Set PORT to another one."
            raise CommandError(line) from None


def check_database_answers() -> None:
    """Say plainly that the database cannot be reached, or is none."""
    try:
        connection.introspection.table_names()
    except (Error, TypeError) as fault:
        reason = " ".join(str(fault).split())
        line = f"The database cannot be reached: {reason} -- Start it, or set DATABASE_URL."
        raise CommandError(line) from None


def web(host: str, port: int) -> list[str]:
    """The web server. No access log: addresses hold keys, and times tell who was there when."""
    options = ["--timeout-graceful-shutdown=2", "--no-access-log", "--no-proxy-headers"]
    address = [f"--host={host}", f"--port={port}"]
    quiet = ["--log-level=warning", "--lifespan=off"]
    return [sys.executable, "-m", "uvicorn", "repair.asgi:application", *address, *options, *quiet]


def worker(*more: str) -> list[str]:
    """A worker. One process is enough, and on SQLite one writes at a time.

    more: with which queue, where it does not take both, and whether with its beat.
    """
    # Celery warns an administrator of pickles, which this worker does not take.
    python = [sys.executable, "-W", "ignore::UserWarning:celery.platforms"]
    options = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--concurrency=1"]
    return [*python, "-m", "celery", "-A", "repair", "-q", "worker", *options, *more]


def wait_until_healthy(url: str) -> bool:
    """Whether web, database and worker came up in time."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if answers(url):
            return True
        time.sleep(0.1)
    return False


def answers(url: str) -> bool:
    """Whether the page answers 200; asked of this machine itself, whatever proxy it uses."""
    here = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with here.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
