"""Sending notices after the change that they tell of was committed (R28)."""

import logging
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.template.loader import render_to_string

from accounts.locks import locked_pair
from boundaries.actions.sweeping import settle_one_by_one
from boundaries.queries import load_situation
from boundaries.rules import gate
from boundaries.rules.situation import Situation
from boundaries.rules.windows import Window
from conversations.models import Notice

BATCH = 100

log = logging.getLogger(__name__)


def send_notices() -> None:
    """Send what was written and not sent yet, each at most once.

    Pair by pair, so that a fault in one does not stop the others (R7).
    """
    settle_one_by_one(_waiting().order_by("written_at"), _send_in_pair, at_most=BATCH)


def _waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(end="")


def _send_in_pair(pair_id: UUID) -> None:
    for notice in _waiting().filter(pair=pair_id).select_related("person"):
        if _claim(notice):
            _send(notice)


def _claim(notice: Notice) -> bool:
    """Whether it is this process that sends it now; one that is no longer right is cancelled.

    It is marked as sent before it is sent: a crash between the two loses a notice, and never
    doubles one. The gate is asked under the lock, but the mail goes out after it: a pause must not
    wait for a mail server.
    """
    with locked_pair(notice.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        window = _window(notice, situation)
        allowed = window and not gate.reasons_against(gate.Notify(window), situation, at)
        end = "sent" if allowed else "cancelled"
        claimed = _waiting().filter(pk=notice.pk).update(end=end, ended_at=at)
        return bool(claimed and allowed)


def _window(notice: Notice, situation: Situation) -> Window | None:
    return next((each for each in situation.windows if each.id == notice.window_id), None)


def _send(notice: Notice) -> None:
    context = {"address": settings.REPAIR_URL}
    try:
        send_mail(
            subject=render_to_string("conversations/mail/notice_subject.txt", context).strip(),
            message=render_to_string("conversations/mail/notice.txt", context),
            from_email=None,
            recipient_list=[notice.person.email],
        )
    except OSError:
        # SMTPException is an OSError too. The reason is in the log; the row says only that it
        # failed.
        log.exception("A notice could not be sent")
        Notice.objects.filter(pk=notice.pk).update(end="failed")
