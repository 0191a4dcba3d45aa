"""Sending notices after the change that they tell of was committed (R28)."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.locks import locked_pair
from boundaries.queries import load_situation
from boundaries.rules import gate
from boundaries.rules.situation import Situation
from boundaries.rules.windows import Window
from conversations.models import Notice

BATCH = 100

log = logging.getLogger(__name__)


def send_notices() -> None:
    """Send what was written and not sent yet, each at most once."""
    for notice in Notice.objects.filter(end="").order_by("written_at")[:BATCH]:
        if _claim(notice):
            _send(notice)


def _claim(notice: Notice) -> bool:
    """Whether it is this process that sends it now; one that is no longer right is cancelled.

    It is marked as sent before it is sent: a crash between the two loses a notice, and never
    doubles one. The gate is
    asked under the lock, but the mail goes out after it: a pause must not wait for a mail server.
    """
    with locked_pair(notice.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        window = _window(notice, situation)
        allowed = window and not gate.reasons_against(gate.Notify(window), situation, at)
        end = "sent" if allowed else "cancelled"
        claimed = Notice.objects.filter(pk=notice.pk, end="").update(end=end, ended_at=at)
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
