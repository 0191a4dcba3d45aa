"""How what is in force in a pair changes. The only place that writes agreements.

Except for `take_less`, callers hold the pair's lock and have asked the gate. What is to be recorded
is returned to them, so that one act adds to the record once.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Greatest

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.actions import planning
from boundaries.actions.record import Act, Entry, add_to_record, try_to_record
from boundaries.exceptions import refuse_if
from boundaries.models import Agreement, Consent, Proposal, Window
from boundaries.queries import load_situation
from boundaries.queries.proposals import looking_cooling_off, looking_open, standing_consents
from boundaries.rules import acts, gate, windows
from boundaries.rules.canonical import terms_digest
from boundaries.rules.proposals import End, Standing, is_due, is_found_void, standing
from boundaries.rules.proposals import Proposal as ProposalValue
from boundaries.rules.situation import Situation
from boundaries.rules.terms import NO_CONTACT, Terms
from boundaries.rules.windows import State


class Contact(NamedTuple):
    """What stands in a pair and can be ended: keys and digests alone.

    So that ending it, and pausing, need nothing that could be broken: no terms are read.
    proposals: those that are open or in cooling-off. due: those whose instant has come, which are
    nobody's to end any more: they do not take force, and no page says by whose act (R4).
    agreement: the one in force. opened: the open window.
    """

    proposals: list[tuple[UUID, str]]
    due: list[tuple[UUID, str]]
    agreement: tuple[UUID, str] | None
    opened: UUID | None


def contact_in(pair: Pair, at: datetime) -> Contact:
    """Read what stands, in three queries."""
    agreed = Q(takes_force_at__isnull=False)
    rows = Proposal.objects.filter(looking_open(at) | agreed, pair=pair, end=None)
    proposals = rows.values_list("pk", "digest", "takes_force_at")
    agreements = Agreement.objects.filter(pair=pair, ended_at=None)
    windows = Window.objects.filter(pair=pair, state=State.OPEN)
    return Contact(
        [(pk, digest) for pk, digest, due in proposals if due is None or at < due],
        [(pk, digest) for pk, digest, due in proposals if due is not None and due <= at],
        agreements.values_list("pk", "digest").first(),
        windows.values_list("pk", flat=True).first(),
    )


def contact_of(situation: Situation, at: datetime) -> Contact:
    """The same from a situation that was read already."""
    stands = (Standing.OPEN, Standing.COOLING_OFF)
    proposals = [each for each in situation.proposals if standing(each, at) in stands]
    due = [each for each in situation.proposals if is_due(each, at) or is_found_void(each)]
    agreement = situation.agreement
    windows = (each.id for each in situation.windows if each.state is State.OPEN)
    return Contact(
        [(each.id, terms_digest(each.terms)) for each in proposals if not is_due(each, at)],
        [(each.id, terms_digest(each.terms)) for each in due],
        (agreement, terms_digest(situation.in_force)) if agreement else None,
        next(windows, None),
    )


def take_less(*, by: Membership, terms: Terms) -> None:
    """Put lesser terms in force at once, alone (R1). Doing it twice is doing it once.

    Raises RefusedError with NOT_LESS if they are not less than what is in force: that needs both.
    """
    with locked_pair(by.pair_id) as (pair, at):
        if terms == NO_CONTACT:
            _take_nothing(pair, by.person_id, at)
            return
        situation = load_situation(pair, at)
        if terms == situation.in_force:
            return
        refuse_if(gate.reasons_against(acts.TakeLess(terms), situation, at))
        try_to_record(pair, put_less_in_force(pair, terms, situation, at, by=by.person_id), at)


def _take_nothing(pair: Pair, by: UUID, at: datetime) -> None:
    """The least of all that is less, which the gate never forbids. No terms are read for it.

    Also where nothing is in force: who wants nothing says yes to nothing any more.
    """
    contact = contact_in(pair, at)
    entries = end_all_contact(pair, contact, at, by=by)
    if contact.agreement:
        entries.append(Entry(Act.LESSENED, by))
    try_to_record(pair, entries, at)


def put_in_force(
    pair: Pair, proposal: ProposalValue, situation: Situation, at: datetime
) -> list[Entry]:
    """Begin the agreement that a proposal made, with its windows up to the review (R6).

    These are of the dates that were shown with the terms: one that does not fit falls away, and
    none comes in its place (R2). The same terms again are a renewal, which begins anew in the same
    way.
    """
    entries = end_agreement(contact_of(situation, at), at, by=None)
    _settle_proposals(pair, proposal, at)
    shown_from = proposal.takes_force_at or at
    first = planning.first_windows(proposal.terms, situation, at, shown_from=shown_from)
    agreement = _begin(
        pair,
        proposal.terms,
        situation,
        at,
        review_at=planning.review_of(first, at),
        proposal_id=proposal.id,
    )
    entries += planning.plan_anew(agreement, first, situation, at)
    return [*entries, Entry(Act.IN_FORCE, subject=agreement.pk, digest=agreement.digest)]


def put_less_in_force(
    pair: Pair, terms: Terms, situation: Situation, at: datetime, *, by: UUID
) -> list[Entry]:
    """Replace what is in force by less, and void all that was asked (R1, R3).

    Of the windows that were planned those stay which still fit; none is added, and the review does
    not move away.
    """
    contact = contact_of(situation, at)
    if terms == NO_CONTACT:
        return [*end_all_contact(pair, contact, at, by=by), Entry(Act.LESSENED, by)]
    entries = void_proposals(pair, contact, at, by=by) + end_agreement(contact, at, by=by)
    kept = planning.left_of(terms, situation, at)
    review_at = situation.review_at or at
    if planning.has_planned(situation, at):
        review_at = min(review_at, planning.review_of(kept, at))
    agreement = _begin(pair, terms, situation, at, review_at=review_at)
    entries += planning.keep(agreement, kept, situation, at)
    return [*entries, Entry(Act.LESSENED, by, agreement.pk, agreement.digest)]


def end_all_contact(pair: Pair, contact: Contact, at: datetime, *, by: UUID | None) -> list[Entry]:
    """End the agreement, its windows, also an open one, and void all that was asked (R3, R13)."""
    return [
        *void_proposals(pair, contact, at, by=by),
        *end_agreement(contact, at, by=by),
        *planning.cancel_all(pair, contact.opened, at),
    ]


def end_for_time_apart(pair: Pair, situation: Situation, at: datetime) -> list[Entry]:
    """End all contact because both chose a time apart.

    As for an end by one person; but both know, so what was asked is settled and not void.
    """
    contact = contact_of(situation, at)
    looks_open = looking_open(at) & ~_taken_back()
    rows = Proposal.objects.filter(looking_cooling_off(at) | looks_open, pair=pair)
    rows.update(end=End.SUPERSEDED, ended_at=at, ended_by=None)
    return [
        *(Entry(Act.PROPOSAL_VOID, None, *each) for each in contact.proposals),
        *_void(contact.due, at, None),
        *end_agreement(contact, at, by=None),
        *planning.cancel_all(pair, contact.opened, at),
    ]


def end_agreement(contact: Contact, at: datetime, *, by: UUID | None) -> list[Entry]:
    """End the agreement in force, if there is one. Its windows are the caller's business."""
    if contact.agreement is None:
        return []
    key, digest = contact.agreement
    Agreement.objects.filter(pk=key).update(ended_at=not_before("in_force_from", at))
    return [Entry(Act.ENDED, by, key, digest)]


