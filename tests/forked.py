"""Commands that end soon, each as a process of its own, for little more than the start of one.

Most of a start is to import what Repair rests on. One process imports that, and nothing that reads
a setting; each command is forked from it, with an environment of its own.
"""

import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = (
    "celery.bin.celery",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.test",
    "environs",
    "uvicorn.main",
)
WITHIN = 60  # seconds, for each

Command: TypeAlias = tuple[list[str], dict[str, str]]
"""What would follow `python`, and the environment."""


def run(*commands: Command) -> list[subprocess.CompletedProcess[str]]:
    """How each of these ended, and what it said."""
    bare = {name: text for name, text in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    said = subprocess.run(
        [sys.executable, "-m", "tests.forked"],
        cwd=ROOT,
        env=bare,
        input=json.dumps(commands),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=WITHIN * (len(commands) + 1),
    )
    ends = json.loads(said.stdout)
    return [
        subprocess.CompletedProcess(arguments, *end)
        for (arguments, _), end in zip(commands, ends, strict=True)
    ]


def _main() -> None:
    commands = json.load(sys.stdin)
    for name in LIBRARIES:
        __import__(name)
    gc.freeze()  # or each would copy what they share, to look for garbage there
    json.dump([_forked(*each) for each in commands], sys.stdout)


def _forked(arguments: list[str], environment: dict[str, str]) -> Any:
    with TemporaryFile() as said, TemporaryFile() as complained:
        if not (child := os.fork()):
            os.dup2(said.fileno(), 1)
            os.dup2(complained.fileno(), 2)
            signal.alarm(WITHIN)
            os.environ.clear()
            os.environ.update(environment)
            os._exit(_ended(arguments))
        _, status = os.waitpid(child, 0)
        said.seek(0)
        complained.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode(), complained.read().decode()


def _ended(arguments: list[str]) -> int:
    """The code with which `python` would have ended; it says what `python` would have said."""
    code: Any = 1
    try:
        _run(arguments)
        code = 0
    except SystemExit as end:
        code = end.code or 0
        if isinstance(code, str):
            print(code, file=sys.stderr)  # noqa: T201
            code = 1
    except BaseException:  # noqa: BLE001 - Python would catch it too
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _run(arguments: list[str]) -> None:
    """As `python` would with these."""
    how, *rest = arguments
    if how == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif how == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "-c", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = arguments
        runpy.run_path(how, run_name="__main__")


if __name__ == "__main__":
    _main()
