"""What a newcomer said before signing up (R27), kept as little and as briefly as possible.

Only "answered no to both" is remembered, as an instant in the session, for the hour that a
sign-up may take. Of a yes nothing is kept at all: the next person at this device must not find
out, and neither must a copy of the database.
"""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

KEY = "newcomer_answered_at"
LASTS = timedelta(hours=1)


def remember(session: SessionBase, at: datetime) -> None:
    """Let this session sign up, for a while."""
    session[KEY] = at.isoformat()


def forget(session: SessionBase) -> None:
    """Let this session sign up no longer."""
    session.pop(KEY, None)


def leave_nothing(session: SessionBase) -> None:
    """Let nothing be left of this visit: no session, and no cookie that names one.

    Also not an empty one, which would be the trace of somebody who answered no and then yes.
    """
    session.flush()


def may_sign_up(session: SessionBase, at: datetime) -> bool:
    """Say whether somebody has answered both questions with no, here and not long ago."""
    answered_at = session.get(KEY)
    if answered_at is None:
        return False
    return timedelta(0) <= at - datetime.fromisoformat(answered_at) < LASTS
