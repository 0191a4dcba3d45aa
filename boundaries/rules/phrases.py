"""The few fixed phrases that may come with a pause, an ending or a time apart (R15)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Phrase(StrEnum):
    """One of them. The words are in `boundaries.words.PHRASES`."""

    CARE = "care"
    REST = "rest"
    NO_ANSWER_NEEDED = "no_answer_needed"
    WELL = "well"
    OWN_WAY = "own_way"
    THANKS = "thanks"
    GOOD_TIME = "good_time"
    FOR_MYSELF = "for_myself"


class Occasion(StrEnum):
    """With what a phrase can come."""

    PAUSE = "pause"
    ENDING = "ending"
    TIME_APART = "time_apart"


FITTING: Mapping[Occasion, tuple[Phrase, ...]] = {
    Occasion.PAUSE: (Phrase.CARE, Phrase.REST, Phrase.NO_ANSWER_NEEDED, Phrase.WELL),
    Occasion.ENDING: (Phrase.OWN_WAY, Phrase.THANKS, Phrase.WELL, Phrase.NO_ANSWER_NEEDED),
    Occasion.TIME_APART: (Phrase.CARE, Phrase.FOR_MYSELF, Phrase.GOOD_TIME, Phrase.WELL),
}
"""Which phrases fit which occasion: no other can come with it."""


REST = timedelta(days=30)
"""So long words can be read, and for so long no others of the same person come after them."""


def may_leave(last_left_at: datetime, at: datetime) -> bool:
    """Whether somebody who left words then may leave others at `at`, with a pause or a time apart.

    With an end they always may: a pair ends once.
    """
    return at >= last_left_at + REST


def fitting(text: str, occasion: Occasion) -> Phrase | None:
    """The phrase that a form named, if it is one for this occasion; no words never stop an act."""
    return next((phrase for phrase in FITTING[occasion] if phrase == text), None)
