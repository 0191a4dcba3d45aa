"""The section on the page of a pair; that page belongs to an app that cannot import this one."""

from datetime import datetime
from typing import Any

from django import template

from accounts.models import Membership
from boundaries.rules.situation import Situation
from checkins.queries import due_for

register = template.Library()


@register.inclusion_tag("checkins/section.html")
def check_in_section(membership: Membership, situation: Situation, at: datetime) -> dict[str, Any]:
    """The check-in that this person can give now, or else a quiet link to one of their own.

    One at a time: of two, the one that ends first.
    """
    due = due_for(membership, situation, at)
    return {"membership": membership, "due": due[0] if due else None}
