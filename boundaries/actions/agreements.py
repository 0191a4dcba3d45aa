"""How what is in force in a pair changes. The only place that writes agreements and plans windows.

Except for `take_less`, callers hold the pair's lock and have asked the gate. What is to be recorded
is returned to them, so that one act adds to the record once.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, takewhile
from uuid import UUID

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.actions.record import Act, Entry, add_to_record
from boundaries.exceptions import refuse_if
from boundaries.models import Agreement, Answer, Consent, Proposal, Window
from boundaries.queries import load_situation
from boundaries.rules import acts, gate, windows
from boundaries.rules.canonical import terms_digest
from boundaries.rules.limits import HOURS_OF_THE_WEEK
from boundaries.rules.proposals import LAPSE, End
from boundaries.rules.situation import Situation
from boundaries.rules.terms import NO_CONTACT, Terms
from boundaries.rules.windows import WINDOWS_UNTIL_REVIEW, Span, State


def take_less(*, by: Membership, terms: Terms) -> None:
    """Put lesser terms in force at once, alone (R1). Doing it twice is doing it once.

    Raises RefusedError with NOT_LESS if they are not less than what is in force: that needs both.
    """
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        if terms == situation.in_force:
            return
        refuse_if(gate.reasons_against(acts.TakeLess(terms), situation, at))
        add_to_record(put_less_in_force(pair, terms, situation, at, by=by.person_id), at)


def put_in_force(pair: Pair, proposal: Proposal, situation: Situation, at: datetime) -> list[Entry]:
    """Begin the agreement that a proposal made, with its windows up to the review (R6).

    These are of the dates that were shown with the terms: one that does not fit falls away, and
    none comes in its place (R2).
    """
    entries = end_agreement(pair, at, by=None)
    _supersede_proposals(pair, at)
    _cancel_planned_windows(pair, at)
    first = _first_windows(proposal.terms, situation, at)
    number, review_at = _next_number(pair), _review(first, at)
    agreement = _begin(pair, number, proposal.terms, at, review_at=review_at, proposal=proposal)
    new = Window.objects.bulk_create(_window(agreement, span) for span in first)
    _carry_skips(pair, new, at)
    entry = Entry(pair.pk, Act.IN_FORCE, subject=agreement.pk, digest=agreement.digest)
    return [*entries, entry]


def put_less_in_force(
    pair: Pair, terms: Terms, situation: Situation, at: datetime, *, by: UUID
) -> list[Entry]:
    """Replace what is in force by less, and void all that was asked (R1, R3).

    Of the windows that were planned those stay which still fit; none is added, and the review does
    not move away. An open window goes on only as long as the lesser terms allow.
    """
    if terms == NO_CONTACT:
        return end_all_contact(pair, at, by=by)
    entries = void_proposals(pair, at, by=by)
    last = Agreement.objects.get(pair=pair, ended_at=None)
    planned = _planned(situation, at)
    kept = _fitting(terms, situation, planned)
    entries += [_end(last, at, by)]
    review_at = min(last.review_at, _review(kept, at)) if planned else last.review_at
    agreement = _begin(pair, last.number + 1, terms, at, review_at=review_at)
    _keep(pair, agreement, kept, at)
    entries += shorten_open_window(pair, terms, situation, at)
    return [*entries, Entry(pair.pk, Act.LESSENED, by, agreement.pk, agreement.digest)]


def _keep(pair: Pair, agreement: Agreement, kept: list[Span], at: datetime) -> None:
    """Of the windows that are planned, keep these under `agreement` and cancel the others."""
    planned = _planned_and_not_over(pair, at)
    planned.exclude(opens_at__in=[span.opens_at for span in kept]).update(
        state=State.CANCELLED, ended_at=at
    )
    length = timedelta(minutes=agreement.terms.minutes)
    planned.update(agreement=agreement, closes_at=F("opens_at") + length)


def end_all_contact(pair: Pair, at: datetime, *, by: UUID | None) -> list[Entry]:
    """End the agreement, its windows, also an open one, and void all that was asked (R3, R13)."""
    entries = void_proposals(pair, at, by=by) + end_agreement(pair, at, by=by)
    _cancel_planned_windows(pair, at)
    return entries + _close_open_window(pair, at)


def end_agreement(pair: Pair, at: datetime, *, by: UUID | None) -> list[Entry]:
    """End the agreement in force, if there is one. Its windows are the caller's business."""
    in_force = Agreement.objects.filter(pair=pair, ended_at=None).defer("terms")
    return [_end(agreement, at, by) for agreement in in_force]


def _end(agreement: Agreement, at: datetime, by: UUID | None) -> Entry:
    found = Agreement.objects.filter(pk=agreement.pk)
    found.update(ended_at=not_before("in_force_from", at))
    return Entry(agreement.pair_id, Act.ENDED, by, agreement.pk, agreement.digest)


def void_proposals(pair: Pair, at: datetime, *, by: UUID | None) -> list[Entry]:
    """Void what is open or in cooling-off: what it would have changed has changed (R3).

    Whose act it is takes back all that seems to stand to them, also what is over without their
    knowing: if it went on looking open, they would learn by their own act that it was over (R4).
    """
    open_or_cooling_off = Q(made_at__gt=at - LAPSE) | Q(takes_force_at__isnull=False)
    standing = Proposal.objects.filter(open_or_cooling_off, pair=pair, end=None)
    rows = list(standing.values_list("pk", "digest"))
    standing.update(end=End.VOID, ended_at=at, ended_by=by)
    if by:
        _seeming_to_stand(pair, by, at).update(withdrawn_at=not_before("given_at", at))
    return [Entry(pair.pk, Act.PROPOSAL_VOID, by, *row) for row in rows]


