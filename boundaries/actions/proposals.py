"""Proposing, consenting, and all that ends a proposal (R2 to R5, R10, R11)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from accounts.proof import Proof
from boundaries.actions.agreements import not_before, put_in_force, void_forbidden
from boundaries.actions.record import Act, Entry, add_to_record, try_to_record
from boundaries.exceptions import RefusedError, refuse_if
from boundaries.models import Consent, Proposal
from boundaries.queries import load_situation
from boundaries.rules import acts, gate
from boundaries.rules.canonical import terms_digest
from boundaries.rules.proposals import End, Standing, as_seen_by, is_due, standing, stands_by
from boundaries.rules.proposals import Proposal as ProposalValue
from boundaries.rules.reasons import Reason
from boundaries.rules.situation import Situation
from boundaries.rules.terms import Terms


def propose(*, by: Membership, terms: Terms, proof: Proof, base: str | None = None) -> Proposal:
    """Put exact terms to the other; proposing is the first consent (R2).

    Doing it twice is doing it once. proof: that `by` proved again who they are. base: the key of
    the agreement that they were shown to be in force, empty for none; None where nothing was shown
    to anybody. Raises RefusedError with CHANGED_MEANWHILE if another is (R3), and with the reasons
    that concern `by` alone: what the other allows, or whether they paused, changes nothing here
    (R10).
    """
    proof.check(by.person_id)
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        if again := _same_open_proposal(by.person_id, terms, situation, at):
            return Proposal.objects.get(pk=again)
        if base not in (None, str(situation.agreement or "")):
            raise RefusedError([Reason.CHANGED_MEANWHILE])
        refuse_if(gate.reasons_against(acts.Propose(by.person_id, terms), situation, at))
        proposal = _make(pair, by, terms, situation, at)
        _consent(proposal, by, at)
        proposed = Entry(Act.PROPOSED, by.person_id, proposal.pk, proposal.digest)
        add_to_record(pair, [proposed], at)
        return proposal


def consent(*, by: Membership, proposal_id: UUID, digest: str, proof: Proof) -> Proposal:
    """Say yes to the exact terms that `digest` names; cooling-off begins (R2).

    Doing it twice is doing it once. Raises RefusedError if the gate forbids it, with
    CHANGED_MEANWHILE if the digest is of other terms, and Proposal.DoesNotExist for a proposal of
    another pair.
    """
    proof.check(by.person_id)
    with locked_pair(by.pair_id) as (pair, at):
        proposal = _get(pair, proposal_id)
        value = proposal.as_value()
        if by.person_id in value.consented:
            # Also when the other withdrew meanwhile: a refusal would say so (R4).
            return proposal
        situation = load_situation(pair, at)
        refuse_if(gate.reasons_against(acts.Consent(by.person_id, value), situation, at))
        if digest != proposal.digest:
            raise RefusedError([Reason.CHANGED_MEANWHILE])
        entries = void_forbidden(situation, at)
        _consent(proposal, by, at)
        longest = max(each.cooling_off for each in situation.limits.values())
        proposal.agreed_at = max(at, proposal.made_at)
        proposal.takes_force_at = proposal.agreed_at + longest
        proposal.save(update_fields=["agreed_at", "takes_force_at"])
        entries.append(Entry(Act.CONSENTED, by.person_id, proposal.pk, proposal.digest))
        add_to_record(pair, entries, at)
        return proposal


def withdraw_proposal(*, by: Membership, proposal_id: UUID) -> bool:
    """Take back one's own proposal, or one's consent until it takes force, in silence (R4).

    One that is over, but does not look so to this person, can be taken back like any other: if
    nothing came of it, they would learn that it is over (R4, R10). Where there is nothing to take
    back it changes nothing. Return whether their yes is taken back, now or before. Raises
    Proposal.DoesNotExist for another pair's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        value = _value(pair, proposal_id, at)
        if stands_by(by.person_id, value, at):
            try_to_record(pair, take_back([value], at, by=by.person_id), at)
            return True
        return as_seen_by(by.person_id, value, at) is Standing.ENDED_BY_SELF


