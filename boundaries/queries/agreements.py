"""What is and was in force."""

from typing import cast

from django.db.models import QuerySet

from accounts.models import Pair
from boundaries.models import Agreement
from boundaries.rules.limits import leave_room
from boundaries.rules.situation import Situation
from boundaries.rules.terms import NO_CONTACT, Terms


def agreement_in_force(pair: Pair) -> Agreement | None:
    """The agreement in force, which both may see."""
    return Agreement.objects.filter(pair=pair, ended_at=None).first()


def terms_in_force(pair: Pair) -> Terms:
    """The terms in force, NO_CONTACT without an agreement; both may see these."""
    agreement = agreement_in_force(pair)
    return cast(Terms, agreement.terms) if agreement else NO_CONTACT


def has_room_for_more(situation: Situation) -> bool:
    """Whether both persons' limits leave room above what is in force (R12).

    For the check-ins alone, which tell both in the same round, and never at the moment at which
    somebody changed something. Nothing stands in the way of more then but that both wish it.
    """
    held_back = situation.parted or situation.paused or situation.apart_until
    return not held_back and leave_room(situation.in_force, situation.limits.values())


def agreements_of(pair: Pair) -> QuerySet[Agreement]:
    """All that was ever in force in the pair, the latest first; both may see these (R30)."""
    return Agreement.objects.filter(pair=pair).order_by("-number")
