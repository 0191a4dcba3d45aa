"""`python -m tests.explorer --depth 8`: walk through everything, and say what was found.

Two walks, side by side on two cores: from a new pair, and from a pair with an agreement in force,
to which five acts lead at the least. The second goes two acts less deep, since so much more can be
done there: with 8 it comes to what takes eleven acts from a new pair.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter
from typing import NamedTuple

from tests.explorer.acts import Act
from tests.explorer.walk import LESS_IN_FORCE, NEW_PAIR, Layer, Walk

ROW = "{:14} {:>5} {:>11} {:>10} {:>12} {:>10} {:>8}"
LESS_DEEP = 2


class Found(NamedTuple):
    """What one walk came to. violation: its story, or nothing."""

    last: Layer
    violation: str


def main() -> int:
    """Print each depth as it is reached, then the totals; 1 if something is so that must not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.explorer", description=__doc__)
    parser.add_argument("--depth", type=int, default=8, help="so many acts after one another")
    depth, began = parser.parse_args().depth, perf_counter()
    say(ROW.format("from", "depth", "new states", "states", "transitions", "refused", "seconds"))
    with ProcessPoolExecutor(2) as processes:
        walks = [
            processes.submit(explore, "LESS in force", LESS_IN_FORCE, max(depth - LESS_DEEP, 1)),
            processes.submit(explore, "a new pair", NEW_PAIR, depth),
        ]
        return report([each.result() for each in walks], perf_counter() - began)


def say(line: str) -> None:
    """Print it at once, whichever of the processes says it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def explore(name: str, beginning: Sequence[Act], depth: int) -> Found:
    """One walk, in a process of its own."""
    gc.disable()  # Nothing here refers to itself, and looking for what does takes long.
    walk = Walk(tuple(beginning))
    for layer in walk.layers(depth):
        numbers = (layer.new_states, layer.states, layer.transitions, layer.refused)
        counted = (f"{number:,}" for number in numbers)
        say(ROW.format(name, layer.depth, *counted, f"{layer.seconds:.1f}"))
    return Found(layer, str(walk.violation or ""))


def report(found: Sequence[Found], seconds: float) -> int:
    """Print the totals, and what was found; 1 if there was something."""
    states = sum(each.last.states for each in found)
    transitions = sum(each.last.transitions for each in found)
    say(f"{states:,} states and {transitions:,} transitions in {seconds:.0f} seconds")
    violations = [each.violation for each in found if each.violation]
    say("\n".join(violations) or "Every invariant held in each of them.")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