def decline(*, by: Membership, proposal_id: UUID) -> bool:
    """Say no, in silence: to its author it looks like any that was not taken up (R10).

    A no to what one has said yes to meanwhile takes that yes back: less needs nobody (R1, R4).
    Declining one's own, or one that is over, changes nothing. Return whether they said no, now or
    before. Raises Proposal.DoesNotExist for another pair's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        value = _value(pair, proposal_id, at)
        entries: list[Entry] = []
        if value.takes_force_at and stands_by(by.person_id, value, at):
            entries = take_back([value], at, by=by.person_id)
        elif standing(value, at) is Standing.OPEN and value.author != by.person_id:
            entries = _end([value], End.DECLINED, at, by=by.person_id)
        try_to_record(pair, entries, at)
        return bool(entries) or value.ended_by == by.person_id or by.person_id in value.taken_back


def take_back(proposals: Sequence[ProposalValue], at: datetime, *, by: UUID) -> list[Entry]:
    """Withdraw this person's yes to these, by which they stand as far as they know (R4).

    The caller holds the lock. Return what is to be recorded: the same for one that is over already.
    """
    agreed = [each for each in proposals if each.takes_force_at]
    asked = [each for each in proposals if not each.takes_force_at]
    given = Consent.objects.filter(proposal__in=[each.id for each in proposals], person=by)
    given.filter(withdrawn_at=None).update(withdrawn_at=not_before("given_at", at))
    return [
        *_end(agreed, End.CONSENT_WITHDRAWN, at, by=by),
        *_end(asked, End.WITHDRAWN, at, by=by),
    ]


def take_force(pair_id: UUID) -> None:
    """Put into force what has cooled off in this pair; what the gate forbids is void (R2, R3)."""
    with locked_pair(pair_id) as (pair, at):
        situation = load_situation(pair, at)
        entries = void_forbidden(situation, at)
        for proposal in situation.proposals:
            if is_due(proposal, at):
                entries += put_in_force(pair, proposal, situation, at)
        add_to_record(pair, entries, at)


ACT_OF_END = {
    End.WITHDRAWN: Act.PROPOSAL_WITHDRAWN,
    End.CONSENT_WITHDRAWN: Act.CONSENT_WITHDRAWN,
    End.DECLINED: Act.PROPOSAL_DECLINED,
}


def _end(proposals: Sequence[ProposalValue], end: End, at: datetime, *, by: UUID) -> list[Entry]:
    """End those of them that are not over, for `by`; what is recorded is the same for all."""
    rows = Proposal.objects.filter(pk__in=[each.id for each in proposals], end=None)
    rows.update(end=end, ended_at=at, ended_by=by)
    act = ACT_OF_END[end]
    return [Entry(act, by, each.id, terms_digest(each.terms)) for each in proposals]


def _value(pair: Pair, proposal_id: UUID, at: datetime) -> ProposalValue:
    return load_situation(pair, at).proposal(proposal_id) or _get(pair, proposal_id).as_value()


def _get(pair: Pair, proposal_id: UUID) -> Proposal:
    return Proposal.objects.prefetch_related("consents").get(pair=pair, pk=proposal_id)


def _make(pair: Pair, by: Membership, terms: Terms, situation: Situation, at: datetime) -> Proposal:
    """R14: what is proposed while the other's pause stands never reaches them.

    Its author sees it as any other.
    """
    proposal = Proposal(
        pair=pair,
        author_id=by.person_id,
        terms=terms,
        digest=terms_digest(terms),
        base_id=situation.agreement,
        made_at=at,
    )
    if situation.paused:
        proposal.end, proposal.ended_at = End.VOID, at
    proposal.save(force_insert=True)
    return proposal


def _consent(proposal: Proposal, by: Membership, at: datetime) -> None:
    Consent.objects.create(
        proposal=proposal, person_id=by.person_id, digest=proposal.digest, given_at=at
    )


def _same_open_proposal(
    person: UUID, terms: Terms, situation: Situation, at: datetime
) -> UUID | None:
    """One's own proposal of these terms that looks open: a doubled request is one."""
    own = (each for each in situation.proposals if each.author == person and each.terms == terms)
    return next((each.id for each in own if as_seen_by(person, each, at) is Standing.OPEN), None)