def not_before(field: str, at: datetime) -> Greatest:
    """`at`, or what stands in `field` if that is later.

    A clock that was set back must never make a pause or an end fail (R7).
    """
    return Greatest(F(field), Value(at, output_field=DateTimeField()))


def _seeming_to_stand(pair: Pair, person: UUID, at: datetime) -> QuerySet[Consent]:
    """This person's consents to what looks open or in cooling-off to them (`as_seen_by`)."""
    seems_open = Q(proposal__takes_force_at=None, proposal__made_at__gt=at - LAPSE)
    seems_cooling_off = Q(proposal__takes_force_at__gt=at)
    own = Consent.objects.filter(proposal__pair=pair, person=person, withdrawn_at=None)
    return own.filter(seems_open | seems_cooling_off).exclude(proposal__end=End.IN_FORCE)


def _supersede_proposals(pair: Pair, at: datetime) -> None:
    """End what looks open beside the one that takes force: it was to change something else (R3).

    Whatever became of it before; both know that this one took force, so nothing is disclosed.
    """
    looks_open = Proposal.objects.filter(
        pair=pair, takes_force_at=None, made_at__gt=at - LAPSE
    ).exclude(consents__withdrawn_at__isnull=False)
    looks_open.update(end=End.SUPERSEDED, ended_at=at, ended_by=None)


def _first_windows(terms: Terms, situation: Situation, at: datetime) -> list[Span]:
    """Of the conversations up to the review, those that fit hours and distances."""
    shown = set(islice(windows.occurrences(terms, after=at), WINDOWS_UNTIL_REVIEW))
    limits, previous = situation.limits.values(), situation.last_conversation
    spans = windows.plan(terms, limits, after=at, previous=previous)
    return list(takewhile(lambda span: span in shown, spans))


def _begin(
    pair: Pair,
    number: int,
    terms: Terms,
    at: datetime,
    *,
    review_at: datetime,
    proposal: Proposal | None = None,
) -> Agreement:
    return Agreement.objects.create(
        pair=pair,
        number=number,
        terms=terms,
        digest=terms_digest(terms),
        proposal=proposal,
        in_force_from=at,
        review_at=review_at,
    )


def _next_number(pair: Pair) -> int:
    last = Agreement.objects.filter(pair=pair).order_by("-number").first()
    return last.number + 1 if last else 1


def _planned(situation: Situation, at: datetime) -> set[datetime]:
    """When the windows open that are planned and not over."""
    return {
        window.span.opens_at
        for window in situation.windows
        if window.state is State.PLANNED and at < window.span.closes_at
    }


def _fitting(terms: Terms, situation: Situation, planned: set[datetime]) -> list[Span]:
    """Of the windows that are planned, those which `terms` and the distances also plan.

    From the first of them and not from now: one that is due, and will be opened by a sweep that is
    late, stays. Not by hours: a date that vanished would tell when somebody changed theirs.
    """
    if not planned:
        return []
    limits = [replace(each, hours=HOURS_OF_THE_WEEK) for each in situation.limits.values()]
    previous = situation.last_conversation
    spans = windows.plan(terms, limits, after=min(planned), previous=previous)
    until_last = takewhile(lambda span: span.opens_at <= max(planned), spans)
    return [span for span in until_last if span.opens_at in planned]


def _review(spans: list[Span], at: datetime) -> datetime:
    return spans[-1].closes_at if spans else at


def _window(agreement: Agreement, span: Span) -> Window:
    return Window(
        pair_id=agreement.pair_id,
        agreement=agreement,
        opens_at=span.opens_at,
        closes_at=span.closes_at,
    )


def _cancel_planned_windows(pair: Pair, at: datetime) -> None:
    """Without those that are due: the gate skips these, and both read that they were not held."""
    planned = Window.objects.filter(pair=pair, state=State.PLANNED, opens_at__gt=at)
    planned.update(state=State.CANCELLED, ended_at=at)


def _planned_and_not_over(pair: Pair, at: datetime) -> QuerySet[Window]:
    """Without those that nobody opened before their end: both are still to be told so (R20)."""
    return Window.objects.filter(pair=pair, state=State.PLANNED, closes_at__gt=at)


def _carry_skips(pair: Pair, new: list[Window], at: datetime) -> None:
    """Who skips a conversation also skips the one that has just taken its place (R24)."""
    replaced = Answer.objects.filter(
        window__pair=pair, window__state=State.CANCELLED, window__ended_at=at, go_ahead=False
    )
    by_instant = {window.opens_at: window for window in new}
    Answer.objects.bulk_create(
        Answer(
            window=by_instant[each.window.opens_at],
            person_id=each.person_id,
            go_ahead=False,
            given_at=each.given_at,
        )
        for each in replaced.select_related("window")
        if each.window.opens_at in by_instant
    )


def _close_open_window(pair: Pair, at: datetime) -> list[Entry]:
    opened = Window.objects.filter(pair=pair, state=State.OPEN)
    was_open = opened.update(state=State.CUT_SHORT, ended_at=at)
    return [Entry(pair.pk, Act.WINDOW_CLOSED)] if was_open else []


def shorten_open_window(
    pair: Pair, terms: Terms, situation: Situation, at: datetime
) -> list[Entry]:
    """Let an open window go on only as long as `terms` and the limits allow (R8)."""
    opened = next((each for each in situation.windows if each.state is State.OPEN), None)
    if opened is None:
        return []
    latest = opened.span.opens_at + timedelta(minutes=terms.minutes)
    span = Span(opened.span.opens_at, min(opened.span.closes_at, latest))
    in_hours = all(windows.fits_hours(span, limits) for limits in situation.limits.values())
    if span.closes_at <= at or not in_hours:
        return _close_open_window(pair, at)
    Window.objects.filter(pk=opened.id).update(closes_at=span.closes_at)
    return []
