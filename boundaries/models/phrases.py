"""Which of the fixed kind words the database takes with what (R15)."""

from boundaries.rules.phrases import FITTING, Occasion


def words_for(occasion: Occasion) -> list[tuple[str, str]]:
    """The phrases that fit, as choices."""
    return [(phrase.value, phrase.value) for phrase in FITTING[occasion]]


def known_words(occasion: Occasion) -> list[str]:
    """The phrases that fit, and none."""
    return ["", *(phrase.value for phrase in FITTING[occasion])]
