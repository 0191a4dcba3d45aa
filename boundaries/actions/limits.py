"""Setting one's own limits (R8, R9)."""

from datetime import datetime

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.actions.agreements import put_less_in_force, shorten_open_window
from boundaries.actions.record import Act, Entry, add_to_record
from boundaries.models import Answer, PersonalLimits
from boundaries.queries import load_situation
from boundaries.rules import gate
from boundaries.rules.limits import Limits, cut
from boundaries.rules.situation import Situation
from boundaries.rules.windows import State


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
        situation = load_situation(pair, at)
        _skip_what_does_not_fit(by, situation, at)
        entries = [Entry(pair.pk, Act.LIMITS_SET, by.person_id)]
        add_to_record(entries + _cut(pair, by, situation, at), at)


def _cut(pair: Pair, by: Membership, situation: Situation, at: datetime) -> list[Entry]:
    if situation.agreement is None or situation.parted:
        return []
    left = cut(situation.in_force, situation.limits.values())
    if left == situation.in_force:
        return shorten_open_window(pair, left, situation, at)
    return put_less_in_force(pair, left, situation, at, by=by.person_id)


def _skip_what_does_not_fit(by: Membership, situation: Situation, at: datetime) -> None:
    """Skip the planned windows that one's hours, or the distance that one wants, do not allow.

    As with every skip the other sees no date vanish, so they learn neither the hours nor when they
    changed; and giving hours back brings nothing back by itself (R9).
    """
    limits = situation.limits[by.person_id]
    unfit = [
        each.id
        for each in situation.windows
        if each.state is State.PLANNED and not gate.fits(each, limits, situation)
    ]
    Answer.objects.filter(window__in=unfit, person=by.person_id).delete()
    Answer.objects.bulk_create(
        Answer(window_id=each, person_id=by.person_id, go_ahead=False, given_at=at)
        for each in unfit
    )
