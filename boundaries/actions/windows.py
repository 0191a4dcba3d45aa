"""Windows: answering before one, and what time does to them (R20, R24)."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import F

from accounts.locks import locked_pair, locked_pairs
from accounts.models import Membership, Pair
from boundaries.actions.agreements import contact_of, end_all_contact
from boundaries.actions.planning import save_answers
from boundaries.actions.record import Act, Entry, add_to_record, add_to_records, try_to_record
from boundaries.exceptions import refuse_if
from boundaries.models import Window
from boundaries.queries import load_situation
from boundaries.rules import acts, gate
from boundaries.rules import windows as rules
from boundaries.rules.reasons import Reason
from boundaries.rules.situation import Situation
from boundaries.rules.windows import State

OPENED = {
    State.SKIPPED: Act.WINDOW_SKIPPED,
    State.MISSED: Act.WINDOW_MISSED,
    State.OPEN: Act.WINDOW_OPENED,
}


def go_ahead(*, by: Membership, window_id: UUID) -> None:
    """Say that one wants this conversation (R24). Saying it twice is saying it once.

    Raises RefusedError if it began or is not planned any more, and Window.DoesNotExist for another
    pair's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        window = Window.objects.get(pair=pair, pk=window_id).as_value()
        refuse_if(gate.reasons_against(acts.GoAhead(window), load_situation(pair, at), at))
        if by.person_id not in window.go_ahead:
            save_answers([window.answered(by.person_id, go_ahead=True)])
            add_to_record(pair, [Entry(Act.GO_AHEAD, by.person_id, window_id)], at)


def skip(*, by: Membership, window_id: UUID) -> bool:
    """Skip this conversation, alone, without a reason, until it ends (R24).

    Until it is due one can think again. The other learns only that it did not take place, when it
    did not, as if nobody had answered: neither that it was skipped nor when. If it has opened
    meanwhile, this is leaving it (R21). Return whether it was. Raises RefusedError if it is over or
    went away, and Window.DoesNotExist for another pair's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        window = Window.objects.get(pair=pair, pk=window_id).as_value()
        is_open = window.state is State.OPEN
        act = acts.Leave(window) if is_open else acts.Skip(window)
        refuse_if(gate.reasons_against(act, load_situation(pair, at), at))
        if is_open:
            _leave(pair, by, window_id, at)
        elif by.person_id not in window.skipped:
            save_answers([window.answered(by.person_id, go_ahead=False)])
            try_to_record(pair, [Entry(Act.SKIP, by.person_id, window_id)], at)
        return is_open


def leave(*, by: Membership, window_id: UUID) -> None:
    """Leave an open conversation early, alone; that closes it for both (R21).

    Leaving one that is not open any more changes nothing. It was not a whole one (R5).
    """
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        window = situation.window(window_id)
        if window is None or gate.reasons_against(acts.Leave(window), situation, at):
            return
        _leave(pair, by, window_id, at)


def open_due(
    pairs: Collection[Pair], situations: dict[UUID, Situation], at: datetime
) -> tuple[dict[UUID, rules.Window], list[tuple[Pair, Entry]]]:
    """Open the due windows of pairs whose locks are held.

    Returns those that opened, by pair, and what is to be recorded. One that nobody opened before
    its end never opens (R20); one that the gate forbids is skipped (R24).
    """
    outcomes: dict[State, list[rules.Window]] = {state: [] for state in OPENED}
    opened, entries = {}, []
    for pair in pairs:
        for window, state in _outcomes(situations[pair.pk], at):
            outcomes[state].append(window)
            entries.append((pair, Entry(OPENED[state], subject=window.id)))
            if state is State.OPEN:
                opened[pair.pk] = replace(window, state=State.OPEN)
    _write(outcomes, at)
    return opened, entries


def close_due(pair_ids: Collection[UUID]) -> None:
    """Close the open windows of these pairs whose end has come.

    One that was opened late is not a whole one, so it does not unlock more (R5).
    """
    with locked_pairs(pair_ids) as (pairs, at):
        due = Window.objects.filter(pair__in=pairs, state=State.OPEN, closes_at__lte=at)
        by_id = {pair.pk: pair for pair in pairs}
        closed = [(by_id[each.pair_id], each.pk) for each in due]
        in_time = due.filter(opened_at__lte=F("opens_at") + rules.WHOLE_IF_OPENED_WITHIN)
        in_time.update(state=State.HELD, ended_at=at)
        due.update(state=State.CUT_SHORT, ended_at=at)
        add_to_records(
            [(pair, Entry(Act.WINDOW_CLOSED, subject=window)) for pair, window in closed], at
        )


def lapse(pair_id: UUID) -> None:
    """End an agreement whose review has come (R6).

    While a window of it is still to be settled, it waits.
    """
    with locked_pair(pair_id) as (pair, at):
        situation = load_situation(pair, at)
        is_due = situation.review_at is not None and situation.review_at <= at
        if is_due and not situation.windows:
            ended = end_all_contact(pair, contact_of(situation, at), at, by=None)
            add_to_record(pair, [*ended, Entry(Act.LAPSED)], at)


def _leave(pair: Pair, by: Membership, window_id: UUID, at: datetime) -> None:
    Window.objects.filter(pk=window_id).update(state=State.CUT_SHORT, ended_at=at)
    left = Entry(Act.LEFT, by.person_id, window_id)
    try_to_record(pair, [left, Entry(Act.WINDOW_CLOSED, subject=window_id)], at)


def _due(situation: Situation, at: datetime) -> list[rules.Window]:
    return [
        window
        for window in situation.windows
        if window.state is State.PLANNED and window.span.opens_at <= at
    ]


def _outcomes(situation: Situation, at: datetime) -> Iterator[tuple[rules.Window, State]]:
    """What becomes of each due window; one that would open beside another waits for its end."""
    for window in _due(situation, at):
        reasons = gate.reasons_against(acts.OpenWindow(window), situation, at)
        if Reason.TOO_LATE in reasons:
            yield window, State.MISSED
        elif not reasons:
            yield window, State.OPEN
            situation = _with_open(situation, window)
        elif Reason.ONE_AT_A_TIME not in reasons:
            yield window, State.SKIPPED


def _with_open(situation: Situation, window: rules.Window) -> Situation:
    opened = replace(window, state=State.OPEN)
    windows = (opened if each.id == window.id else each for each in situation.windows)
    return replace(situation, windows=tuple(windows))


def _write(outcomes: dict[State, list[rules.Window]], at: datetime) -> None:
    for state, found in outcomes.items():
        if not found:
            continue
        when = {"opened_at": at} if state is State.OPEN else {"ended_at": at}
        rows = Window.objects.filter(pk__in=[window.id for window in found])
        rows.update(state=state, **when)
