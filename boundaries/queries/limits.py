"""What each person allows at most."""

from typing import cast

from accounts.models import Membership
from boundaries.models import PersonalLimits
from boundaries.rules.limits import NOTHING_YET, Limits


def limits_of(membership: Membership) -> Limits:
    """The limits that this person set in this pair; nothing is allowed until they did."""
    try:
        return cast(Limits, membership.limits.value)
    except PersonalLimits.DoesNotExist:
        return NOTHING_YET


def own_limits(membership: Membership) -> Limits | None:
    """The limits that this person set, or None; for their own pages alone."""
    row = PersonalLimits.objects.filter(membership=membership).first()
    return cast(Limits, row.value) if row else None
