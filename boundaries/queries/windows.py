"""The conversations to come, and the times of those that took place."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Membership, Person
from accounts.queries import all_memberships_of
from boundaries.models import Window
from boundaries.queries.situation import load_situations
from boundaries.rules.calendar import Appointment, Listed, appointments
from boundaries.rules.situation import Situation
from boundaries.rules.terms import LONGEST_MINUTES, Terms
from boundaries.rules.windows import TOOK_PLACE, Span, State, first, fits_hours, named
from boundaries.rules.windows import Window as WindowValue

TIMES_PAST = 12


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
    """A conversation to come, or one there might be, as one person is shown it. Half-open; instants
    in UTC.

    is_outside: it is outside their own hours, so it will not take place (R8). is_skipped: they skip
    it (R24). Of the other's hours and answers nothing is to be noticed.
    """

    opens_at: datetime
    closes_at: datetime
    is_outside: bool
    is_skipped: bool


def coming_for(membership: Membership, situation: Situation, at: datetime) -> list[Coming]:
    """The windows of `coming_windows` with what this person's own hours and answers make of them.

    No query.
    """
    coming = coming_windows(situation, at)
    return [_as_seen(window.span, window, membership, situation) for window in coming]


def left_for(
    membership: Membership, terms: Terms, situation: Situation, at: datetime
) -> list[Coming]:
    """Of these, those that lesser terms leave, for as long as they leave them (R1). No query."""
    coming = (
        (window, named(terms, window.span.opens_at)) for window in coming_windows(situation, at)
    )
    return [_as_seen(span, window, membership, situation) for window, span in coming if span]


def first_for(
    membership: Membership, terms: Terms, situation: Situation, *, after: datetime
) -> list[Coming]:
    """The first conversations there would be if `terms` were in force from `after` on. No query.

    Who skips one that is planned skips the one that takes its place (R24).
    """
    planned = {window.span.opens_at: window for window in situation.windows}
    return [
        _as_seen(span, planned.get(span.opens_at), membership, situation)
        for span in first(terms, after=after)
    ]


def _as_seen(
    span: Span, window: WindowValue | None, membership: Membership, situation: Situation
) -> Coming:
    """window: what is there already. An open one takes place, so it is neither."""
    me, is_open = membership.person_id, window is not None and window.state is State.OPEN
    return Coming(
        span.opens_at,
        span.closes_at,
        is_outside=not is_open and not fits_hours(span, situation.limits[me]),
        is_skipped=not is_open and window is not None and me in window.skipped,
    )


def next_window(situation: Situation, at: datetime) -> WindowValue | None:
    """The window that is open, or the next one planned."""
    return next(iter(coming_windows(situation, at)), None)
