"""What is so in a pair, and who may see what of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from accounts.models import Membership, Pair, Person
from accounts.queries import all_memberships_of
from boundaries.models import (
    Agreement,
    Consent,
    Door,
    Pause,
    PersonalLimits,
    Proposal,
    RecordEntry,
    TimeApart,
    Window,
)
from boundaries.rules import acts, gate
from boundaries.rules.calendar import Appointment, Listed, appointments
from boundaries.rules.entries import Act
from boundaries.rules.limits import LONGEST_REST, NOTHING_YET, Limits, leave_room
from boundaries.rules.phrases import Phrase
from boundaries.rules.proposals import LAPSE, End, Standing, as_seen_by, of_interest_until
from boundaries.rules.proposals import Proposal as ProposalValue
from boundaries.rules.situation import Situation
from boundaries.rules.terms import LONGEST_MINUTES, NO_CONTACT, Terms
from boundaries.rules.windows import TOOK_PLACE, Span, State, fits_hours
from boundaries.rules.windows import Window as WindowValue

KIND_WORDS_STAY_FOR = timedelta(days=30)
COMING = (State.PLANNED, State.OPEN)
TIMES_PAST = 12
PROPOSALS_MATTER_FOR = LAPSE + LONGEST_REST + timedelta(days=1)

Row = TypeVar("Row", Membership, Agreement, Window)


def load_situation(pair: Pair, at: datetime) -> Situation:
    """The situation of one pair at `at`.

    Under the pair's lock it is the truth; outside it, what a page shows.
    """
    return load_situations([pair], at)[pair.pk]


def load_situation_of_talk(pair: Pair) -> Situation:
    """The same without proposals: talking asks nothing of them, and is waited for."""
    return load_talk(pair)[0]


def load_talk(pair: Pair) -> tuple[Situation, list[Membership]]:
    """The same with both persons' places, which it needs anyway."""
    places = list(_memberships([pair.pk]))
    return _situations([pair], {}, places)[pair.pk], places


def load_situations(pairs: Iterable[Pair], at: datetime) -> dict[UUID, Situation]:
    """The situations of many pairs by their keys: four queries, whatever their history."""
    pairs = list(pairs)
    keys = [pair.pk for pair in pairs]
    return _situations(pairs, _proposals_by_pair(keys, at), _memberships(keys, at))


def _situations(
    pairs: Iterable[Pair],
    proposals: Mapping[UUID, list[ProposalValue]],
    places: Iterable[Membership],
) -> dict[UUID, Situation]:
    by_id = {pair.pk: pair for pair in pairs}
    memberships = _by_pair(places)
    agreements = _by_pair(_latest_agreements(by_id))
    windows = _by_pair(_coming_windows(by_id))
    return {
        key: _situation(
            pair, memberships[key], agreements[key], windows[key], proposals.get(key, [])
        )
        for key, pair in by_id.items()
    }


def _situation(
    pair: Pair,
    memberships: list[Membership],
    agreements: list[Agreement],
    windows: list[Window],
    proposals: list[ProposalValue],
) -> Situation:
    last = agreements[0] if agreements else None
    current = last if last and last.ended_at is None else None
    return Situation(
        limits={each.person_id: limits_of(each) for each in memberships},
        paused=frozenset(each.person_id for each in memberships if _is_paused(each)),
        parted=pair.ended_at is not None,
        doors={each.person_id: each.door.opened_at for each in memberships if _has_door(each)},
        in_force=current.terms if current else NO_CONTACT,
        agreement=current.pk if current else None,
        review_at=current.review_at if current else None,
        number=last.number if last else 0,
        last_in_force=last.terms if last else None,
        held_whole=last is not None and cast(Any, last).held_whole,
        last_conversation=cast(Any, last).last_conversation if last else None,
        windows=tuple(window.as_value() for window in windows),
        proposals=tuple(proposals),
        apart_until=cast(Any, memberships[0]).apart_until,
    )


