"""Setting one's own limits (R8, R9)."""

from accounts.locks import locked_pair
from accounts.models import Membership
from boundaries.actions.agreements import keep_fitting_windows, put_less_in_force
from boundaries.actions.record import Act, Entry, add_to_record
from boundaries.models import PersonalLimits
from boundaries.queries import load_situation
from boundaries.rules.limits import Limits, cut


def set_limits(*, by: Membership, limits: Limits) -> None:
    """Set one's own limits. Setting the same again changes nothing.

    What is in force above them is cut in the same transaction (R8); raising adds nothing (R9).
    """
    with locked_pair(by.pair_id) as (pair, at):
        found = PersonalLimits.objects.filter(membership=by).first()
        if found and found.value == limits:
            return
        own = found or PersonalLimits(membership=by)
        own.value, own.changed_at = limits, at
        own.save()
        add_to_record([Entry(pair.pk, Act.LIMITS_SET, by.person_id)], at)
        situation = load_situation(pair, at)
        if situation.agreement is None or situation.parted:
            return
        left = cut(situation.in_force, situation.limits.values())
        if left == situation.in_force:
            keep_fitting_windows(pair, situation, at)
        else:
            put_less_in_force(pair, left, situation, at, by=by.person_id)
