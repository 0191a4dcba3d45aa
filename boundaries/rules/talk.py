"""Live talk: its amounts, the same for everybody, and what is told of the time that is left."""

import re
from datetime import timedelta

LONGEST_MESSAGE = 2_000
"""Characters."""

MOST_MESSAGES, WITHIN = 20, timedelta(minutes=1)
"""So many messages from one person in so long a time: enough to talk, too little to flood."""

TOLD_AT = (0, 2, 10)
"""Minutes before the end. What is told then is true until the next: less than so many are left."""


EMPTY_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
"""Two or more in a row, also where there are spaces in them."""


def as_said(body: str) -> str:
    """These words as they are said. Empty lines by the hundred would push all that was said before
    out of sight.
    """
    return EMPTY_LINES.sub("\n\n", body).strip("\n")


def minutes_told(left: timedelta) -> int | None:
    """Than how many minutes less is left, as it is told: 10, 2 or 0, or as yet nothing (R22)."""
    return next((minutes for minutes in TOLD_AT if left <= timedelta(minutes=minutes)), None)
