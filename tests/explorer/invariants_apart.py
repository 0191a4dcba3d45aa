"""What must hold of times apart, in every state and of every act; see `invariants`.

Who stood by which suggestion, and until when both chose one, is told by `memory` alone.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from boundaries.rules import acts as rules
from tests.explorer import apart, model
from tests.explorer.acts import Act
from tests.explorer.domain import (
    DAY,
    MINUTE,
    MORE,
    NEVER,
    NO_TERMS,
    PERSONS,
    PROPOSED,
    TERMS,
    instant,
)
from tests.explorer.invariants import (
    BEGINNING,
    BEST,
    SUGGESTED,
    asking,
    best_asking,
    passing,
    something_stands,
)
from tests.explorer.memory import Node, Wish
from tests.explorer.model import NOT_ENDED, Pair, Proposed

FORTNIGHT = 14 * DAY


def nothing_passes_a_time_apart(now: Node) -> str | None:
    """R1, R6, R10: until its day it stands, whatever either does; nothing is asked or begins."""
    if now.memory.apart <= now.pair.now:
        return None
    if something_stands(now.pair):
        return "contact goes on during a time apart"
    for act in (*_new(now.pair), *asking(model.as_stored(now.pair))):
        if not model.ask(act, now.pair):
            return f"{type(act).__name__} passes the gate during a time apart"
    for name in passes_in_the_best_case_apart():
        return f"{name} would pass the gate during a time apart if all else were in order"
    return None


def only_both_choose_a_time_apart(before: Node, act: Act, now: Node) -> str | None:
    """R1: it begins with the yes of the one to whom it was suggested, to what still stands."""
    is_now = apart.apart_until(now.pair.times_apart, now.pair.now)
    if is_now in (NEVER, apart.apart_until(before.pair.times_apart, before.pair.now)):
        return None
    if act.name != "choose":
        return "a time apart began without a yes"
    wish = before.memory.wishes[act.what]
    if not _may_be_chosen(wish, act.who, before) or wish.until != is_now:
        return "a time apart began that only one person chose"
    return None


def only_what_stands_can_be_chosen(now: Node) -> str | None:
    """R10, R13, R14: nobody is shown, or may say yes to, what is not suggested to them any more."""
    for index, (row, wish) in enumerate(zip(now.pair.times_apart, now.memory.wishes, strict=True)):
        value = apart.value(index, row)
        for who, person in enumerate(PERSONS):
            if _may_be_chosen(wish, who, now):
                continue
            for act in rules.ShowTimeApart(person, value), rules.AgreeToTimeApart(person, value):
                if not model.ask(act, now.pair):
                    return f"{type(act).__name__} passes for a suggestion that does not stand"
    return None


def the_day_begins_nothing(before: Node, act: Act, now: Node) -> str | None:
    """R6, R14: when the day has come there is no contact, nothing asked, and a pause goes on."""
    if not before.pair.now < before.memory.apart <= now.pair.now or not act.of_time:
        return None
    if something_stands(now.pair) or now.pair.in_force != NO_TERMS:
        return "contact began with the end of a time apart"
    if any(_stands(row, now.pair) for row in now.pair.proposals):
        return "a proposal from before a time apart stands after it"
    if now.pair.paused != now.memory.paused:
        return "the end of a time apart lifted a pause"
    return None


def passes_in_the_best_case_apart(minutes: int = 1) -> list[str]:
    """What the gate lets through if nothing but a time apart, of so many minutes, is against it."""
    situation = replace(BEST, apart_until=BEGINNING + minutes * MINUTE)
    return passing((*best_asking(), *_best_new()), situation)


def _new(pair: Pair) -> Iterator[object]:
    """What either could put to the other."""
    today = instant(pair.now).date()
    for person in PERSONS:
        yield from (rules.Propose(person, TERMS[code]) for code in PROPOSED)
        for days in apart.DAYS_AHEAD:
            yield rules.SuggestTimeApart(person, today + timedelta(days=days), "UTC")


def _best_new() -> Iterator[object]:
    yield rules.Propose(PERSONS[0], MORE)
    yield rules.SuggestTimeApart(PERSONS[0], SUGGESTED.day, "UTC")


def _may_be_chosen(wish: Wish, who: int, node: Node) -> bool:
    """Whether this person could say yes to it as far as what was done and said goes."""
    pair, memory = node
    stopped = memory.parted or any(memory.paused) or pair.now < memory.apart
    lasts = pair.now < min(wish.until, wish.made + FORTNIGHT)
    return wish.stands and who != wish.author and lasts and not stopped


def _stands(row: Proposed, pair: Pair) -> bool:
    until = row.made + FORTNIGHT if row.due == NEVER else row.due
    return row.end == NOT_ENDED and pair.now < until


OF_STATES = (nothing_passes_a_time_apart, only_what_stands_can_be_chosen)
OF_ACTS = (only_both_choose_a_time_apart, the_day_begins_nothing)
