"""What the record shows to whom."""

from django.db.models import QuerySet

from accounts.models import Membership
from boundaries.models import RecordEntry
from boundaries.rules.entries import Act

OWN_ACTS = (
    Act.LIMITS_SET,
    Act.PROPOSED,
    Act.CONSENTED,
    Act.CONSENT_WITHDRAWN,
    Act.PROPOSAL_WITHDRAWN,
    Act.PROPOSAL_DECLINED,
    Act.LESSENED,
    Act.PAUSED,
    Act.PAUSE_LIFTED,
    Act.GO_AHEAD,
    Act.SKIP,
    Act.LEFT,
    Act.LETTER_HELD,
    Act.LETTER_WITHDRAWN,
    Act.PARTED,
    Act.DOOR_OPENED,
    Act.DOOR_CLOSED,
    Act.BEGUN_AGAIN,
    Act.TIME_APART_SUGGESTED,
    Act.TIME_APART_AGREED,
    Act.TIME_APART_DECLINED,
    Act.TIME_APART_TAKEN_BACK,
    Act.LET_BE,
)
"""What the record shows to who did it. Not what their act did to something of the other's: that
would show a proposal that was never to be seen (R10)."""


def record_for(membership: Membership) -> QuerySet[RecordEntry]:
    """This person's own acts in the pair, the latest first (R30).

    Without the numbers of the entries: a gap between two would count what the other did.
    """
    own = RecordEntry.objects.filter(pair=membership.pair_id, actor=membership.person_id)
    return own.filter(act__in=OWN_ACTS).order_by("-number").defer("number")
