"""For the tests of check-ins: a pair that agreed, and the sweep of the worker as a whole."""

from collections.abc import Callable

import pytest

from accounts.models import Membership
from boundaries.models import Window
from repair import tasks
from tests import factories
from tests.clock import Clock


@pytest.fixture
def sweep(clock: Clock) -> Callable[[], None]:
    """What workers do each second."""

    def run() -> None:
        tasks.sweep()
        tasks.send_notices()

    return run


@pytest.fixture
def window(ana_place: Membership, ben_place: Membership, clock: Clock) -> Window:
    """The next conversation of a pair whose limits leave room above what is agreed; in a month."""
    clock.move(days=6)
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    return factories.next_window(pair=ana_place.pair)