def _is_paused(membership: Membership) -> bool:
    """Whether a pause of theirs stands, or they were made inactive, which stops as much."""
    return cast(Any, membership).is_paused or not membership.person.is_active


def _has_door(membership: Membership) -> bool:
    return hasattr(membership, "door")


def limits_of(membership: Membership) -> Limits:
    """The limits that this person set in this pair; nothing is allowed until they did."""
    try:
        return cast(Limits, membership.limits.value)
    except PersonalLimits.DoesNotExist:
        return NOTHING_YET


def own_limits(membership: Membership) -> Limits | None:
    """The limits that this person set, or None; for their own pages alone."""
    row = PersonalLimits.objects.filter(membership=membership).first()
    return cast(Limits, row.value) if row else None


def _by_pair(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.pair_id].append(row)
    return found


def _memberships(pairs: Collection[UUID], at: datetime | None = None) -> QuerySet[Membership]:
    """at: without it, also a time apart that is over is found; talking asks nothing of it."""
    standing = Pause.objects.filter(
        pair=OuterRef("pair"), person=OuterRef("person"), lifted_at=None
    )
    chosen = TimeApart.objects.filter(pair=OuterRef("pair"), agreed_at__isnull=False, end=None)
    apart = chosen.filter(ends_at__gt=at) if at else chosen
    members = Membership.objects.filter(pair__in=pairs).select_related("limits", "person", "door")
    return members.annotate(
        is_paused=Exists(standing), apart_until=Subquery(apart.values("ends_at")[:1])
    )


def _latest_agreements(pairs: Collection[UUID]) -> QuerySet[Agreement]:
    """The agreement of each pair that is in force or was last (R5), with its last conversation.

    Found once for each pair, and not asked of each agreement that it ever had.
    """
    of_pair = Agreement.objects.filter(pair=OuterRef("pk")).order_by("-number")
    latest = Pair.objects.filter(pk__in=pairs).values_list(Subquery(of_pair.values("pk")[:1]))
    held = Window.objects.filter(agreement=OuterRef("pk"), state=State.HELD)
    took_place = Window.objects.filter(pair=OuterRef("pair"), state__in=TOOK_PLACE | {State.OPEN})
    last = took_place.order_by("-opens_at").values("opens_at")[:1]
    agreements = Agreement.objects.filter(pk__in=latest)
    return agreements.annotate(held_whole=Exists(held), last_conversation=Subquery(last))


def _coming_windows(pairs: Collection[UUID]) -> QuerySet[Window]:
    return Window.objects.filter(pair__in=pairs, state__in=COMING).order_by("opens_at")


def _recent_proposals(pairs: Collection[UUID], at: datetime) -> QuerySet[Proposal]:
    """Those that may still be open, cooling off or resting, or have just taken force or not.

    Judged by the instant at which one would take force, also after it ended: with a long
    cooling-off it would else vanish from the other's pages when it was withdrawn (R4).
    """
    since = at - PROPOSALS_MATTER_FOR
    cooling_off = Q(end=None, takes_force_at__isnull=False)
    recent = Q(made_at__gt=since) | Q(takes_force_at__gt=since) | cooling_off
    return Proposal.objects.filter(recent, pair__in=pairs).order_by("made_at", "pk")


def _proposals_by_pair(pairs: Collection[UUID], at: datetime) -> dict[UUID, list[ProposalValue]]:
    """The same as values, read through their consents: who proposed has consented, so each has one.

    One query and not two, since every act asks for it.
    """
    recent = _recent_proposals(pairs, at).order_by().values("pk")
    consents = Consent.objects.filter(proposal__in=recent).select_related("proposal")
    found: dict[UUID, list[ProposalValue]] = defaultdict(list)
    ordered = consents.order_by("proposal__made_at", "proposal_id")
    for _, each in groupby(ordered, key=lambda consent: consent.proposal_id):
        given = list(each)
        proposal = given[0].proposal
        found[proposal.pair_id].append(proposal.as_value(given))
    return found


