"""What must hold in every state, and of every act.

Those of states are told a pair `now`, those of acts also how it was `before` and the act, each with
what is remembered (`memory`). They answer with a sentence if something is so that must not be. None
asks the function that it is to check: less and more come from `order`, what was said from `memory`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from uuid import UUID

from boundaries.rules import acts as rules
from boundaries.rules import gate
from boundaries.rules.proposals import Proposal, Standing
from boundaries.rules.situation import Situation
from boundaries.rules.time_apart import TimeApart
from boundaries.rules.windows import Span, State, Window
from tests.explorer import model, order
from tests.explorer.acts import BY_THE_WORKER, SETTLE, TICK, Act
from tests.explorer.domain import (
    DAY,
    HOUR,
    LESS,
    LIMITS,
    LONGEST_COOLING_OFF,
    MINUTE,
    MORE,
    NEVER,
    NO_TERMS,
    PERSONS,
    PROPOSED,
    SATURDAY,
    TERMS,
    WIDE,
    instant,
)
from tests.explorer.memory import Node
from tests.explorer.model import GO_AHEAD, NOT_ENDED, SKIP, Pair


def in_force_is_within_both_limits(now: Node) -> str | None:
    """R8."""
    if all(order.within(now.pair.in_force, limits) for limits in now.pair.limits):
        return None
    return "what is in force is more than somebody's limits"


def more_needs_two_fresh_consents(before: Node, _: Act, now: Node) -> str | None:
    """R2, R3, R4: to exactly these terms, since the last decrease, a whole cooling-off ago."""
    if not order.has_grown(before.pair, now.pair):
        return None
    ripe = any(
        row.terms == now.pair.in_force and given.is_ripe(now.pair)
        for row, given in zip(before.pair.proposals, before.memory.given, strict=True)
    )
    return None if ripe else "contact was added without two fresh consents and their cooling-off"


def nothing_passes_a_pause(now: Node) -> str | None:
    """R13, R14."""
    if not any(now.memory.paused):
        return None
    if something_stands(now.pair):
        return "contact goes on while somebody's pause stands"
    return _passes(now.pair, "while somebody's pause stands")


def parted_is_the_end(now: Node) -> str | None:
    """R16."""
    if not now.memory.parted:
        return None
    if something_stands(now.pair):
        return "a parted pair has contact"
    if any(row.end == NOT_ENDED and row.due > now.pair.now for row in now.pair.proposals):
        return "a parted pair has a proposal in cooling-off"
    asked = (rules.Propose(person, TERMS[code]) for person in PERSONS for code in PROPOSED)
    if any(not model.ask(act, now.pair) for act in asked):
        return "in a parted pair something new can be proposed"
    return _passes(now.pair, "in a parted pair")


def time_adds_nothing(before: Node, act: Act, now: Node) -> str | None:
    """R6, R7: time brings what both agreed to, and else only ends things."""
    if not act.of_time:
        return None
    was, is_now = before.pair, now.pair
    if act not in BY_THE_WORKER and is_now != was._replace(now=is_now.now):
        return "something changed though nobody acted and no worker ran"
    if (was.limits, was.paused, was.parted) != (is_now.limits, is_now.paused, is_now.parted):
        return "time changed limits, a pause or a parting"
    agreed = any(given.by_both for given in before.memory.given)
    if order.has_grown(was, is_now) and not agreed:
        return "time alone added contact"
    return None


def alone_only_less(before: Node, act: Act, now: Node) -> str | None:
    """R1, R9, R14, R24: what one person does adds nothing at once, and leaves what is the other's;
    nor does it let a conversation through that waited for their yes, but that yes.
    """
    if act.of_time:
        return None
    was, is_now, other = before.pair, now.pair, 1 - act.who
    if order.has_grown(was, is_now):
        return "one person alone added contact"
    if (was.limits[other], was.paused[other]) != (is_now.limits[other], is_now.paused[other]):
        return "one person changed what is the other's"
    answers = {each.opens: each.answers for each in was.windows}
    if any(answers[each.opens][other] != each.answers[other] for each in is_now.windows):
        return "one person answered for the other"
    let_through = any(
        _holds_back(act.who, answers[each.opens], was)
        and not _holds_back(act.who, each.answers, is_now)
        for each in is_now.windows
        if not each.open
    )
    if let_through and act.name != "go_ahead":
        return "a skip was forgotten, or that a yes was needed"
    return None


def _holds_back(who: int, answers: tuple[int, int], pair: Pair) -> bool:
    """R24: whether a conversation waits for this person's yes, or is without it."""
    asked = TERMS[pair.in_force].ask_before_each or LIMITS[pair.limits[who]].ask_before_each
    return answers[who] == SKIP or (asked and answers[who] != GO_AHEAD)


