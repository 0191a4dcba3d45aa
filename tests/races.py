"""Acts side by side, each in a thread with its own connection to the database.

RACES in the environment says how many trials each race has; `make races` asks for thousands.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier, BrokenBarrierError
from typing import Any, TypeVar
from unittest.mock import patch

from django.db import Error as DatabaseError
from django.db import connection, transaction

from accounts import clock
from accounts.models import Pair
from boundaries.actions import record
from boundaries.exceptions import RefusedError

Key = TypeVar("Key")

TRIALS = int(os.environ.get("RACES", "40"))
LONGEST_DELAY = 0.01
"""Seconds; about as long as an act takes, so that every order and overlap comes about."""


def side_by_side(
    keys: Sequence[Key], *acts: Callable[[Key], Any], faults: tuple[type[Exception], ...] = ()
) -> list[tuple[Any, ...]]:
    """For each key do all acts at once; return what they returned, or how they were refused.

    All begin at a barrier, and some of them then wait for a random moment. What is raised other
    than a refusal or `faults` ends the race and is raised.
    """
    barrier = Barrier(len(acts))
    expected: tuple[type[Exception], ...] = (RefusedError, *faults)

    def run(act: Callable[[Key], Any]) -> list[Any]:
        try:
            return [_attempt(act, key, barrier, expected) for key in keys]
        except BaseException:
            barrier.abort()
            raise
        finally:
            connection.close()

    with _often_switched(), ThreadPoolExecutor(len(acts)) as pool:
        runs = [pool.submit(run, act) for act in acts]
    raised = [each.exception() for each in runs]
    for cause in sorted(filter(None, raised), key=lambda it: isinstance(it, BrokenBarrierError)):
        raise cause
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


def _attempt(
    act: Callable[[Key], Any], key: Key, barrier: Barrier, expected: tuple[type[Exception], ...]
) -> Any:
    barrier.wait(60)
    dawdle()
    try:
        return act(key)
    except expected as refusal:
        return refusal


def dawdle() -> None:
    """Every other time wait for a random moment."""
    if random.random() < 0.5:
        time.sleep(random.uniform(0, LONGEST_DELAY))


@contextmanager
def no_lock() -> Iterator[None]:
    """Let `locked_pair` and `locked_pairs` lock nothing, wherever an act begins with them.

    To show that the races bite. The record would refuse most of what then goes wrong, since an
    entry has to follow the last one; so that the rest is seen, it is made to follow it.
    """
    with ExitStack() as stack:
        for module in list(sys.modules.values()):
            if module.__name__.startswith(ACTING):
                for name in UNLOCKED.keys() & vars(module).keys():
                    stack.enter_context(patch.object(module, name, UNLOCKED[name]))
        stack.enter_context(patch.object(record, "_append", _append_to_what_is_there))
        yield


def _append_to_what_is_there(pair: Pair, *rest: Any, append: Any = record._append) -> Any:
    """For the first entry of an act; the others follow that one."""
    if "follows" not in vars(pair):
        pair.refresh_from_db(fields=["record_length", "record_head"])
        vars(pair)["follows"] = True
    return append(pair, *rest)


@contextmanager
def _unlocked_pair(pair_id: Any) -> Iterator[Any]:
    with transaction.atomic():
        yield Pair.objects.get(pk=pair_id), clock.now()


@contextmanager
def _unlocked_pairs(pair_ids: Any) -> Iterator[Any]:
    with transaction.atomic():
        yield list(Pair.objects.filter(pk__in=list(pair_ids)).order_by("pk")), clock.now()


ACTING = ("boundaries.actions", "conversations.actions", "conversations.delivery")
UNLOCKED = {"locked_pair": _unlocked_pair, "locked_pairs": _unlocked_pairs}

__all__ = ["TRIALS", "DatabaseError", "dawdle", "no_lock", "side_by_side"]
