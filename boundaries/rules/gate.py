"""The one gate: may this happen now?

`reasons_against(act, situation, at)` is the only answer to that question. Pages, workers and tests
all ask it, at the instant of the act and under the pair's lock. It returns nothing, or the reasons
against; it raises nothing, queries nothing and writes nothing. `GATE` at the end is the whole of
it, one line for each act. What each line means is here if it is about the pair, else in
`window_checks`, `proposal_checks` and `time_apart_checks`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from boundaries.rules import doors, proposal_checks, time_apart_checks, window_checks
from boundaries.rules.acts import (
    AgreeToTimeApart,
    BeginAgain,
    Consent,
    GoAhead,
    Leave,
    Notify,
    NotifyAhead,
    NotifyOfArrival,
    OpenDoor,
    OpenWindow,
    Propose,
    Release,
    Say,
    Show,
    ShowTimeApart,
    Skip,
    SuggestTimeApart,
    TakeForce,
    TakeLess,
)
from boundaries.rules.limits import within
from boundaries.rules.proposals import End, is_due
from boundaries.rules.reasons import Reason
from boundaries.rules.situation import Situation

Check = Callable[[Any, Situation, datetime], bool]


def reasons_against(act: object, situation: Situation, at: datetime) -> tuple[Reason, ...]:
    """Why `act` may not happen at `at` (an aware instant); empty if it may.

    Raises KeyError for what is not an act.
    """
    return tuple(
        reason for reason, forbids in GATE[type(act)].items() if forbids(act, situation, at)
    )


def settled(situation: Situation, at: datetime) -> Situation:
    """The situation in which what is over is over and what is due and forbidden void, at once.

    Also before a worker has come: so from its instant on no page and no refusal tells why something
    did not take force (R4). Its end has no instant, as long as nobody has written it down.
    """
    if situation.apart_until and not apart(None, situation, at):
        situation = replace(situation, apart_until=None)
    if not any(is_due(each, at) for each in situation.proposals):
        return situation
    proposals = (
        replace(each, end=End.VOID)
        if is_due(each, at) and reasons_against(TakeForce(each), situation, at)
        else each
        for each in situation.proposals
    )
    return replace(situation, proposals=tuple(proposals))


def parted(_: object, situation: Situation, __: datetime) -> bool:
    """R16."""
    return situation.parted


def paused(_: object, situation: Situation, __: datetime) -> bool:
    """R13: anybody's pause stops all."""
    return bool(situation.paused)


def apart(_: object, situation: Situation, at: datetime) -> bool:
    """R1, R6: while a time apart stands that both chose, nothing is asked and nothing begins."""
    return situation.apart_until is not None and at < situation.apart_until


def in_force_beyond_limits(_: object, situation: Situation, __: datetime) -> bool:
    """R8, asked again wherever contact happens; lowering a limit has cut the terms already."""
    return not all(within(situation.in_force, limits) for limits in situation.limits.values())


def not_less(act: TakeLess, situation: Situation, _: datetime) -> bool:
    """R1: what is not less in every respect needs both."""
    return not act.terms < situation.in_force


def not_parted(_: object, situation: Situation, __: datetime) -> bool:
    """R16: a door is left open after the end, not before."""
    return not situation.parted


def begun_again(act: OpenDoor | BeginAgain, _: Situation, __: datetime) -> bool:
    """R16: only the doors of the last pair of the same two count, or these might never meet."""
    return act.has_begun_again


def doors_not_open(_: object, situation: Situation, at: datetime) -> bool:
    """R16: until both are open, and have been for a while, neither is told."""
    return not doors.meet(situation.doors, situation.limits, at)


