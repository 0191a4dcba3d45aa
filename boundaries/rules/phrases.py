"""The few fixed phrases that may come with a pause (R15)."""

from enum import StrEnum


class Phrase(StrEnum):
    """One of them. The words are in `boundaries.words.PHRASES`."""

    CARE = "care"
    REST = "rest"
    NO_ANSWER_NEEDED = "no_answer_needed"
    WELL = "well"