def agreement_in_force(pair: Pair) -> Agreement | None:
    """The agreement in force, which both may see."""
    return Agreement.objects.filter(pair=pair, ended_at=None).first()


def coming_windows(situation: Situation, at: datetime) -> list[WindowValue]:
    """The windows that are open, or planned under what is in force, and not over (R7, R15, R20).

    Judged by the instant, also while no worker has noted yet that one is over, or that its
    agreement ended after it was due.
    """
    return [
        window
        for window in situation.windows
        if at < window.span.closes_at
        and (window.state is State.OPEN or window.agreement == situation.agreement)
    ]


def appointments_of(person: Person, at: datetime) -> list[Appointment]:
    """What stands in this person's calendar: the conversations of all their pairs that pages list
    now, and those that fell away and would not be over yet, also where a pair has ended (R15, R16).
    """
    pairs = [each.pair for each in all_memberships_of(person)]
    situations = load_situations(pairs, at)
    coming = {
        window.id: situation.number
        for situation in situations.values()
        for window in coming_windows(situation, at)
    }
    # By an index, which `closes_at` alone has not.
    not_over = Window.objects.filter(
        pair__in=situations,
        opens_at__gt=at - timedelta(minutes=LONGEST_MINUTES),
        closes_at__gt=at,
    )
    return appointments(
        Listed(
            pair=window.pair_id,
            span=Span(window.opens_at, window.closes_at),
            state=State(window.state),
            is_coming=window.pk in coming,
            zone=window.agreement.terms.zone,
            number=coming.get(window.pk, window.agreement.number),
            zone_data=window.agreement.zone_data,
        )
        for window in not_over.select_related("agreement").order_by("opens_at", "pk")
    )


def times_of(person: Person, at: datetime) -> tuple[list[Span], list[Span]]:
    """When this person's conversations are and were, for a supporter whom they allow to know (R25).

    The first are to come or not over yet, in their order; the second are those that took place, the
    latest first. Of all pairs together. One that somebody left stays among the first until its
    agreed end, so that the times tell of nobody's leaving; of one that did not take place nothing
    is said.
    """
    situations = load_situations([each.pair for each in all_memberships_of(person)], at)
    planned = [
        window.span
        for situation in situations.values()
        for window in coming_windows(situation, at)
        if window.state is State.PLANNED
    ]
    begun = Window.objects.filter(pair__in=situations, state__in=TOOK_PLACE | {State.OPEN})
    latest = begun.order_by("-opens_at", "pk")[: TIMES_PAST + len(situations)]
    spans = [Span(window.opens_at, window.closes_at) for window in latest]
    coming = sorted([*planned, *(span for span in spans if at < span.closes_at)])
    return coming, [span for span in spans if span.closes_at <= at][:TIMES_PAST]


@dataclass(frozen=True)
class Coming:
    """A conversation to come, as one person is shown it. Half-open; instants in UTC.

    is_outside: it is outside their own hours, so it will not take place (R8). is_skipped: they skip
    it (R24). Of the other's hours and answers nothing is to be noticed.
    """

    opens_at: datetime
    closes_at: datetime
    is_outside: bool
    is_skipped: bool


def coming_for(membership: Membership, situation: Situation, at: datetime) -> list[Coming]:
    """The windows of `coming_windows` with what this person's own hours and answers make of them.

    An open one is neither: it takes place. No query.
    """
    me = membership.person_id
    limits = situation.limits[me]
    return [
        Coming(
            window.span.opens_at,
            window.span.closes_at,
            is_outside=window.state is State.PLANNED and not fits_hours(window.span, limits),
            is_skipped=window.state is State.PLANNED and me in window.skipped,
        )
        for window in coming_windows(situation, at)
    ]


