"""Sending notices after the change that they tell of was committed (R28)."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.template.loader import render_to_string

from accounts.locks import locked_pair
from accounts.models import Pair
from boundaries.actions.sweeping import settle_one_by_one
from boundaries.queries import load_situation
from boundaries.rules import acts, gate
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
    """Whether it is this process that sends it; one that is no longer right is cancelled.

    It is marked as sent, and that committed, before it is sent: a crash between the two loses a
    notice, and never doubles one.
    """
    with locked_pair(notice.pair_id) as (pair, at):
        allowed = _is_right(notice, pair, at)
        end = "sent" if allowed else "cancelled"
        claimed = _waiting().filter(pk=notice.pk).update(end=end, ended_at=at)
        return bool(claimed and allowed)


def _send(notice: Notice) -> None:
    """Send it under the pair's lock, so that none goes out after a pause has returned (R13).

    A pause in this pair may then wait for the mail server, as long as `EMAIL_TIMEOUT` at the most.
    """
    with locked_pair(notice.pair_id) as (pair, at):
        end = _mail(notice) if _is_right(notice, pair, at) else "cancelled"
        Notice.objects.filter(pk=notice.pk).update(end=end)


def _is_right(notice: Notice, pair: Pair, at: datetime) -> bool:
    situation = load_situation(pair, at)
    window = situation.window(notice.window_id)
    return window is not None and not gate.reasons_against(acts.Notify(window), situation, at)


def _mail(notice: Notice) -> str:
    """What became of it: sent or failed, whatever the fault. The pair does not wait for it."""
    context = {"address": settings.REPAIR_URL}
    try:
        send_mail(
            subject=render_to_string("conversations/mail/notice_subject.txt", context).strip(),
            message=render_to_string("conversations/mail/notice.txt", context),
            from_email=None,
            recipient_list=[notice.person.email],
        )
    except Exception:
        log.exception("A notice could not be sent")
        return "failed"
    return "sent"
