"""Acts side by side, each in a thread with its own connection to the database."""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection

from boundaries.exceptions import RefusedError

Key = TypeVar("Key")

LONGEST_SPIN = 4_000


def side_by_side(keys: Sequence[Key], *acts: Callable[[Key], Any]) -> list[tuple[Any, ...]]:
    """For each key do all acts at once; return what they returned, or how they were refused.

    All begin at a barrier, and then each first counts to a random number, so that every order and
    overlap comes about. Any other exception ends the race and is raised.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[Key], Any]) -> list[Any]:
        try:
            return [_attempt(act, key, barrier) for key in keys]
        except BaseException:
            barrier.abort()
            raise
        finally:
            connection.close()

    with _often_switched(), ThreadPoolExecutor(len(acts)) as pool:
        runs = [pool.submit(run, act) for act in acts]
        return list(zip(*(each.result() for each in runs), strict=True))


@contextmanager
def _often_switched() -> Iterator[None]:
    """Let threads take turns every tenth of a millisecond, and not of a hundredth of a second."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0001)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _attempt(act: Callable[[Key], Any], key: Key, barrier: Barrier) -> Any:
    barrier.wait(60)
    spin()
    try:
        return act(key)
    except RefusedError as refusal:
        return refusal


def spin() -> None:
    """Count to a random number, which takes a moment."""
    for _ in range(random.randrange(LONGEST_SPIN)):
        pass
