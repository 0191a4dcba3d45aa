"""What stands against a time apart: suggesting one, showing it, saying yes to it.

Each check is given an act, the situation and an instant, and says whether it forbids the act.
`gate.GATE` says which ones are asked about which act.
"""

from datetime import datetime, timedelta
from uuid import UUID

from boundaries.rules.acts import AgreeToTimeApart, ShowTimeApart, SuggestTimeApart
from boundaries.rules.limits import SHORTEST_REST
from boundaries.rules.situation import Situation
from boundaries.rules.time_apart import (
    Standing,
    TimeApart,
    as_seen_by,
    first_and_last_day,
    is_open,
    rest_until,
)


def paused_by_author(act: SuggestTimeApart, situation: Situation, _: datetime) -> bool:
    """R14: one's own pause has to be lifted first; the other's is not to be noticed."""
    return act.by in situation.paused


def out_of_reach(act: SuggestTimeApart, _: Situation, at: datetime) -> bool:
    """A week ahead at the least, two years at the most."""
    first, last = first_and_last_day(at, act.zone)
    return not first <= act.day <= last


def another_suggested(act: SuggestTimeApart, situation: Situation, at: datetime) -> bool:
    """R11, by what its author sees, or a refusal would say what became of it."""
    return any(
        each.author == act.by and as_seen_by(act.by, each, at) is Standing.OPEN
        for each in situation.times_apart
    )


def resting(act: SuggestTimeApart, situation: Situation, at: datetime) -> bool:
    """R11."""
    own = (each for each in situation.times_apart if each.author == act.by)
    return any(rests(each, at, SHORTEST_REST) for each in own)


def rests(time_apart: TimeApart, at: datetime, rest: timedelta) -> bool:
    """Whether at `at` its author has still to wait, for whom `rest` is long enough."""
    until = rest_until(time_apart, at, rest)
    return until is not None and at < until


def not_received(act: ShowTimeApart | AgreeToTimeApart, situation: Situation, at: datetime) -> bool:
    """R11: the other receives none, or wants a longer rest between two."""
    limits, wished = situation.limits[reader(act)], act.time_apart
    return not limits.receives_proposals or any(
        each.author == wished.author
        and each.suggested_at < wished.suggested_at
        and rests(each, at, limits.rest)
        for each in situation.times_apart
    )


def not_theirs(act: ShowTimeApart | AgreeToTimeApart, _: Situation, __: datetime) -> bool:
    """Who suggested it chose it by that; the yes is the other's."""
    return reader(act) == act.time_apart.author


def not_open(act: ShowTimeApart | AgreeToTimeApart, _: Situation, at: datetime) -> bool:
    """It was declined, taken back, agreed to, void, or has lapsed."""
    return not is_open(act.time_apart, at)


def reader(act: ShowTimeApart | AgreeToTimeApart) -> UUID:
    """To whom it is suggested."""
    return act.to if isinstance(act, ShowTimeApart) else act.by
