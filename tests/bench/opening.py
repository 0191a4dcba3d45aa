"""From `opens_at` until a letter can be read, with a worker that pokes once a second."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
from django.db.models import QuerySet

from accounts import clock
from accounts.models import Membership, Pair
from conversations import actions
from conversations.models import Envelope
from tests import stack
from tests.bench import moved, world
from tests.bench.figures import Goal, Part, Row

CAN_BE_READ = "You can read it now"
AHEAD = 1.0
"""Seconds, and up to one more, for which pairs wait until their conversation opens."""

WITHIN = 30.0


def measure(*, name: str, goal: float, pairs: list[int], times: int) -> Part:
    """So many times with each number of pairs that open at once: by the worker, and the floor.

    goal: seconds in which the last letter was to be readable.
    """
    rows = []
    with _started() as address:
        for count in pairs:
            waits = [_by_worker(address, count) for _ in range(times)]
            rows.append(
                Row(f"{name}, pairs at once: {count}", waits, "s", goals=[Goal("max", goal)])
            )
    for count in pairs:
        waits = [_by_hand(count) for _ in range(times)]
        rows.append(Row(f"floor, pairs at once: {count}", waits, "s"))
    how = [
        "Web, worker and beat as `manage.py start` starts them; each pair has two letters.",
        "From `opens_at` until the last pair's page, asked for over HTTP, says that its letter can",
        "be read. The floor: the same action in a loop, until the letters are released; no page.",
        "The clock of rules is moved to a second or two before, for each time.",
    ]
    return Part(f"Opening: until the letter can be read ({name})", how, rows)


@contextmanager
def _started() -> Iterator[str]:
    folder = Path(os.environ["REPAIR_VAR"])
    names = ("DATABASE_URL", "REDIS_URL")
    servers = {name: os.environ[name] for name in names if name in os.environ}
    chosen = {"REPAIR_DEMO": "0", "REPAIR_DEBUG": "0"}
    chosen["DJANGO_SETTINGS_MODULE"] = os.environ["DJANGO_SETTINGS_MODULE"]
    repair = stack.launch(folder, **chosen, **servers)
    try:
        stack.wait_until_ready(repair)
        yield repair.address
    finally:
        # Not `stack.end`, which ends all that have these files, and this process has them, too.
        repair.process.terminate()
        repair.process.wait(20)


def _by_worker(address: str, count: int) -> float:
    pairs, opens_at = _soon_due(count)
    last = pairs[0].pk
    if count > 1:
        # To ask for the pages of all of them would be what is measured.
        _wait(lambda: _released(pairs).count() == 2 * count)
        last = _released(pairs).order_by("-letter__released_at").values_list("letter__pair")[0][0]
    place = Membership.objects.select_related("person").filter(pair=last).order_by("seat")[0]
    cookies = {"sessionid": world.session_of(place.person)}
    with httpx.Client(base_url=address, cookies=cookies) as browser:
        return _wait(lambda: _reads(browser, last), since=opens_at)


def _by_hand(count: int) -> float:
    pairs, opens_at = _soon_due(count)

    def sweep() -> bool:
        actions.sweep()
        return _released(pairs).count() == 2 * count

    return _wait(sweep, since=opens_at)


def _soon_due(count: int) -> tuple[list[Pair], datetime]:
    """Pairs whose conversation opens soon, at any moment between two pokes of the beat."""
    opens_at = world.whole_minute(clock.now()) + timedelta(minutes=2)
    pairs = world.due(count=count, opens_at=opens_at)
    moved.go_to(opens_at - timedelta(seconds=AHEAD + random.random()))
    return pairs, opens_at


def _wait(holds: Callable[[], bool], since: datetime | None = None) -> float:
    """Seconds since that instant, as soon as it holds; the connection is kept for the next look."""
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, "a letter was not released"
        time.sleep(0.005)
    return (clock.now() - since).total_seconds() if since else 0.0


def _reads(browser: httpx.Client, pair: UUID) -> bool:
    page = browser.get(f"/pairs/{pair}/")
    assert page.status_code == 200, f"the page of a pair answered {page.status_code}"
    return CAN_BE_READ in page.text


def _released(pairs: list[Pair]) -> QuerySet[Envelope]:
    return Envelope.objects.filter(window__pair__in=pairs)
