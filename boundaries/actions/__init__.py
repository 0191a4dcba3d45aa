"""What changes in boundaries.

Each act locks the pair, loads, asks the gate unless it can only lessen, writes, and adds to the
record.
"""

from boundaries.actions.agreements import take_less
from boundaries.actions.limits import set_limits
from boundaries.actions.parting import begin_again, close_door, open_door
from boundaries.actions.pauses import lift, pause, take_back_phrase
from boundaries.actions.proposals import consent, decline, propose, withdraw_proposal
from boundaries.actions.sweeping import sweep
from boundaries.actions.windows import go_ahead, leave, skip

__all__ = [
    "begin_again",
    "close_door",
    "consent",
    "decline",
    "go_ahead",
    "leave",
    "lift",
    "open_door",
    "pause",
    "propose",
    "set_limits",
    "skip",
    "sweep",
    "take_back_phrase",
    "take_less",
    "withdraw_proposal",
]
