"""R7, R20: a worker whose own clock is ahead or behind opens and closes nothing at another instant.

Here time is not moved for the rules: they ask the database, as they do in the field. Only the clock
of this process is wrong, as a worker's would be.
"""

import sys
import time
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from accounts.clock import database_now
from boundaries import actions
from boundaries.models import Window
from boundaries.rules.windows import State
from conversations import actions as conversations
from conversations.models import Letter
from tests import factories

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
LONG = timedelta(minutes=45)


OURS = ("accounts", "boundaries", "conversations", "repair")


def now_by_the_worker(_):
    """What `REPAIR_CLOCK` must not name: the clock of this machine."""
    return timezone.now()


class Wrong(type):
    """So that what is a datetime is taken for one of these, too."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, datetime)


@contextmanager
def machine_s_clock_off_by(amount):
    """For the block every way in which code of ours could ask this machine is so far ahead."""
    real_now, real_time = timezone.now, time.time

    class WrongDatetime(datetime, metaclass=Wrong):
        @classmethod
        def now(cls, tz=None):
            return real_now().astimezone(tz) + amount

    with ExitStack() as stack:
        patch = lambda *what: stack.enter_context(mock.patch.object(*what))  # noqa: E731
        patch(timezone, "now", lambda: real_now() + amount)
        patch(time, "time", lambda: real_time() + amount.total_seconds())
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] in OURS and vars(module).get("datetime") is datetime:
                patch(module, "datetime", WrongDatetime)
        yield


def due(*, after):
    """A pair whose conversation opens so long after now, at a whole minute of the database's clock;
    no worker has come yet.
    """
    opens_at = (database_now() + after).replace(second=0, microsecond=0)
    (pair,) = factories.many(count=1, opens_at=opens_at, letters=1)
    return pair


def sweep(*, with_a_clock_off_by):
    """A sweep by a worker whose clock is so far ahead, or behind."""
    with machine_s_clock_off_by(with_a_clock_off_by):
        assert abs(timezone.now() - database_now() - with_a_clock_off_by) < MINUTE
        actions.sweep()
        conversations.sweep()


def state_of(pair):
    letters = set(Letter.objects.filter(pair=pair).values_list("state", flat=True))
    return Window.objects.get(pair=pair).state, letters


def test_a_worker_that_is_early_opens_nothing():
    pair = due(after=5 * MINUTE)
    sweep(with_a_clock_off_by=10 * MINUTE)
    assert state_of(pair) == (State.PLANNED, {"held"})


def test_a_worker_that_is_early_leaves_open_what_is_open():
    pair = due(after=-5 * MINUTE)
    sweep(with_a_clock_off_by=LONG)
    assert state_of(pair) == (State.OPEN, {"released"})
    sweep(with_a_clock_off_by=2 * LONG)
    assert state_of(pair) == (State.OPEN, {"released"})


def test_a_worker_that_is_behind_opens_in_time_and_nothing_that_is_over():
    pair, over = due(after=-5 * MINUTE), due(after=-LONG - MINUTE)
    sweep(with_a_clock_off_by=-2 * LONG)
    assert state_of(pair) == (State.OPEN, {"released"})
    assert state_of(over) == (State.MISSED, {"held"})


@pytest.mark.parametrize(
    ("after", "off_by", "wrongly"),
    [
        (5 * MINUTE, 10 * MINUTE, State.OPEN),
        (-LONG - MINUTE, -LONG, State.OPEN),
        (-5 * MINUTE, -10 * MINUTE, State.PLANNED),
    ],
)
def test_rules_that_asked_the_worker_s_clock_would_be_caught(settings, after, off_by, wrongly):
    """So that the others are known to bite."""
    settings.REPAIR_CLOCK = f"{__name__}.now_by_the_worker"
    pair = due(after=after)
    sweep(with_a_clock_off_by=off_by)
    assert state_of(pair)[0] == wrongly
