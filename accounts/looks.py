"""A person's log of what their supporters did (R25).

By itself, since the decorator that lets a supporter in writes here, and actions need decorators'
modules.
"""

from datetime import datetime

from accounts.models import Support, SupportLook
from accounts.scopes import What


def note_look(*, support: Support, what: str, at: datetime) -> None:
    """Add to the person's log that a supporter opened a page, or paused. Twice is two entries."""
    SupportLook.objects.create(support=support, what=What(what), at=at)
