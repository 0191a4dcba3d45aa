"""Several processes that start, run and end as one."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
AWAITED = ENDING | {signal.SIGCHLD}
PATIENCE = 8.0
SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def run_together(commands: Sequence[Sequence[str]], *, meanwhile: Callable[[], None]) -> int:
    """Run the commands until one ends or this process is told to; then end all of them.

    `meanwhile` is called once they have started. Returns 0 if it was told to end, otherwise what
    the process that ended by itself returned, or 1 where that was 0: none of them should end.

    Signals are held back and asked for one by one, so that none can come between starting a
    process and knowing of it, and leave it behind.
    """
    running: list[subprocess.Popen[bytes]] = []
    with _signals_held():
        try:
            running.extend(start(command) for command in commands)
            meanwhile()
            return _until_one_ends(running)
        finally:
            stop(running)


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, which also ends if this process is killed."""
    # Before any thread has started, as a function between fork and exec demands.
    return subprocess.Popen(
        command,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509
    )


def stop(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, wait, and then kill whatever is left of their groups."""
    for process in running:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for process in running:
        # The group is named by its first process, and holds its children for as long as one lives.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def end_with_parent() -> None:
    """In a new child: let signals through again, and end when the parent does, however it ends."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGTERM)


@contextmanager
def _signals_held() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    # Without a handler a system may drop this signal even while it is held back.
    handler = signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, handler)
        # Signals that came while everything was ending have been obeyed already.
        while signal.sigpending() & AWAITED:
            signal.sigwait(AWAITED)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _until_one_ends(running: Sequence[subprocess.Popen[bytes]]) -> int:
    while all(process.poll() is None for process in running):
        if signal.sigwait(AWAITED) in ENDING:
            return 0
    if signal.sigpending().intersection(ENDING):
        # Asked to end at the moment of a start, it reached what had just been started first.
        return 0
    return next((process.returncode for process in running if process.returncode), 1)
