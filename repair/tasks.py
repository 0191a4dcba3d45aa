"""The one task. It holds no rules and running it twice changes nothing."""

import logging
from collections.abc import Callable

from accounts import actions as accounts
from boundaries import actions as boundaries
from conversations import actions as conversations
from repair.celery import app
from repair.health.actions import beat

log = logging.getLogger(__name__)


@app.task
def sweep() -> None:
    """Do what is due. A step that fails is logged and does not stop the others (R7)."""
    for step in (beat, boundaries.sweep, conversations.sweep, accounts.forget_old):
        _try(step)


def _try(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:
        log.exception("%s.%s failed; the next sweep tries again", step.__module__, step.__name__)
