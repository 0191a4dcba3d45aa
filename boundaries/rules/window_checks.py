"""What stands against acts in a window: opening it, answering, releasing, talking, leaving.

Each check is given an act, the situation and an instant, and says whether it forbids the act.
`gate.GATE` says which ones are asked about which act.
"""

from datetime import datetime
from uuid import UUID

from boundaries.rules import reading
from boundaries.rules.acts import (
    GoAhead,
    Leave,
    Notify,
    NotifyOfArrival,
    OpenWindow,
    Release,
    Say,
    Skip,
)
from boundaries.rules.limits import Limits
from boundaries.rules.situation import Situation
from boundaries.rules.talk import LONGEST_MESSAGE, MOST_MESSAGES
from boundaries.rules.windows import TOOK_PLACE, State, Window, days_between, fits_hours, named

InAWindow = OpenWindow | Release | Say | Leave | Notify


def not_agreed(act: InAWindow, situation: Situation, _: datetime) -> bool:
    """R1: a window that is not one of the terms in force, whoever planned it, brings nothing."""
    span = act.window.span
    agreed = named(situation.in_force, span.opens_at)
    return agreed is None or agreed.closes_at < span.closes_at


def ended_since(act: NotifyOfArrival, situation: Situation, _: datetime) -> bool:
    """R13, R28: a pause, or another end of what was agreed, cancels what was not told yet."""
    return situation.agreement is None or act.window.agreement != situation.agreement


def too_early(act: OpenWindow, _: Situation, at: datetime) -> bool:
    """The beginning is part of the window."""
    return at < act.window.span.opens_at


def too_late(act: InAWindow | Skip, _: Situation, at: datetime) -> bool:
    """R20: the end is not part of the window."""
    return at >= act.window.span.closes_at


def begun(act: GoAhead, _: Situation, at: datetime) -> bool:
    """R24: a "go ahead" comes before the beginning, or not at all."""
    return at >= act.window.span.opens_at


def not_planned(act: OpenWindow | GoAhead | Skip, _: Situation, __: datetime) -> bool:
    """It opened already, or it will not."""
    return act.window.state is not State.PLANNED


def not_open(act: Release | Say | Leave | Notify, _: Situation, __: datetime) -> bool:
    """R17: outside an open window nothing is delivered."""
    return act.window.state is not State.OPEN


def never_opened(act: NotifyOfArrival, _: Situation, __: datetime) -> bool:
    """R17: what did not take place brought nothing."""
    return act.window.state not in TOOK_PLACE | {State.OPEN}


def another_open(act: OpenWindow, situation: Situation, _: datetime) -> bool:
    """One conversation at a time."""
    return any(
        window.state is State.OPEN and window.id != act.window.id for window in situation.windows
    )


def not_confirmed(act: InAWindow, situation: Situation, _: datetime) -> bool:
    """R24: whoever wanted to be asked, or both if the terms say so, must have said "go ahead"."""
    return any(
        needs_go_ahead(person, situation) and person not in act.window.go_ahead
        for person in situation.limits
    )


def skipped(act: OpenWindow, _: Situation, __: datetime) -> bool:
    """R24: either skips a conversation alone."""
    return bool(act.window.skipped)


def needs_go_ahead(person: UUID, situation: Situation) -> bool:
    """Whether no conversation opens without this person's "go ahead"."""
    return situation.in_force.ask_before_each or situation.limits[person].ask_before_each


def outside_hours(act: Release | Say | Notify, situation: Situation, _: datetime) -> bool:
    """R8: for this one conversation, in each person's own zone."""
    return not all(fits_hours(act.window.span, limits) for limits in situation.limits.values())


def outside_hours_or_too_soon(act: OpenWindow, situation: Situation, _: datetime) -> bool:
    """R8: for this one conversation, also the distance from the last, of whatever agreement."""
    return not all(fits(act.window, limits, situation) for limits in situation.limits.values())


def fits(window: Window, limits: Limits, situation: Situation) -> bool:
    """Whether one person's hours, and the distance that they want, allow this conversation."""
    last, zone = situation.last_conversation, situation.in_force.zone
    distance = limits.days_between or 0
    far = last is None or days_between(last, window.span.opens_at, zone) >= distance
    return far and fits_hours(window.span, limits)


def too_many_letters(act: Release, situation: Situation, _: datetime) -> bool:
    """R18."""
    return act.released >= situation.in_force.letters


def letter_too_long(act: Release, situation: Situation, _: datetime) -> bool:
    """R18."""
    return act.length > situation.in_force.letter_length


def not_live(_: Say, situation: Situation, __: datetime) -> bool:
    """R21: live talk is a part of the terms; limits are asked apart."""
    return not situation.in_force.live


def message_too_long(act: Say, _: Situation, __: datetime) -> bool:
    """R21."""
    return act.length > LONGEST_MESSAGE


def too_many_messages(act: Say, _: Situation, __: datetime) -> bool:
    """R21."""
    return act.recent >= MOST_MESSAGES


def not_read_again(act: Release, _: Situation, __: datetime) -> bool:
    """R17, R18: its author wanted it to go only after they had read it again, and did not."""
    if act.read_ahead is None:
        return False
    return not reading.counts(act.read_at, act.window.span.opens_at, act.read_ahead)
