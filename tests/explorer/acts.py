"""What can be done in a state: by either person, by the worker, and by time."""

from collections.abc import Iterator
from typing import NamedTuple

from boundaries.rules import proposal_checks, proposals, time_apart
from boundaries.rules.limits import SHORTEST_REST
from boundaries.rules.proposals import Standing
from tests.explorer import apart, model
from tests.explorer.domain import (
    DAY,
    HOUR,
    LIMITS,
    MINUTE,
    NAMES,
    NEVER,
    NO_TERMS,
    PERSONS,
    PROPOSED,
    TERMS,
    instant,
    minute_of,
)
from tests.explorer.model import NOBODY, NOT_ENDED, Pair


class Act(NamedTuple):
    """One act. what: a place among limits, terms or proposals, as the act takes it."""

    name: str
    who: int = NOBODY
    what: int = 0

    @property
    def of_time(self) -> bool:
        """Whether no person does it."""
        return self.who == NOBODY


WAIT, DAY_PASSES, AWAY = Act("wait"), Act("day"), Act("away")
SETTLE, OPEN, TICK = Act("settle"), Act("open"), Act("tick")
"""The two halves of the worker's sweep, which may come late; and time passing with it at work."""

BY_THE_WORKER = (SETTLE, OPEN, TICK)


def acts_in(pair: Pair) -> Iterator[Act]:
    """All that may be tried, but what would surely change nothing."""
    for who in (0, 1):
        yield from _of_limits_and_terms(pair, who)
        yield from _of_proposals(pair, who)
        yield from _of_times_apart(pair, who)
        yield Act("lift" if pair.paused[who] else "pause", who)
        if not pair.parted:
            yield Act("part", who)
        if next_to(pair, "skip"):
            yield Act("skip", who)
        if next_to(pair, "go_ahead"):
            yield Act("go_ahead", who)
    yield from _of_time(pair)


def _of_limits_and_terms(pair: Pair, who: int) -> Iterator[Act]:
    for code in range(len(LIMITS.values)):
        if code != pair.limits[who]:
            yield Act("set_limits", who, code)
    for code in PROPOSED:
        if code != NO_TERMS:
            yield Act("propose", who, code)
        if code != pair.in_force or (code == NO_TERMS and pair.proposals):
            yield Act("take_less", who, code)


def _of_proposals(pair: Pair, who: int) -> Iterator[Act]:
    for index, row in enumerate(pair.proposals):
        if not row.yes[who]:
            yield Act("consent", who, index)
        if row.author != who:
            yield Act("decline", who, index)
        yield Act("withdraw", who, index)


def _of_times_apart(pair: Pair, who: int) -> Iterator[Act]:
    for choice in range(len(apart.DAYS_AHEAD)):
        yield Act("suggest", who, choice)
    for index, row in enumerate(pair.times_apart):
        if row.author == who:
            yield Act("take_back", who, index)
        else:
            yield Act("say_no", who, index)
        if row.agreed == NEVER:
            yield Act("choose", who, index)
        elif row.end == apart.NOT_ENDED:
            yield Act("let_be", who, index)


def _of_time(pair: Pair) -> Iterator[Act]:
    if is_due_to_settle(pair):
        yield SETTLE
    if any(not each.open and each.opens <= pair.now for each in pair.windows):
        yield OPEN
    coming = instants_that_matter(pair)
    if coming:
        yield WAIT
        yield TICK
        if len(coming) > 1:
            yield AWAY
        if coming[0] > pair.now + DAY and _is_asked(pair):
            yield DAY_PASSES


def is_due_to_settle(pair: Pair) -> bool:
    """Whether something waits for the worker."""
    return (
        any(each.open and each.closes <= pair.now for each in pair.windows)
        or any(model.is_due(pair, row) for row in pair.proposals)
        or (NEVER < pair.review <= pair.now)
    )


def instants_that_matter(pair: Pair) -> list[int]:
    """The coming instants at which some rule's answer may change though nobody acts, in order."""
    found = set(_of_windows(pair)) | {pair.review}
    for index, row in enumerate(pair.proposals):
        found |= set(_of_proposal(pair, index, row))
    for index, each in enumerate(pair.times_apart):
        found |= set(_of_time_apart(pair, index, each))
    return sorted(each for each in found if each > pair.now)


def _of_windows(pair: Pair) -> Iterator[int]:
    for each in pair.windows:
        yield each.opens
        yield each.closes
        if not each.open and each.opens <= pair.now:
            yield each.opens + model.IN_TIME + 1


