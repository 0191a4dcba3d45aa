"""What a newcomer said before signing up (R27), kept as little and as briefly as possible.

Only "answered no to both" is remembered, as an instant in the session, for the hour that a
sign-up may take. Of a yes nothing is kept at all: the next person at this device must not find
out, and neither must a copy of the database.

Who comes to support somebody is not asked about a former partner, and is remembered as such: until
they answer the questions, too, they begin no pair.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse

KEY = "newcomer_answered_at"
SUPPORTS = "newcomer_supports"
LASTS = timedelta(hours=1)


def remember(session: SessionBase, at: datetime, *, to_support: bool = False) -> None:
    """Let this session sign up, for a while; to_support: only to support somebody."""
    session[KEY], session[SUPPORTS] = at.isoformat(), to_support


def forget(session: SessionBase) -> None:
    """Let this session sign up no longer."""
    session.pop(KEY, None)
    session.pop(SUPPORTS, None)


def comes_to_support(session: SessionBase) -> bool:
    """Say whether who signs up was not asked the questions, since they come to support somebody."""
    return bool(session.get(SUPPORTS))


def leave_nothing(session: SessionBase) -> None:
    """Let nothing be left of this visit: no session, and no cookie that names one.

    Also not an empty one, which would be the trace of somebody who answered no and then yes.
    """
    session.flush()


def leave_no_token(answer: HttpResponse) -> None:
    """Let the browser forget the token against forgery, which the page of the questions set.

    It is random and says nothing, and still only somebody has it who was here. Going back loads
    that page anew, with another one: no page is stored (`repair.middleware.no_store`).
    """
    answer.delete_cookie(settings.CSRF_COOKIE_NAME, samesite="Lax")


def may_sign_up(session: SessionBase, at: datetime) -> bool:
    """Say whether somebody has answered both questions with no, here and not long ago."""
    answered_at = session.get(KEY)
    if answered_at is None:
        return False
    return timedelta(0) <= at - datetime.fromisoformat(answered_at) < LASTS
