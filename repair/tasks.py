"""The two tasks. They hold no rules, and running one twice changes nothing."""

import logging
from collections.abc import Callable

from accounts import actions as accounts
from boundaries import actions as boundaries
from checkins import actions as checkins
from conversations import actions as conversations
from repair.celery import app
from repair.health.actions import beat, beat_for_mail

log = logging.getLogger(__name__)


@app.task
def sweep() -> None:
    """Do what is due. A step that fails is logged and does not stop the others (R7)."""
    steps = (beat, boundaries.sweep, conversations.sweep, checkins.sweep, accounts.forget_old)
    for step in steps:
        _try(step)


@app.task
def send_notices() -> None:
    """Send what is to be told by mail; apart, since it waits for a server that is not ours."""
    for step in (beat_for_mail, conversations.send_notices):
        _try(step)


def _try(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:
        log.exception("%s.%s failed; the next one tries again", step.__module__, step.__name__)
