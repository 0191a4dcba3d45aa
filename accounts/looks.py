"""A person's log of what their supporters did (R25).

By itself, since the decorator that lets a supporter in writes here, and actions need decorators'
modules.
"""

from datetime import datetime

from accounts.models import Support, SupportLook
from accounts.scopes import What


def note_look(*, support: Support, what: str, at: datetime, is_told: bool = True) -> None:
    """Add to the person's log what a supporter looked at or did. Twice is two entries.

    is_told: whether the person reads it on their first page, too, if it is of that kind.
    """
    SupportLook.objects.create(support=support, what=What(what), at=at, is_dismissed=not is_told)