def terms_in_force(pair: Pair) -> Terms:
    """The terms in force, NO_CONTACT without an agreement; both may see these."""
    agreement = agreement_in_force(pair)
    return cast(Terms, agreement.terms) if agreement else NO_CONTACT


def next_window(situation: Situation, at: datetime) -> WindowValue | None:
    """The window that is open, or the next one planned."""
    return next(iter(coming_windows(situation, at)), None)


def proposals_for(
    membership: Membership, situation: Situation, at: datetime
) -> list[tuple[Proposal, Standing]]:
    """The recent proposals that this person may see, each as it looks to them, the latest first."""
    recent = _recent_proposals([membership.pair_id], at)
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
    proposal = row.as_value()
    standing = as_seen_by(person, proposal, at)
    if standing is Standing.OPEN and proposal.author != person:
        hidden = gate.reasons_against(acts.Show(person, proposal), situation, at)
        return None if hidden else standing
    return standing


def own_pause(membership: Membership) -> Pause | None:
    """This person's own pause in the pair, if it stands. The other's is nobody's to see (R15)."""
    return Pause.objects.filter(
        pair=membership.pair_id, person=membership.person_id, lifted_at=None
    ).first()


def own_pauses(membership: Membership) -> QuerySet[Pause]:
    """All pauses of this person's own in the pair, the first of them first."""
    own = Pause.objects.filter(pair=membership.pair_id, person=membership.person_id)
    return own.order_by("began_at", "pk")


def pairs_paused_by(person: Person) -> set[UUID]:
    """The pairs in which this person's own pause stands."""
    own = Pause.objects.filter(person=person, lifted_at=None)
    return set(own.values_list("pair", flat=True))


def kind_words_for(membership: Membership, situation: Situation, at: datetime) -> Phrase | None:
    """The phrase that came with the other's pause, for who wants to see any (R15).

    For KIND_WORDS_STAY_FOR, whether that pause stands or was lifted, which is not to be noticed;
    and until something is agreed again, then for good.
    """
    if not situation.limits[membership.person_id].kind_words:
        return None
    others = Pause.objects.exclude(person=membership.person_id)
    return _latest_phrase(others.filter(pair=membership.pair_id), at)


def own_kind_words(membership: Membership, at: datetime) -> Phrase | None:
    """The phrase of this person's own that the other may still see, and that they can take back."""
    own = Pause.objects.filter(pair=membership.pair_id, person=membership.person_id)
    return _latest_phrase(own, at)


def _latest_phrase(pauses: QuerySet[Pause], at: datetime) -> Phrase | None:
    agreed_since = Agreement.objects.filter(
        pair=OuterRef("pair"), in_force_from__gt=OuterRef("began_at"), proposal__isnull=False
    )
    recent = pauses.filter(~Exists(agreed_since), began_at__gt=at - KIND_WORDS_STAY_FOR)
    recent = recent.exclude(phrase="")
    phrase = recent.order_by("-began_at", "-pk").values_list("phrase", flat=True).first()
    return Phrase(phrase) if phrase else None


def has_room_for_more(situation: Situation) -> bool:
    """Whether both persons' limits leave room above what is in force (R12).

    For the check-ins alone, which tell both in the same round, and never at the moment at which
    somebody changed something. Nothing stands in the way of more then but that both wish it.
    """
    held_back = situation.parted or situation.paused or situation.apart_until
    return not held_back and leave_room(situation.in_force, situation.limits.values())


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


def agreements_of(pair: Pair) -> QuerySet[Agreement]:
    """All that was ever in force in the pair, the latest first; both may see these (R30)."""
    return Agreement.objects.filter(pair=pair).order_by("-number")


def own_door(membership: Membership) -> Door | None:
    """This person's own door, if they left it open. The other's is nobody's to see (R16)."""
    return Door.objects.filter(membership=membership).first()


def may_begin_again(situation: Situation, at: datetime) -> bool:
    """Whether both left their door open, so that both may know (R16)."""
    return not gate.reasons_against(acts.BeginAgain(), situation, at)
