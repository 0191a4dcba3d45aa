"""A few concrete ways to less of what is agreed (R1), and to more of one's own limits (R9)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from boundaries.rules.limits import Limits
from boundaries.rules.rhythm import Rhythm
from boundaries.rules.terms import NO_CONTACT, Terms
from boundaries.rules.windows import named

SHORTEST_MINUTES, LONGEST_MINUTES, STEP_OF_MINUTES = 5, 240, 15
MOST_LETTERS = 10
LONGEST_LETTER, STEP_OF_LENGTH = 20_000, 2_000
DAYS_BETWEEN = (84, 56, 28, 14, 7)
"""The distances between conversations that the page of limits offers, the rarest first."""


class Less(StrEnum):
    """Ways to less of what is agreed."""

    HALF_AS_OFTEN = "half_as_often"
    HALF_AS_LONG = "half_as_long"
    FEWER_LETTERS = "fewer_letters"
    NO_TALK = "no_talk"


class More(StrEnum):
    """Ways in which one's own limits can be wider."""

    MORE_OFTEN = "more_often"
    LONGER = "longer"
    MORE_LETTERS = "more_letters"
    LONGER_LETTERS = "longer_letters"
    TALK = "talk"


def ways_to_less(terms: Terms, next_opens_at: datetime | None = None) -> Mapping[Less, Terms]:
    """The ways that there are from these terms, each with what would be left.

    Each is less (`<`) and leaves something: to end it all is another choice, with a page of its
    own. next_opens_at: of the conversation that half as many are to keep.
    """
    found = {
        Less.HALF_AS_OFTEN: _half_as_often(terms, next_opens_at),
        Less.HALF_AS_LONG: _with(terms, minutes=_half_of(terms.minutes)),
        Less.FEWER_LETTERS: _with(terms, letters=terms.letters // 2),
        Less.NO_TALK: _with(terms, live=False),
    }
    return {way: less for way, less in found.items() if less < terms and less != NO_CONTACT}


def ways_to_more(limits: Limits) -> Mapping[More, Limits]:
    """The ways in which these limits can be one step wider, each with what they would be.

    Nothing comes of it by itself, and nobody is told (R9, R12).
    """
    found = {
        More.MORE_OFTEN: replace(limits, days_between=_more_often(limits.days_between)),
        More.LONGER: replace(limits, minutes=_up(limits.minutes, STEP_OF_MINUTES, LONGEST_MINUTES)),
        More.MORE_LETTERS: replace(
            limits,
            letters=_up(limits.letters, 1, MOST_LETTERS),
            letter_length=limits.letter_length or STEP_OF_LENGTH,
        ),
        More.LONGER_LETTERS: replace(limits, letter_length=_longer(limits)),
        More.TALK: replace(limits, live=True),
    }
    return {way: wider for way, wider in found.items() if wider != limits}


def _with(terms: Terms, **changes: object) -> Terms:
    values = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    return Terms.normal(**(values | changes))


def _half_of(minutes: int) -> int:
    """Half as many, in whole steps of five where there are any."""
    half = minutes // 2
    return half // SHORTEST_MINUTES * SHORTEST_MINUTES or half


def _half_as_often(terms: Terms, next_opens_at: datetime | None) -> Terms:
    """Every second week or month of those that there are: those which the next one is of."""
    if terms.rhythm is None:
        return terms
    halves = [replace(terms, rhythm=each) for each in _halves(terms.rhythm)]
    keeping = (each for each in halves if next_opens_at and named(each, next_opens_at))
    return next(keeping, halves[0])


def _halves(rhythm: Rhythm) -> Iterator[Rhythm]:
    for phase in (rhythm.phase, rhythm.phase + rhythm.every):
        yield replace(rhythm, every=2 * rhythm.every, phase=phase)


def _more_often(days: int | None) -> int:
    """The next shorter distance that the page of limits offers."""
    if days is None:
        return DAYS_BETWEEN[0]
    return next((each for each in DAYS_BETWEEN if each < days), days)


def _longer(limits: Limits) -> int:
    """Where no letter is allowed, a longer one would be none either."""
    length = limits.letter_length
    return _up(length, STEP_OF_LENGTH, LONGEST_LETTER) if limits.letters else length


def _up(amount: int, step: int, most: int) -> int:
    return max(amount, min(amount + step, most))