GATE: Mapping[type, Mapping[Reason, Check]] = {
    OpenWindow: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: window_checks.not_agreed,
        Reason.BEYOND_LIMITS: in_force_beyond_limits,
        Reason.OUTSIDE_HOURS: window_checks.outside_hours_or_too_soon,
        Reason.NOT_CONFIRMED: window_checks.not_confirmed,
        Reason.SKIPPED: window_checks.skipped,
        Reason.NOT_PLANNED: window_checks.not_planned,
        Reason.ONE_AT_A_TIME: window_checks.another_open,
        Reason.TOO_EARLY: window_checks.too_early,
        Reason.TOO_LATE: window_checks.too_late,
    },
    GoAhead: {
        Reason.PARTED: parted,
        Reason.NOT_PLANNED: window_checks.not_planned,
        Reason.TOO_LATE: window_checks.begun,
    },
    Skip: {
        Reason.PARTED: parted,
        Reason.NOT_PLANNED: window_checks.not_planned,
        Reason.TOO_LATE: window_checks.too_late,
    },
    Release: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: window_checks.not_agreed,
        Reason.BEYOND_LIMITS: in_force_beyond_limits,
        Reason.OUTSIDE_HOURS: window_checks.outside_hours,
        Reason.NOT_CONFIRMED: window_checks.not_confirmed,
        Reason.NOT_OPEN: window_checks.not_open,
        Reason.TOO_LATE: window_checks.too_late,
        Reason.TOO_MANY_LETTERS: window_checks.too_many_letters,
        Reason.LETTER_TOO_LONG: window_checks.letter_too_long,
        Reason.NOT_READ_AGAIN: window_checks.not_read_again,
    },
    Say: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: window_checks.not_agreed,
        Reason.NOT_LIVE: window_checks.not_live,
        Reason.BEYOND_LIMITS: in_force_beyond_limits,
        Reason.OUTSIDE_HOURS: window_checks.outside_hours,
        Reason.NOT_CONFIRMED: window_checks.not_confirmed,
        Reason.NOT_OPEN: window_checks.not_open,
        Reason.TOO_LATE: window_checks.too_late,
        Reason.MESSAGE_TOO_LONG: window_checks.message_too_long,
        Reason.TOO_MANY_MESSAGES: window_checks.too_many_messages,
    },
    Leave: {
        Reason.NOT_OPEN: window_checks.not_open,
        Reason.TOO_LATE: window_checks.too_late,
    },
    Notify: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: window_checks.not_agreed,
        Reason.BEYOND_LIMITS: in_force_beyond_limits,
        Reason.OUTSIDE_HOURS: window_checks.outside_hours,
        Reason.NOT_CONFIRMED: window_checks.not_confirmed,
        Reason.NOT_OPEN: window_checks.not_open,
        Reason.TOO_LATE: window_checks.too_late,
    },
    NotifyOfArrival: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: window_checks.ended_since,
        Reason.NOT_OPEN: window_checks.never_opened,
    },
    NotifyAhead: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
    },
    TakeLess: {
        Reason.PARTED: parted,
        Reason.NOT_LESS: not_less,
    },
    Propose: {
        Reason.PARTED: parted,
        Reason.TIME_APART: apart,
        Reason.OWN_PAUSE: proposal_checks.paused_by_proposer,
        Reason.NOT_MORE: proposal_checks.not_more,
        Reason.BEYOND_OWN_LIMITS: proposal_checks.beyond_own_limits,
        Reason.OUTSIDE_OWN_HOURS: proposal_checks.outside_own_hours,
        Reason.TOO_SOON_FOR_MORE: proposal_checks.too_soon_for_more,
        Reason.ONE_AT_A_TIME: proposal_checks.one_at_a_time,
        Reason.RESTING: proposal_checks.resting,
    },
    Show: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.TIME_APART: apart,
        Reason.NOT_THEIRS: proposal_checks.not_theirs,
        Reason.NOT_STANDING: proposal_checks.not_open_proposal,
        Reason.NOT_RECEIVED: proposal_checks.not_received,
        Reason.CHANGED_MEANWHILE: proposal_checks.changed_meanwhile,
        Reason.BEYOND_LIMITS: proposal_checks.beyond_limits,
    },
    Consent: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.TIME_APART: apart,
        Reason.NOT_THEIRS: proposal_checks.not_theirs,
        Reason.NOT_STANDING: proposal_checks.not_open_proposal,
        Reason.NOT_RECEIVED: proposal_checks.not_received,
        Reason.CHANGED_MEANWHILE: proposal_checks.changed_meanwhile,
        Reason.BEYOND_LIMITS: proposal_checks.beyond_limits,
        Reason.TOO_SOON_FOR_MORE: proposal_checks.too_soon_for_more,
        Reason.COOLING_OFF: proposal_checks.another_in_cooling_off,
    },
    OpenDoor: {
        Reason.NOT_PARTED: not_parted,
        Reason.BEGUN_AGAIN: begun_again,
    },
    BeginAgain: {
        Reason.NOT_PARTED: not_parted,
        Reason.BEGUN_AGAIN: begun_again,
        Reason.DOORS_NOT_OPEN: doors_not_open,
    },
    TakeForce: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.TIME_APART: apart,
        Reason.NOT_STANDING: proposal_checks.not_cooling_off,
        Reason.NOT_CONFIRMED: proposal_checks.not_both_consented,
        Reason.COOLING_OFF: proposal_checks.cooling_off,
        Reason.CHANGED_MEANWHILE: proposal_checks.changed_meanwhile,
        Reason.BEYOND_LIMITS: proposal_checks.beyond_limits,
        Reason.TOO_SOON_FOR_MORE: proposal_checks.too_soon_for_more,
    },
    SuggestTimeApart: {
        Reason.PARTED: parted,
        Reason.OWN_PAUSE: time_apart_checks.paused_by_author,
        Reason.TIME_APART: apart,
        Reason.DAY_OUT_OF_REACH: time_apart_checks.out_of_reach,
        Reason.ALREADY_SUGGESTED: time_apart_checks.another_suggested,
        Reason.SUGGESTION_RESTS: time_apart_checks.resting,
    },
    ShowTimeApart: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.TIME_APART: apart,
        Reason.NOT_THEIRS: time_apart_checks.not_theirs,
        Reason.NOT_STANDING: time_apart_checks.not_open,
        Reason.NOT_RECEIVED: time_apart_checks.not_received,
    },
    AgreeToTimeApart: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.TIME_APART: apart,
        Reason.NOT_THEIRS: time_apart_checks.not_theirs,
        Reason.NOT_STANDING: time_apart_checks.not_open,
        Reason.NOT_RECEIVED: time_apart_checks.not_received,
    },
}
"""What forbids each act."""
