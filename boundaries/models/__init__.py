"""What is allowed in a pair: each person's limits, agreements, proposals, pauses, windows, and the
record.

All instants are aware and come from the clock of the pair's lock; none has a default.
"""

from boundaries.models.agreements import Agreement, Consent, Proposal
from boundaries.models.limits import PersonalLimits
from boundaries.models.parting import Door, Farewell, LastWords
from boundaries.models.pauses import Pause
from boundaries.models.record import RecordEntry, SetAside
from boundaries.models.times_apart import LetBe, TimeApart
from boundaries.models.windows import Window

__all__ = [
    "Agreement",
    "Consent",
    "Door",
    "Farewell",
    "LastWords",
    "LetBe",
    "Pause",
    "PersonalLimits",
    "Proposal",
    "RecordEntry",
    "SetAside",
    "TimeApart",
    "Window",
]
