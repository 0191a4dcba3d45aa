"""Proposals, as each of the two may see them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Membership, Pair
from boundaries.models import Consent, Proposal
from boundaries.rules import acts, gate
from boundaries.rules.limits import LONGEST_REST
from boundaries.rules.proposals import (
    LAPSE,
    End,
    Standing,
    as_seen_by,
    of_interest_until,
)
from boundaries.rules.proposals import Proposal as ProposalValue
from boundaries.rules.situation import Situation

CONSENTS = Consent.objects.select_related("proposal").order_by("proposal__made_at", "proposal_id")
PROPOSALS_MATTER_FOR = LAPSE + LONGEST_REST + timedelta(days=1)


def recent_proposals(pairs: Collection[UUID], at: datetime) -> QuerySet[Proposal]:
    """Those that may still be open, cooling off or resting, or have just taken force or not.

    Judged by the instant at which one would take force, also after it ended: with a long
    cooling-off it would else vanish from the other's pages when it was withdrawn (R4).
    """
    since = at - PROPOSALS_MATTER_FOR
    cooling_off = Q(end=None, takes_force_at__isnull=False)
    recent = Q(made_at__gt=since) | Q(takes_force_at__gt=since) | cooling_off
    return Proposal.objects.filter(recent, pair__in=pairs).order_by("made_at", "pk")


def looking_open(at: datetime) -> Q:
    """Of proposals: what looks open to its author, until they take it back (`as_seen_by`)."""
    return Q(takes_force_at=None, made_at__gt=at - LAPSE)


def looking_cooling_off(at: datetime) -> Q:
    """Of proposals: what looks as if it cooled off to who said yes, until they take that back."""
    return Q(takes_force_at__gt=at)


def standing_consents(pair: Pair, person: UUID, at: datetime) -> QuerySet[Consent]:
    """This person's consents to what stands by them as far as they know (`stands_by`), without what
    is due: that is nobody's to end any more.
    """
    seeming = Proposal.objects.filter(looking_open(at) | looking_cooling_off(at), pair=pair)
    known_to_be_over = Q(end__in=[End.IN_FORCE, End.SUPERSEDED])
    return Consent.objects.filter(
        person=person, withdrawn_at=None, proposal__in=seeming.exclude(known_to_be_over)
    )


def proposals_by_pair(pairs: Collection[UUID], at: datetime) -> dict[UUID, list[ProposalValue]]:
    """The same as values, read through their consents: who proposed has consented, so each has one.

    One query and not two, since every act asks for it.
    """
    recent = recent_proposals(pairs, at).order_by().values("pk")
    consents = CONSENTS.filter(proposal__in=recent)
    found: dict[UUID, list[ProposalValue]] = defaultdict(list)
    for _, each in groupby(consents, key=lambda consent: consent.proposal_id):
        given = list(each)
        proposal = given[0].proposal
        found[proposal.pair_id].append(proposal.as_value(given))
    return found


def proposals_for(
    membership: Membership, situation: Situation, at: datetime
) -> list[tuple[Proposal, Standing]]:
    """The recent proposals that this person may see, each as it looks to them, the latest first."""
    recent = recent_proposals([membership.pair_id], at)
    rows = recent.prefetch_related("consents").reverse()
    looks = ((row, _as_seen(membership.person_id, row, situation, at)) for row in rows)
    return [
        (row, standing)
        for row, standing in looks
        if standing and at < of_interest_until(row.as_value(), standing)
    ]


def get_proposal_for(
    membership: Membership, proposal_id: UUID, situation: Situation, at: datetime
) -> tuple[Proposal, Standing]:
    """One proposal as this person sees it.

    Raises Http404 alike for one that is not there and one that is not to be seen.
    """
    own = Proposal.objects.filter(pair=membership.pair_id).prefetch_related("consents")
    row = own.filter(pk=proposal_id).first()
    standing = _as_seen(membership.person_id, row, situation, at) if row else None
    if row is None or standing is None:
        raise Http404
    return row, standing


def has_declined(membership: Membership, proposal_id: UUID) -> bool:
    """Whether this person has said no to this proposal."""
    said_no = Proposal.objects.filter(end=End.DECLINED, ended_by=membership.person_id)
    return said_no.filter(pair=membership.pair_id, pk=proposal_id).exists()


def _as_seen(person: UUID, row: Proposal, situation: Situation, at: datetime) -> Standing | None:
    """How a proposal looks to this person; None if they are to see nothing of it (R4, R10, R14)."""
    proposal = situation.proposal(row.pk) or row.as_value()
    standing = as_seen_by(person, proposal, at)
    if standing is Standing.OPEN and proposal.author != person:
        hidden = gate.reasons_against(acts.Show(person, proposal), situation, at)
        return None if hidden else standing
    return standing
