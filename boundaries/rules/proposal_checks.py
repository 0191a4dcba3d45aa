"""What stands against proposals: making one, showing it, saying yes to it, putting it in force.

Each check is given an act, the situation and an instant, and says whether it forbids the act.
`gate.GATE` says which ones are asked about which act.
"""

from datetime import datetime, timedelta
from uuid import UUID

from boundaries.rules.acts import Consent, Propose, Show, TakeForce
from boundaries.rules.limits import SHORTEST_REST, Limits, within
from boundaries.rules.proposals import (
    End,
    Proposal,
    Standing,
    as_seen_by,
    is_due,
    rest_until,
    standing,
    stands_by,
)
from boundaries.rules.situation import Situation
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import fit


def paused_by_proposer(act: Propose, situation: Situation, _: datetime) -> bool:
    """R10, R14: one's own pause has to be lifted first; the other's is not to be noticed."""
    return act.by in situation.paused


def not_more(act: Propose, situation: Situation, _: datetime) -> bool:
    """R1: what is less needs nobody, so it is not put to the other.

    The same terms again are a renewal, which needs both (R6).
    """
    return act.terms < situation.in_force or act.terms == NO_CONTACT


def beyond_own_limits(act: Propose, situation: Situation, _: datetime) -> bool:
    """R10: a proposal fits its author's own limits."""
    return not within(act.terms, situation.limits[act.by])


def outside_own_hours(act: Propose, situation: Situation, at: datetime) -> bool:
    """R10: with its dates, too."""
    return not fit(act.terms, situation.limits[act.by], after=at)


def beyond_limits(act: Show | Consent | TakeForce, situation: Situation, at: datetime) -> bool:
    """R8, R10: within both persons' limits, hours included; once both consented, of the dates after
    it is due, however late a worker comes (R7).
    """
    return not all(allowed_by(limits, act.proposal, at) for limits in situation.limits.values())


def allowed_by(limits: Limits, proposal: Proposal, at: datetime) -> bool:
    """Whether it is within one person's limits, with its dates from now or from when it is due."""
    terms, due = proposal.terms, proposal.takes_force_at
    return within(terms, limits) and fit(terms, limits, after=due or at)


def one_at_a_time(act: Propose, situation: Situation, at: datetime) -> bool:
    """R11, R5: by what the person sees, or a refusal would say what became of the earlier one."""
    return any(
        (proposal.author == act.by and as_seen_by(act.by, proposal, at) is Standing.OPEN)
        or seems_in_cooling_off(proposal, at)
        for proposal in situation.proposals
    )


def resting(act: Propose, situation: Situation, at: datetime) -> bool:
    """R11."""
    return any(
        proposal.author == act.by and rests(proposal, at, SHORTEST_REST)
        for proposal in situation.proposals
    )


def rests(proposal: Proposal, at: datetime, rest: timedelta) -> bool:
    """Whether at `at` its author has still to wait, for whom `rest` is long enough."""
    until = rest_until(proposal, at, rest)
    return until is not None and at < until


def not_received(act: Show | Consent, situation: Situation, at: datetime) -> bool:
    """R11: the other receives none, or wants a longer rest between two."""
    limits = situation.limits[reader(act)]
    return not limits.receives_proposals or any(
        earlier.author == act.proposal.author
        and earlier.made_at < act.proposal.made_at
        and rests(earlier, at, limits.rest)
        for earlier in situation.proposals
    )


def reader(act: Show | Consent) -> UUID:
    """Whom the proposal is put to."""
    return act.to if isinstance(act, Show) else act.by


def too_soon_for_more(
    act: Propose | Consent | TakeForce, situation: Situation, _: datetime
) -> bool:
    """R5: more than what was in force last only after one whole window was held under that."""
    terms = act.terms if isinstance(act, Propose) else act.proposal.terms
    last = situation.last_in_force
    return last is not None and not terms <= last and not situation.held_whole


def another_in_cooling_off(act: Consent, situation: Situation, at: datetime) -> bool:
    """R5: one at a time, by what is seen: one that ended in silence still seems to stand."""
    return any(
        other.id != act.proposal.id and seems_in_cooling_off(other, at)
        for other in situation.proposals
    )


def seems_in_cooling_off(proposal: Proposal, at: datetime) -> bool:
    """Whether it stands in cooling-off, or still looks so to somebody (R4)."""
    if proposal.takes_force_at is None or proposal.end is End.SUPERSEDED:
        return False
    return standing(proposal, at) is Standing.COOLING_OFF or at < proposal.takes_force_at


def not_theirs(act: Show | Consent, _: Situation, __: datetime) -> bool:
    """Who proposed consented by proposing; the second consent is the other's."""
    return reader(act) == act.proposal.author


def not_open_proposal(act: Show | Consent, _: Situation, at: datetime) -> bool:
    """It was declined, withdrawn, agreed to, void, or has lapsed."""
    return standing(act.proposal, at) is not Standing.OPEN


def not_cooling_off(act: TakeForce, _: Situation, at: datetime) -> bool:
    """R4: a consent was withdrawn, or it is void or in force already."""
    return standing(act.proposal, at) is not Standing.COOLING_OFF


def not_both_consented(act: TakeForce, situation: Situation, _: datetime) -> bool:
    """R2: both said yes to these exact terms, and neither took it back."""
    return not situation.limits.keys() <= act.proposal.consented


def cooling_off(act: TakeForce, situation: Situation, at: datetime) -> bool:
    """R2: not before the end of cooling-off, and not at all if somebody has made it longer since.

    A worker that comes late finds what one in time would have (R7).
    """
    due, both = act.proposal.takes_force_at, situation.limits.values()
    return due is None or at < due or not all(cools_off_for(each, act.proposal) for each in both)


def cools_off_for(limits: Limits, proposal: Proposal) -> bool:
    """R2: whether one that both consented to cools off for as long as this person wants."""
    agreed_at, due = proposal.agreed_at, proposal.takes_force_at
    return agreed_at is not None and due is not None and agreed_at + limits.cooling_off <= due


def forbidden_by_own_limits(person: UUID, situation: Situation, at: datetime) -> list[Proposal]:
    """What stands by this person's yes, or looks to them as if it did, and their limits forbid.

    Lowering a limit takes that yes back: nobody's limits can say yes again by being raised (R9).
    Not what is due: that is nobody's to end any more (`gate.settled`).
    """
    limits = situation.limits[person]
    return [
        each
        for each in situation.proposals
        if stands_by(person, each, at)
        and not is_due(each, at)
        and not (
            allowed_by(limits, each, at)
            and (each.takes_force_at is None or cools_off_for(limits, each))
        )
    ]


def changed_meanwhile(act: Show | Consent | TakeForce, situation: Situation, _: datetime) -> bool:
    """R3: consent is to a change from what was in force."""
    return act.proposal.base != situation.agreement
