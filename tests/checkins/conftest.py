"""For the tests of check-ins: a pair that agreed, and the sweep of the worker as a whole."""

from collections.abc import Callable

import pytest

from repair import tasks
from tests.beginnings import beginning
from tests.clock import Clock


@pytest.fixture
def sweep(clock: Clock) -> Callable[[], None]:
    """What workers do each second."""

    def run() -> None:
        tasks.sweep()
        tasks.send_notices()

    return run


window = beginning("window")
"""The next conversation of a pair whose limits leave room above what is agreed; in a month."""