def void_proposals(pair: Pair, contact: Contact, at: datetime, *, by: UUID | None) -> list[Entry]:
    """Void what is open or in cooling-off: what it would have changed has changed (R3).

    Whose act it is takes back all that seems to stand to them, also what is over without their
    knowing: if it went on looking open, they would learn by their own act that it was over (R4).
    """
    entries = _void(contact.proposals, at, by) + _void(contact.due, at, None)
    if by:
        standing_consents(pair, by, at).update(withdrawn_at=not_before("given_at", at))
    return entries


def _void(proposals: list[tuple[UUID, str]], at: datetime, by: UUID | None) -> list[Entry]:
    if proposals:
        rows = Proposal.objects.filter(pk__in=[key for key, _ in proposals])
        rows.update(end=End.VOID, ended_at=at, ended_by=by)
    return [Entry(Act.PROPOSAL_VOID, by, *each) for each in proposals]


def void_forbidden(situation: Situation, at: datetime) -> list[Entry]:
    """Write down what `gate.settled` found void: what is due, and may not take force (R2, R3).

    Whoever changes what the gate looks at does this first, or what every page said to be over
    could still take force; and who says yes to another, since only one can be in cooling-off.
    """
    found = filter(is_found_void, situation.proposals)
    return _void([(each.id, terms_digest(each.terms)) for each in found], at, None)


