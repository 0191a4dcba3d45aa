"""What somebody would remember who watched the acts and saw what is in force, and no more.

The invariants judge by this and not by what the model keeps: that a consent stands, that a pause
does, or that a window was whole, is what they are to be sure of.
"""

from typing import NamedTuple

from tests.explorer import acts, order
from tests.explorer.acts import Act
from tests.explorer.apart import DAYS_AHEAD
from tests.explorer.domain import DAY, LIMITS, MINUTE, NEVER, NO_TERMS
from tests.explorer.model import IN_TIME, NOBODY, Pair, Planned, put


class Given(NamedTuple):
    """When each said yes to one proposal; NEVER also once they took it back, had less, or set
    limits that forbid it, or a cooling-off that is longer than its.

    longest: the longer of both cooling-offs at the second yes.
    """

    at: tuple[int, int] = (NEVER, NEVER)
    longest: int = 0

    @property
    def by_both(self) -> bool:
        return NEVER not in self.at

    def is_ripe(self, now: Pair) -> bool:
        """Whether both said yes a whole cooling-off ago."""
        return self.by_both and now.now - max(self.at) >= self.longest


class Wish(NamedTuple):
    """One suggestion of a time apart as it was made. stands: its author still stands by it, nobody
    said no or paused since, and nothing else was chosen.
    """

    author: int
    until: int
    made: int
    stands: bool


class Memory(NamedTuple):
    """given: for each proposal, in their order. last: what was in force last. held: whether a whole
    window was since. unbroken: whether the open one began in time, and under the terms as they are.
    wishes: for each time apart, in their order. apart: the first minute of the day until which both
    chose one, whatever was done since.
    """

    paused: tuple[bool, bool] = (False, False)
    parted: bool = False
    given: tuple[Given, ...] = ()
    last: int = NOBODY
    held: bool = False
    unbroken: bool = False
    wishes: tuple[Wish, ...] = ()
    apart: int = NEVER


class Node(NamedTuple):
    """A pair, and what is remembered of how it came to be so."""

    pair: Pair = Pair()
    memory: Memory = Memory()


def after(node: Node, act: Act) -> Node:
    """The pair after an act, remembered. Raises NotAllowedError if the gate forbids it."""
    pair = acts.do(act, node.pair)
    return Node(pair, remember(node.memory, node.pair, act, pair))


def remember(memory: Memory, before: Pair, act: Act, now: Pair) -> Memory:
    """What is remembered after an act that was not refused."""
    if act.name in ("pause", "lift"):
        memory = memory._replace(paused=put(memory.paused, act.who, act.name == "pause"))
    if act.name == "part":
        memory = memory._replace(parted=True)
    given = _given(memory.given, before, act, now)
    chosen = act.name == "choose" and before != now
    lessened = act.name in ("pause", "part", "take_less") or chosen
    if lessened or before.in_force != now.in_force:
        given = tuple(Given() for _ in given)
    if chosen:
        memory = memory._replace(apart=memory.wishes[act.what].until)
    memory = memory._replace(given=given, wishes=_wishes(memory.wishes, before, act, now))
    return _held(memory, before, now)


def _wishes(wishes: tuple[Wish, ...], before: Pair, act: Act, now: Pair) -> tuple[Wish, ...]:
    """Of those that are over, no more is remembered than that they are."""
    match act.name:
        case "suggest" if len(now.times_apart) > len(before.times_apart):
            until = (now.now // DAY + DAYS_AHEAD[act.what]) * DAY
            return (*wishes, Wish(act.who, until, now.now, stands=not any(now.paused)))
        case "take_back" | "say_no":
            return put(wishes, act.what, wishes[act.what]._replace(stands=False))
        case "pause" | "choose" if before != now:
            return tuple(each._replace(stands=False) for each in wishes)
    return wishes


def _given(given: tuple[Given, ...], before: Pair, act: Act, now: Pair) -> tuple[Given, ...]:
    if act.name == "propose" and len(now.proposals) > len(before.proposals):
        return (*given, _yes(Given(), act.who, now))
    if act.name == "consent" and before != now:
        return put(given, act.what, _yes(given[act.what], act.who, now))
    if act.name in ("withdraw", "decline"):
        return put(given, act.what, _no_more(given[act.what], act.who))
    if act.name == "set_limits":
        both = zip(given, before.proposals, strict=True)
        return tuple(_within(kept, row.terms, act) for kept, row in both)
    return given


def _no_more(given: Given, who: int) -> Given:
    return given._replace(at=put(given.at, who, NEVER))


def _within(given: Given, terms: int, act: Act) -> Given:
    """What is left of it once this person has set limits."""
    too_soon = given.by_both and LIMITS[act.what].cooling_off // MINUTE > given.longest
    forbidden = too_soon or not order.within(terms, act.what)
    return _no_more(given, act.who) if forbidden else given


def _yes(given: Given, who: int, now: Pair) -> Given:
    given = given._replace(at=put(given.at, who, now.now))
    return given._replace(longest=longest_of_both(now)) if given.by_both else given


def longest_of_both(pair: Pair) -> int:
    """The longer of the cooling-offs that both want now."""
    return max(LIMITS[code].cooling_off // MINUTE for code in pair.limits)


def _held(memory: Memory, before: Pair, now: Pair) -> Memory:
    """Whether a whole window was held, and whether the open one may still become one."""
    earlier, opened = _open(before), _open(now)
    same = before.in_force == now.in_force
    if earlier and now.now >= earlier.closes and memory.unbroken:
        still = opened is not None and opened.opens == earlier.opens
        memory = memory._replace(held=memory.held or not still)
    if not same and now.in_force != NO_TERMS:
        memory = memory._replace(last=now.in_force, held=False)
    if opened is None:
        return memory._replace(unbroken=False)
    if earlier is None or earlier.opens != opened.opens:
        return memory._replace(unbroken=now.now <= opened.opens + IN_TIME)
    return memory._replace(unbroken=memory.unbroken and same)


def _open(pair: Pair) -> Planned | None:
    return next((each for each in pair.windows if each.open), None)