def one_increase_at_a_time(now: Node) -> str | None:
    """R5."""
    cooling_off = [row for row in now.pair.proposals if row.end == NOT_ENDED and row.due != NEVER]
    return "two increases are in cooling-off at once" if len(cooling_off) > 1 else None


def more_only_after_a_whole_window(before: Node, _: Act, now: Node) -> str | None:
    """R5: more than what was in force last, only after one whole window of that."""
    code, memory = now.pair.in_force, before.memory
    if code in (before.pair.in_force, NO_TERMS) or memory.last == model.NOBODY or memory.held:
        return None
    if order.no_more(code, memory.last):
        return None
    return "more than what was in force last, and no whole window of it was held"


def what_is_planned_was_agreed(now: Node) -> str | None:
    """R1, R6: what is open or ahead is one of the terms in force, and ahead only before the review.

    What is due, and waits for the worker, is left to the gate: see `what_is_delivered_was_agreed`.
    """
    for each in now.pair.windows:
        ahead = each.opens > now.pair.now
        if (each.open or ahead) and not order.names(now.pair.in_force, each.opens, each.closes):
            return "a window is open or planned that is not one of the terms in force"
        if ahead and each.closes > now.pair.review:
            return "a window is planned for after the review"
    return None


def what_is_delivered_was_agreed(now: Node) -> str | None:
    """R1, R8, R18, R20: only a window of the terms in force brings something, while it lasts."""
    for each in now.pair.windows:
        agreed = order.names(now.pair.in_force, each.opens, each.closes)
        arrival = rules.NotifyOfArrival(model.window_value(each))
        if not (agreed and each.open) and not model.ask(arrival, now.pair):
            return "it is told that something came where nothing can have come"
        if agreed and each.opens <= now.pair.now < each.closes:
            continue
        for act in _of_a_window(model.window_value(each)):
            if not model.ask(act, now.pair):
                return f"{type(act).__name__} passes for a conversation that is not agreed to"
    return None


def what_opens_was_agreed(before: Node, _: Act, now: Node) -> str | None:
    """R8, R20, R24: a window opens in its time, and with the yes that it needs."""
    was_open = {each.opens for each in before.pair.windows if each.open}
    for each in now.pair.windows:
        if each.open and each.opens not in was_open and not _may_open(each, now.pair):
            return "a window opened too late, or that somebody did not want"
    return None


def _may_open(window: model.Planned, pair: Pair) -> bool:
    asked = TERMS[pair.in_force].ask_before_each
    return window.opens <= pair.now < window.closes and all(
        answer == GO_AHEAD or (answer != SKIP and not asked and not LIMITS[code].ask_before_each)
        for answer, code in zip(window.answers, pair.limits, strict=True)
    )


def silence_ends_it(before: Node, act: Act, now: Node) -> str | None:
    """R6: an agreement whose review has come, and that nobody renewed, is over."""
    was, is_now = before.pair, now.pair
    if act not in (SETTLE, TICK) or was.windows or not was.agreement:
        return None
    if was.review <= is_now.now and is_now.number == was.number and is_now.agreement:
        return "an agreement goes on after its review"
    return None


def over_stays_over(before: Node, _: Act, now: Node) -> str | None:
    """R4, R7: what both have read not to have taken force does not stand again."""
    for who, index in product((0, 1), range(len(before.pair.proposals))):
        was, is_now = (model.seen(each.pair, who, index) for each in (before, now))
        if was is Standing.NOT_IN_FORCE is not is_now:
            return "what was said not to have taken force is said to be something else"
    return None


OF_STATES = (
    in_force_is_within_both_limits,
    nothing_passes_a_pause,
    parted_is_the_end,
    one_increase_at_a_time,
    what_is_planned_was_agreed,
    what_is_delivered_was_agreed,
)
OF_ACTS = (
    more_needs_two_fresh_consents,
    time_adds_nothing,
    alone_only_less,
    more_only_after_a_whole_window,
    what_opens_was_agreed,
    silence_ends_it,
    over_stays_over,
)


