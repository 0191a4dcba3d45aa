"""What the tests of the exploration share: a walk to its end, and taking lines out of the gate."""

from boundaries.rules import gate
from tests.explorer.walk import NEW_PAIR, Walk


def walk(beginning=NEW_PAIR, depth=8, **only):
    """Walk until something is found."""
    found = Walk(beginning, **only)
    for _ in found.layers(depth):
        pass
    return found


def walk_with_one(invariant, beginning, depth, of_states, of_acts):
    """The same with no other invariant beside this one."""
    return walk(
        beginning,
        depth,
        of_states=[each for each in of_states if each is invariant],
        of_acts=[each for each in of_acts if each is invariant],
    )


def ignore(monkeypatch, reason, *kinds):
    """Take a reason out of the gate, for these acts or for all that have it."""
    for kind in kinds or gate.GATE:
        monkeypatch.delitem(gate.GATE[kind], reason, raising=bool(kinds))
