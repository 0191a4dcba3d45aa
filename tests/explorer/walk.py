"""The search: breadth first, each state once, all invariants after every act."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple
from unittest import mock

from boundaries.rules import windows
from tests.explorer import acts, invariants, invariants_apart, memory
from tests.explorer.acts import Act
from tests.explorer.memory import Node
from tests.explorer.model import NotAllowedError
from tests.explorer.quotient import canonical
from tests.explorer.swift import swift_rules

WINDOWS_UNTIL_REVIEW = 2
"""Instead of six: so few that the review comes within reach. No rule knows the number otherwise."""


OfState = Callable[[Node], str | None]
OfAct = Callable[[Node, Act, Node], str | None]

OF_STATES: tuple[OfState, ...] = (*invariants.OF_STATES, *invariants_apart.OF_STATES)
OF_ACTS: tuple[OfAct, ...] = (*invariants.OF_ACTS, *invariants_apart.OF_ACTS)

NEW_PAIR: tuple[Act, ...] = ()
WIDE_LIMITS = (Act("set_limits", 0, 2), Act("set_limits", 1, 2))
LESS_IN_FORCE = (*WIDE_LIMITS, Act("propose", 0, 1), Act("consent", 1, 0), acts.TICK)
MORE_IN_FORCE = (*WIDE_LIMITS, Act("propose", 0, 2), Act("consent", 1, 0), acts.TICK)
APART = (*LESS_IN_FORCE, Act("suggest", 0, 1), Act("choose", 1, 0))
"""Beginnings: nothing, or what two have done already, in the shortest way."""


class Step(NamedTuple):
    """How a node was reached: from where, by what, and whether the persons changed places."""

    parent: Node
    act: Act
    swapped: bool


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, with the shortest story in which it does not."""

    invariant: str
    sentence: str
    story: list[str]

    def __str__(self) -> str:
        lines = (f"{number:3}. {line}" for number, line in enumerate(self.story, 1))
        return "\n".join([f"{self.invariant}: {self.sentence}", *lines])


@dataclass(frozen=True)
class Layer:
    """What one more act led to. transitions: acts that happened; refused: that the gate forbade."""

    depth: int
    new_states: int
    states: int
    transitions: int
    refused: int
    seconds: float


@dataclass
class Walk:
    """A search and what it has found so far."""

    beginning: tuple[Act, ...] = NEW_PAIR
    of_states: Sequence[OfState] = OF_STATES
    of_acts: Sequence[OfAct] = OF_ACTS
    steps: dict[Node, Step | None] = field(default_factory=dict)
    frontier: list[Node] = field(default_factory=list)
    transitions: int = 0
    refused: int = 0
    violation: Violation | None = None
    told: list[str] = field(default_factory=list)
    began_swapped: bool = False

    def layers(self, depth: int) -> Iterator[Layer]:
        """Go on, act by act, up to this depth or a violation."""
        with two_windows_until_review(), swift_rules():
            self._begin()
            for number in range(1, depth + 1):
                began = perf_counter()
                self._advance()
                yield Layer(
                    depth=number,
                    new_states=len(self.frontier),
                    states=len(self.steps),
                    transitions=self.transitions,
                    refused=self.refused,
                    seconds=perf_counter() - began,
                )
                if self.violation:
                    return

    def _begin(self) -> None:
        node, self.told = Node(), []
        for act in self.beginning:
            self.told.append(acts.in_words(act, node.pair))
            node = memory.after(node, act)
        root, self.began_swapped = canonical(node)
        self.steps, self.frontier = {root: None}, [root]

    def _advance(self) -> None:
        frontier, self.frontier = self.frontier, []
        for node in frontier:
            for act in acts.acts_in(node.pair):
                self._try(node, act)
                if self.violation:
                    return

    def _try(self, node: Node, act: Act) -> None:
        try:
            now = memory.after(node, act)
        except NotAllowedError:
            self.refused += 1
            return
        self.transitions += 1
        for invariant in self.of_acts:
            if sentence := invariant(node, act, now):
                self._found(invariant.__name__, sentence, node, act)
                return
        reached, swapped = canonical(now)
        if reached not in self.steps:
            self._meet(reached, Step(node, act, swapped))

    def _meet(self, reached: Node, step: Step) -> None:
        self.steps[reached] = step
        self.frontier.append(reached)
        for invariant in self.of_states:
            if sentence := invariant(reached):
                self._found(invariant.__name__, sentence, step.parent, step.act)
                return

    def _found(self, name: str, sentence: str, node: Node, act: Act) -> None:
        self.violation = Violation(name, sentence, self.story_of(node, act))

    def story_of(self, node: Node, last: Act | None = None) -> list[str]:
        """The shortest story that leads to a node, and one act more."""
        taken: list[tuple[Node, Act, bool]] = []
        here = node
        while step := self.steps[here]:
            taken.append((step.parent, step.act, step.swapped))
            here = step.parent
        if last:
            taken.insert(0, (node, last, False))
        story, changed = list(self.told), self.began_swapped
        for parent, act, swapped in reversed(taken):
            story.append(acts.in_words(act, parent.pair, swapped=changed))
            changed ^= swapped
        return story


def two_windows_until_review():
    """For the block, an agreement holds for two conversations."""
    return mock.patch.object(windows, "WINDOWS_UNTIL_REVIEW", WINDOWS_UNTIL_REVIEW)
