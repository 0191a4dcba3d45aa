"""What changes in boundaries.

Each act locks the pair, loads, asks the gate unless it can only lessen, writes, and adds to the
record.
"""

from boundaries.actions.agreements import take_less
from boundaries.actions.kind_words import take_back_phrase
from boundaries.actions.limits import hide_kind_words, set_limits
from boundaries.actions.parting import begin_again, close_door, open_door
from boundaries.actions.pauses import lift, pause, pause_all, pause_for
from boundaries.actions.proposals import consent, decline, propose, withdraw_proposal
from boundaries.actions.sweeping import sweep
from boundaries.actions.time_apart import (
    agree_to_time_apart,
    decline_time_apart,
    let_be,
    suggest_time_apart,
    take_back_time_apart,
)
from boundaries.actions.windows import go_ahead, leave, skip

__all__ = [
    "agree_to_time_apart",
    "begin_again",
    "close_door",
    "consent",
    "decline",
    "decline_time_apart",
    "go_ahead",
    "hide_kind_words",
    "leave",
    "let_be",
    "lift",
    "open_door",
    "pause",
    "pause_all",
    "pause_for",
    "propose",
    "set_limits",
    "skip",
    "suggest_time_apart",
    "sweep",
    "take_back_phrase",
    "take_back_time_apart",
    "take_less",
    "withdraw_proposal",
]
