"""The few fixed phrases that may come with a pause, an ending or a time apart (R15)."""

from collections.abc import Mapping
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


def fitting(text: str, occasion: Occasion) -> Phrase | None:
    """The phrase that a form named, if it is one for this occasion; no words never stop an act."""
    return next((phrase for phrase in FITTING[occasion] if phrase == text), None)