def _of_proposal(pair: Pair, index: int, row: model.Proposed) -> Iterator[int]:
    value, at = model.proposal_value(index, row), instant(pair.now)
    if proposal_checks.seems_in_cooling_off(value, at):
        yield row.due
        if _stands(row):
            yield row.agreed + model.cooling_off(model.both_limits(pair.limits))
    elif model.seen(pair, row.author, index) is Standing.OPEN:
        yield row.made + model.LAPSE
    reader = model.both_limits(pair.limits)[PERSONS[1 - row.author]]
    for rest in (SHORTEST_REST, reader.rest):
        until = proposals.rest_until(value, at, rest)
        if until:
            yield minute_of(until)


def _of_time_apart(pair: Pair, index: int, row: apart.Apart) -> Iterator[int]:
    if apart.stands(row, pair.now):
        yield row.until
    elif apart.seen(pair.times_apart, pair.now, row.author, index) is time_apart.Standing.OPEN:
        yield apart.lapses(row)
    reader = model.both_limits(pair.limits)[PERSONS[1 - row.author]]
    for rest in (SHORTEST_REST, reader.rest):
        yield apart.rest_until(pair.times_apart, pair.now, index, rest // MINUTE)


def _stands(row: model.Proposed) -> bool:
    return row.end == NOT_ENDED


def _is_asked(pair: Pair) -> bool:
    """Whether a proposal is open or in cooling-off, so that a day more or less matters."""
    stands = (Standing.OPEN, Standing.COOLING_OFF)
    return any(model.standing(pair, index) in stands for index in range(len(pair.proposals)))


def next_to(pair: Pair, answer: str) -> model.Planned | None:
    """The next window to which one can still say "go_ahead", or "skip": until it ends."""
    if answer == "skip":
        return next((each for each in pair.windows if each.closes > pair.now), None)
    return next((each for each in pair.windows if not each.open and each.opens > pair.now), None)


def do(act: Act, pair: Pair) -> Pair:
    """What the act makes of the pair. Raises NotAllowedError if the gate forbids it."""
    match act.name:
        case "wait" | "tick" | "away" | "day":
            waited = model.wait(pair, until(act, pair))
            return sweep(waited) if act == TICK else waited
        case "settle":
            return model.settle(pair)
        case "open":
            return model.open_due(pair)
        case "pause" | "lift" | "part":
            return getattr(model, act.name)(pair, act.who)
        case "skip" | "go_ahead":
            window = next_to(pair, act.name)
            assert window
            return getattr(model, act.name)(pair, act.who, window.opens)
    return getattr(model, act.name)(pair, act.who, act.what)


def sweep(pair: Pair) -> Pair:
    """What `repair.tasks.sweep` does, in its order."""
    return model.open_due(model.settle(pair))


def until(act: Act, pair: Pair) -> int:
    """To which instant an act of time leads."""
    if act == DAY_PASSES:
        return pair.now + DAY
    coming = instants_that_matter(pair)
    return coming[-1] if act == AWAY else coming[0]


def in_words(act: Act, pair: Pair, *, swapped: bool = False) -> str:
    """The act in this state as a sentence; swapped: the state calls Ana Ben."""
    if act.of_time:
        return _time_in_words(act, pair)
    name = NAMES[act.who ^ swapped]
    match act.name:
        case "set_limits":
            return f"{name} sets limits to {LIMITS.names[act.what]}"
        case "take_less" | "propose":
            return f"{name}: {act.name} {TERMS.names[act.what]}"
        case "consent" | "decline" | "withdraw":
            row = pair.proposals[act.what]
            whose = NAMES[row.author ^ swapped]
            return f"{name}: {act.name}, {whose}'s proposal of {TERMS.names[row.terms]}"
        case "suggest":
            return f"{name} suggests a time apart of {apart.DAYS_AHEAD[act.what]} days"
        case "choose" | "say_no" | "take_back" | "let_be":
            whose = NAMES[pair.times_apart[act.what].author ^ swapped]
            return f"{name}: {act.name}, the time apart that {whose} suggested"
    return f"{name}: {act.name}"


def _time_in_words(act: Act, pair: Pair) -> str:
    if act in (SETTLE, OPEN):
        return "the worker settles what is due" if act == SETTLE else "the worker opens what is due"
    hours = (until(act, pair) - pair.now) / HOUR
    worker = "the worker is at work" if act == TICK else "the worker is away"
    return f"{hours:.2f} hours pass, {worker}"
