"""Which windows are planned, and what becomes of them when terms change.

Callers hold the pair's lock and have asked the gate.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, Value, When

from accounts.models import Pair
from boundaries.actions.record import Act, Entry
from boundaries.models import Agreement, Window
from boundaries.rules import windows as rules
from boundaries.rules.limits import HOURS_OF_THE_WEEK
from boundaries.rules.situation import Situation
from boundaries.rules.terms import Terms
from boundaries.rules.windows import Span, State


def first_windows(
    terms: Terms, situation: Situation, at: datetime, *, shown_from: datetime
) -> list[Span]:
    """Of the conversations up to the review, those that fit hours and distances, and that do not
    begin while another is open.

    shown_from: the instant after which the dates were shown with the terms. A worker that comes
    late finds fewer of them to come, and none in their place (R2, R7).
    """
    shown = set(rules.first(terms, after=shown_from))
    limits, previous = situation.limits.values(), situation.last_conversation
    spans = rules.plan(terms, limits, after=at, previous=previous)
    begun = (each.span for each in situation.windows if each.span.opens_at <= at)
    free_from = max((span.closes_at for span in begun), default=at)
    return [span for span in takewhile(shown.__contains__, spans) if span.opens_at >= free_from]


def left_of(terms: Terms, situation: Situation, at: datetime) -> list[Span]:
    """Of the windows that are planned, those which `terms` and the distances also plan.

    From the first of them and not from now: one that is due, and will be opened by a sweep that is
    late, stays. Not by hours: a date that vanished would tell when somebody changed theirs.
    """
    planned = {window.span.opens_at for window in _not_over(situation, at)}
    if not planned:
        return []
    limits = [replace(each, hours=HOURS_OF_THE_WEEK) for each in situation.limits.values()]
    previous = situation.last_conversation
    spans = rules.plan(terms, limits, after=min(planned), previous=previous)
    until_last = takewhile(lambda span: span.opens_at <= max(planned), spans)
    return [span for span in until_last if span.opens_at in planned]


def review_of(spans: list[Span], at: datetime) -> datetime:
    """When an agreement with these conversations is to be renewed or lapses (R6)."""
    return spans[-1].closes_at if spans else at


def has_planned(situation: Situation, at: datetime) -> bool:
    """Whether a window is planned that is not over."""
    return any(True for _ in _not_over(situation, at))


def plan_anew(
    agreement: Agreement, spans: list[Span], situation: Situation, at: datetime
) -> list[Entry]:
    """Plan these windows in place of those that were. Two queries.

    An open one goes on if the new terms name it too. Who skips a conversation also skips the one
    that takes its place (R24); who said "go ahead" to the one that was is asked again.
    """
    replaced = {window.span.opens_at: window for window in _ahead(situation, at)}
    opened = [_shortened(each, agreement.terms, situation, at) for each in _open(situation)]
    _save([*(_ended(each, State.CANCELLED, at) for each in replaced.values()), *opened])
    Window.objects.bulk_create(
        Window(
            pair_id=agreement.pair_id,
            agreement=agreement,
            opens_at=span.opens_at,
            closes_at=span.closes_at,
            answers=_skips(replaced.get(span.opens_at)),
        )
        for span in spans
    )
    return _closed(opened)


def keep(agreement: Agreement, kept: list[Span], situation: Situation, at: datetime) -> list[Entry]:
    """Keep of the planned windows these, under `agreement`; cancel the others. One query.

    An open window goes on only as long as the terms and the limits allow (R8).
    """
    spans = {span.opens_at: span for span in kept}
    rows = [
        _kept(window, agreement, spans.get(window.span.opens_at), at)
        for window in _not_over(situation, at)
    ]
    opened = [_shortened(each, agreement.terms, situation, at) for each in _open(situation)]
    _save(rows + opened)
    return _closed(opened)


def move(moves: Mapping[UUID, Span | None], situation: Situation, at: datetime) -> None:
    """Move these planned windows, and cancel those that go nowhere. Two queries.

    All are cancelled first, so that none meets another on its way.
    """
    Window.objects.filter(pk__in=moves.keys()).update(state=State.CANCELLED, ended_at=at)
    by_id = {window.id: window for window in situation.windows}
    rows = [_moved(by_id[key], span, situation) for key, span in moves.items() if span]
    Window.objects.bulk_update(rows, ["opens_at", "closes_at", "state", "answers", "ended_at"])


def skip_outside_hours(windows: Iterable[rules.Window], situation: Situation, at: datetime) -> None:
    """Let those skip these planned windows whose hours do not allow them (R9). One query at most.

    Limits have a zone of their own: with other zone data hours move, too, where a window stays.
    """
    changed = []
    for window in windows:
        outside = _outside(window.span, situation) - window.skipped
        if outside and window.state is State.PLANNED and at < window.span.closes_at:
            skipped, go_ahead = window.skipped | outside, window.go_ahead - outside
            changed.append(replace(window, skipped=skipped, go_ahead=go_ahead))
    save_answers(changed)


def shorten_open(terms: Terms, situation: Situation, at: datetime) -> list[Entry]:
    """Let an open window go on only as long as `terms` and the limits allow (R8)."""
    opened = [_shortened(each, terms, situation, at) for each in _open(situation)]
    _save(opened)
    return _closed(opened)


def cancel_all(pair: Pair, opened: UUID | None, at: datetime) -> list[Entry]:
    """Cancel what is planned and close `opened`, the window that is open (R13). One query.

    Without what is due: the gate skips that, and both read that it was not held.
    """
    is_open = Q(state=State.OPEN)
    rows = Window.objects.filter(is_open | Q(state=State.PLANNED, opens_at__gt=at), pair=pair)
    ends = Case(When(is_open, then=Value(State.CUT_SHORT)), default=Value(State.CANCELLED))
    rows.update(state=ends, ended_at=at)
    return [Entry(Act.WINDOW_CLOSED, subject=opened)] if opened else []


def save_answers(windows: Iterable[rules.Window]) -> None:
    """Save what was said to these windows (R24). One query."""
    rows = [Window(pk=window.id, answers=_answers(window)) for window in windows]
    Window.objects.bulk_update(rows, ["answers"])


def _answers(window: rules.Window) -> dict[str, bool]:
    said = dict.fromkeys(window.go_ahead, True) | dict.fromkeys(window.skipped, False)
    return {str(person): go_ahead for person, go_ahead in said.items()}


def _not_over(situation: Situation, at: datetime) -> Iterator[rules.Window]:
    """What is planned; not what nobody opened before its end: both are to be told so (R20)."""
    return (window for window in _planned(situation) if at < window.span.closes_at)


def _ahead(situation: Situation, at: datetime) -> Iterator[rules.Window]:
    """What is planned and not due yet."""
    return (window for window in _planned(situation) if at < window.span.opens_at)


def _planned(situation: Situation) -> Iterator[rules.Window]:
    return (window for window in situation.windows if window.state is State.PLANNED)


def _open(situation: Situation) -> Iterator[rules.Window]:
    """What is open: one window at the most."""
    return (window for window in situation.windows if window.state is State.OPEN)


def _skips(window: rules.Window | None) -> dict[str, bool]:
    return {str(person): False for person in window.skipped} if window else {}


def _kept(window: rules.Window, agreement: Agreement, span: Span | None, at: datetime) -> Window:
    if span is None:
        return _ended(window, State.CANCELLED, at)
    return _row(window, agreement_id=agreement.pk, closes_at=span.closes_at)


def _moved(window: rules.Window, span: Span, situation: Situation) -> Window:
    """Who skips it still does, and who does not allow its new hours: widening them then brings
    nothing back by itself (R9). Who said "go ahead" is asked again.
    """
    outside = {str(person): False for person in _outside(span, situation)}
    return Window(
        pk=window.id,
        opens_at=span.opens_at,
        closes_at=span.closes_at,
        state=State.PLANNED,
        answers=_skips(window) | outside,
    )


def _outside(span: Span, situation: Situation) -> set[UUID]:
    """Those whose hours do not allow it."""
    limits = situation.limits.items()
    return {person for person, own in limits if not rules.fits_hours(span, own)}


def _shortened(opened: rules.Window, terms: Terms, situation: Situation, at: datetime) -> Window:
    agreed = rules.named(terms, opened.span.opens_at)
    if agreed is None:
        return _ended(opened, State.CUT_SHORT, at)
    span = Span(opened.span.opens_at, min(opened.span.closes_at, agreed.closes_at))
    in_hours = all(rules.fits_hours(span, limits) for limits in situation.limits.values())
    if span.closes_at <= at or not in_hours:
        return _ended(opened, State.CUT_SHORT, at)
    return _row(opened, closes_at=span.closes_at)


def _ended(window: rules.Window, state: State, at: datetime) -> Window:
    return _row(window, state=state, ended_at=at)


def _row(window: rules.Window, **changes: Any) -> Window:
    """The window's row with these changes, for `_save`."""
    same = {
        "agreement_id": window.agreement,
        "closes_at": window.span.closes_at,
        "state": window.state,
        "answers": _answers(window),
    }
    return Window(pk=window.id, **(same | changes))


def _closed(opened: list[Window]) -> list[Entry]:
    over = (each for each in opened if each.state != State.OPEN)
    return [Entry(Act.WINDOW_CLOSED, subject=each.pk) for each in over]


def _save(rows: list[Window]) -> None:
    Window.objects.bulk_update(rows, ["agreement", "answers", "closes_at", "state", "ended_at"])
