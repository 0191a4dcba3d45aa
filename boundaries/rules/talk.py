"""Amounts of live talk, the same for everybody: enough for talking, too little for flooding."""

from datetime import timedelta

LONGEST_MESSAGE = 2_000
"""Characters."""

MOST_MESSAGES, WITHIN = 20, timedelta(minutes=1)
"""So many messages from one person in so long a time."""
