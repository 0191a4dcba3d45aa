"""Letters: their amounts that are the same for everybody. What a pair agreed on is in its terms."""

MOST_WAITING = 100
"""So many letters of one person in a pair can wait, as drafts or held: opening looks at each that
is held, in the transaction that other pairs' conversations wait for.
"""

MOST_LEFT_BEHIND = 20
"""So many more have room that were typed and not saved when their writer left the page: by a pause,
say, which asks nothing. Nobody would see any more that there was no room for them.
"""
