"""Doors left open after an ending."""

from datetime import datetime

from accounts.models import Membership
from boundaries.models import Door
from boundaries.rules import acts, gate
from boundaries.rules.situation import Situation


def own_door(membership: Membership) -> Door | None:
    """This person's own door, if they left it open. The other's is nobody's to see (R16)."""
    return Door.objects.filter(membership=membership).first()


def may_begin_again(situation: Situation, at: datetime, *, has_begun_again: bool = False) -> bool:
    """Whether both left their door open, so that both may know (R16).

    has_begun_again: whether the same two have been in another pair since.
    """
    return not gate.reasons_against(acts.BeginAgain(has_begun_again), situation, at)