def something_stands(pair: Pair) -> bool:
    """Whether terms are in force, a window is open, or one is planned that is not due."""
    return pair.in_force != NO_TERMS or any(
        each.open or each.opens > pair.now for each in pair.windows
    )


def _passes(pair: Pair, when: str) -> str | None:
    """A sentence if the gate lets something through, in this pair or if all else were in order."""
    for act in delivering(model.as_stored(pair)):
        if not model.ask(act, pair):
            return f"{type(act).__name__} passes the gate {when}"
    for name in passes_in_the_best_case(pair.paused, pair.parted):
        return f"{name} would pass the gate {when} if all else were in order"
    return None


def delivering(situation: Situation) -> Iterator[object]:
    """What could bring something to somebody, of all that is there."""
    yield rules.NotifyAhead()
    for window in situation.windows:
        yield from (*_of_a_window(window), rules.NotifyOfArrival(window))
    yield from asking(situation)


def asking(situation: Situation) -> Iterator[object]:
    """What could show somebody what the other asks, or make it hold."""
    for proposal in situation.proposals:
        yield rules.TakeForce(proposal)
        for person in PERSONS:
            yield from (rules.Show(person, proposal), rules.Consent(person, proposal))
    for each in situation.times_apart:
        for person in PERSONS:
            yield from (rules.ShowTimeApart(person, each), rules.AgreeToTimeApart(person, each))


def _of_a_window(window: Window) -> tuple[object, ...]:
    return rules.OpenWindow(window), rules.Release(window, 1, 0), rules.Notify(window)


def passes_in_the_best_case(paused: tuple[bool, bool], parted: bool) -> list[str]:
    """What the gate lets through if nothing but a pause or the end is against it.

    A pause also ends the agreement, so that in the pair itself there is more against it. This asks
    whether the gate would hold alone.
    """
    those = frozenset(person for person, has in zip(PERSONS, paused, strict=True) if has)
    return passing(best_acts(), replace(BEST, paused=those, parted=parted))


def passing(acts: Iterable[object], situation: Situation) -> list[str]:
    """Which of these acts the gate lets through at their best moment, by name."""
    allowed = (act for act in acts if not gate.reasons_against(act, situation, BEGINNING))
    return [type(act).__name__ for act in allowed]


BEST = Situation(
    limits=dict.fromkeys(PERSONS, WIDE),
    in_force=LESS,
    agreement=model.number_id(1),
    number=1,
    last_in_force=LESS,
    held_whole=True,
)
"""Nothing is against anything here."""

BEGINNING = instant(SATURDAY * DAY + 18 * HOUR)
"""When a conversation of LESS and of MORE begins."""

SUGGESTED = TimeApart(
    id=UUID(int=3),
    author=PERSONS[0],
    day=(BEGINNING + 21 * DAY * MINUTE).date(),
    ends_at=BEGINNING + 21 * DAY * MINUTE,
    suggested_at=BEGINNING - DAY * MINUTE,
)


def best_acts() -> Iterator[object]:
    """All that could bring something, each at its best moment."""
    window = Window(UUID(int=1), Span(BEGINNING, BEGINNING + 30 * MINUTE), State.PLANNED)
    opened = replace(window, state=State.OPEN, agreement=model.number_id(1))
    yield from (rules.OpenWindow(window), rules.Release(opened, 1, 0), rules.Notify(opened))
    yield from (rules.NotifyOfArrival(opened), rules.NotifyAhead())
    yield from best_asking()


def best_asking() -> Iterator[object]:
    """All that could show what the other asks, or make it hold, each at its best moment."""
    first, second = PERSONS
    made_at = BEGINNING - 10 * DAY * MINUTE
    proposal = Proposal(UUID(int=2), first, MORE, model.number_id(1), made_at)
    yield from (rules.Show(second, proposal), rules.Consent(second, proposal))
    agreed = made_at + 2 * DAY * MINUTE
    yield rules.TakeForce(
        replace(
            proposal,
            agreed_at=agreed,
            takes_force_at=agreed + LONGEST_COOLING_OFF * MINUTE,
            consented=frozenset(PERSONS),
        )
    )
    yield rules.ShowTimeApart(second, SUGGESTED)
    yield rules.AgreeToTimeApart(second, SUGGESTED)