def compute_again(pair_id: UUID) -> None:
    """Compute the planned windows with this process's zone data, if they were with older ones.

    Never with older ones than theirs: of two workers that differ both would move them for ever.
    Doing it twice is doing it once. Whether a window fits limits is for the gate, when it opens;
    but whose hours it left, with them or by itself, skips it from now on (R9). The review comes
    nearer with the last window and never moves away (R6).
    """
    with locked_pair(pair_id) as (pair, at):
        now = windows.zone_data()
        rows = Agreement.objects.filter(pair=pair, ended_at=None)
        if not rows.filter(zone_data__lt=now).update(zone_data=now):
            return
        situation = load_situation(pair, at)
        moves = windows.moved(situation.in_force, situation.windows, at)
        stay = [each for each in situation.windows if each.id not in moves]
        planning.skip_outside_hours(stay, situation, at)
        if moves:
            planning.move(moves, situation, at)
            left = (moves.get(each.id, each.span) for each in situation.windows)
            last = max((span.closes_at for span in left if span), default=at)
            rows.filter(review_at__gt=last).update(review_at=last)
            add_to_record(pair, [Entry(Act.WINDOWS_MOVED, subject=situation.agreement)], at)


def not_before(field: str, at: datetime) -> Greatest:
    """`at`, or what stands in `field` if that is later.

    A clock that was set back must never make a pause or an end fail (R7).
    """
    return Greatest(F(field), Value(at, output_field=DateTimeField()))


def _settle_proposals(pair: Pair, proposal: ProposalValue, at: datetime) -> None:
    """End the one that takes force, and what looks open beside it: that was to change something
    else (R3). Whatever became of it before; both know that this one took force, so nothing is
    disclosed. One query.
    """
    takes_force = Q(pk=proposal.id)
    rows = Proposal.objects.filter(takes_force | (looking_open(at) & ~_taken_back()), pair=pair)
    ends = Case(When(takes_force, then=Value(End.IN_FORCE)), default=Value(End.SUPERSEDED))
    rows.update(end=ends, ended_at=at, ended_by=None)


def _taken_back() -> Exists:
    """Of a proposal: somebody took their yes back, and knows that it is over."""
    return Exists(Consent.objects.filter(proposal=OuterRef("pk"), withdrawn_at__isnull=False))


def _begin(
    pair: Pair,
    terms: Terms,
    situation: Situation,
    at: datetime,
    *,
    review_at: datetime,
    proposal_id: UUID | None = None,
) -> Agreement:
    return Agreement.objects.create(
        pair=pair,
        number=situation.number + 1,
        terms=terms,
        digest=terms_digest(terms),
        proposal_id=proposal_id,
        in_force_from=at,
        review_at=review_at,
        zone_data=windows.zone_data(),
    )
