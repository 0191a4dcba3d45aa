"""Setting one's own limits (R8, R9)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.actions.agreements import put_less_in_force, void_forbidden
from boundaries.actions.planning import save_answers, shorten_open
from boundaries.actions.proposals import take_back
from boundaries.actions.record import Act, Entry, add_to_record, try_to_record
from boundaries.models import PersonalLimits
from boundaries.queries import load_situation
from boundaries.rules import proposal_checks, window_checks
from boundaries.rules.canonical import limits_digest
from boundaries.rules.limits import Limits, cut, narrowed
from boundaries.rules.situation import Situation
from boundaries.rules.windows import State


def set_limits(*, by: Membership, limits: Limits, shown: str | None = None) -> bool:
    """Set one's own limits; return whether they are now as given. Setting the same again changes
    nothing.

    What is in force above them is cut in the same transaction (R8), and one's yes to what they
    forbid is taken back; raising adds nothing (R9), nor does wanting to be asked no more (R24).

    shown: the digest of the limits from which these were made, where a page showed any. If others
    were set meanwhile, these only make them stricter: nobody widens what they have not seen.
    """
    with locked_pair(by.pair_id) as (pair, at):
        before = load_situation(pair, at)
        own = PersonalLimits.objects.filter(membership=by)
        given, now = limits, before.limits[by.person_id]
        if shown not in (None, limits_digest(now)) and own.exists():
            limits = narrowed(now, given)
        if now == limits and own.exists():
            return limits == given
        _save(by, limits, at)
        situation = replace(before, limits={**before.limits, by.person_id: limits})
        situation = _skipping_what_does_not_fit(situation, by.person_id)
        situation = _skipping_what_was_not_answered(before, situation, by.person_id)
        entries = [Entry(Act.LIMITS_SET, by.person_id, digest=limits_digest(limits))]
        entries += _cut(pair, by, situation, at)
        # Only what allows less holds also without its entry.
        record = try_to_record if narrowed(now, limits) == limits else add_to_record
        record(pair, entries, at)
        return limits == given


def hide_kind_words(*, by: Membership) -> None:
    """Be shown no kind words of the other any more, also after the pair has ended (R15).

    Without limits of their own nobody is shown any; then, and the second time, it changes nothing.
    """
    with locked_pair(by.pair_id) as (pair, at):
        own = PersonalLimits.objects.filter(membership=by).first()
        if own is None or not own.value.kind_words:
            return
        limits = replace(own.value, kind_words=False)
        _save(by, limits, at)
        done = Entry(Act.LIMITS_SET, by.person_id, digest=limits_digest(limits))
        try_to_record(pair, [done], at)


def _save(by: Membership, limits: Limits, at: datetime) -> None:
    PersonalLimits.objects.bulk_create(
        [PersonalLimits(membership=by, value=limits, changed_at=at)],
        update_conflicts=True,
        unique_fields=["membership"],
        update_fields=["value", "changed_at"],
    )


def _cut(pair: Pair, by: Membership, situation: Situation, at: datetime) -> list[Entry]:
    left = cut(situation.in_force, situation.limits.values())
    if left != situation.in_force:
        return put_less_in_force(pair, left, situation, at, by=by.person_id)
    save_answers(situation.windows)
    forbidden = proposal_checks.forbidden_by_own_limits(by.person_id, situation, at)
    return [
        *void_forbidden(situation, at),
        *take_back(forbidden, at, by=by.person_id),
        *shorten_open(left, situation, at),
    ]


def _skipping_what_does_not_fit(situation: Situation, person: UUID) -> Situation:
    """The situation in which they skip the planned windows that their hours, or the distance that
    they want, do not allow.

    As with every skip the other sees no date vanish, so they learn neither the hours nor when they
    changed; and giving hours back brings nothing back by itself (R9).
    """
    limits = situation.limits[person]
    windows = (
        each
        if each.state is not State.PLANNED or window_checks.fits(each, limits, situation)
        else each.answered(person, go_ahead=False)
        for each in situation.windows
    )
    return replace(situation, windows=tuple(windows))


def _skipping_what_was_not_answered(
    before: Situation, situation: Situation, person: UUID
) -> Situation:
    """The situation in which they skip the planned windows that needed their "go ahead" until now
    and do not have it.

    So these need it still (docs/decisions/0042); also one that has begun, to which it would come
    too late.
    """
    needed, needs = (window_checks.needs_go_ahead(person, each) for each in (before, situation))
    if needs or not needed:
        return situation
    windows = (
        each.answered(person, go_ahead=False)
        if each.state is State.PLANNED and person not in each.go_ahead
        else each
        for each in situation.windows
    )
    return replace(situation, windows=tuple(windows))
