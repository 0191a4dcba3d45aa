"""Terms: the content of an agreement, as a value that is never edited, with the order of R1."""

from dataclasses import dataclass
from datetime import time

from boundaries.rules import rhythm as rhythms
from boundaries.rules.rhythm import Rhythm

LONGEST_MINUTES = 12 * 60
"""Half a day, so that no conversation reaches into the next one, whatever the rhythm."""


@dataclass(frozen=True)
class Terms:
    """What two persons allow each other.

    rhythm: on which days; None only in NO_CONTACT.
    at, zone: when a conversation opens, in local time of that IANA zone.
    minutes: how long it stays open, in elapsed time; half a day at the most.
    letters: how many letters from each person one conversation brings at most.
    letter_length: characters in one letter at most.
    live: whether they may talk while it is open.
    ask_before_each: whether each must say "go ahead" before each conversation.

    Raises ValueError for values that allow nothing but are not NO_CONTACT: there is one way to
    write each meaning. Use `Terms.normal` where that may happen.
    """

    rhythm: Rhythm | None
    at: time
    zone: str
    minutes: int
    letters: int
    letter_length: int
    live: bool
    ask_before_each: bool

    def __post_init__(self) -> None:
        if min(self.minutes, self.letters, self.letter_length) < 0:
            raise ValueError("amounts are not negative")
        if self.minutes > LONGEST_MINUTES:
            raise ValueError("a conversation lasts half a day at the most")
        if bool(self.letters) != bool(self.letter_length):
            raise ValueError("letters and their length are both nothing or neither")
        if self.at.second or self.at.microsecond or self.at.tzinfo:
            raise ValueError("a conversation opens at a whole local minute")
        if _allows_nothing(self) and not _is_written_as_no_contact(self):
            raise ValueError("terms that allow nothing are written as NO_CONTACT")

    @classmethod
    def normal(
        cls,
        *,
        rhythm: Rhythm | None,
        at: time,
        zone: str,
        minutes: int,
        letters: int,
        letter_length: int,
        live: bool,
        ask_before_each: bool,
    ) -> "Terms":
        """Terms with these values, or NO_CONTACT where they allow nothing."""
        if not (letters and letter_length):
            letters = letter_length = 0
        if rhythm is None or not minutes or not (letters or live):
            return NO_CONTACT
        return cls(rhythm, at, zone, minutes, letters, letter_length, live, ask_before_each)

    def __le__(self, other: "Terms") -> bool:
        """Whether all contact that these terms allow, the other terms allow too (R1).

        Sound and not complete: where it cannot be decided, the answer is no, and the change needs
        both. Besides what `rhythm.meet` says, terms that open at another time or in another zone
        are never compared.
        """
        return meet(self, other) == self

    def __lt__(self, other: "Terms") -> bool:
        return self != other and self <= other


def _allows_nothing(terms: Terms) -> bool:
    return terms.rhythm is None or not terms.minutes or not (terms.letters or terms.live)


def _is_written_as_no_contact(terms: Terms) -> bool:
    amounts = (terms.minutes, terms.letters, terms.letter_length)
    place = (terms.rhythm, terms.at, terms.zone)
    return (
        place == (None, time(0, 0), "UTC")
        and not any(amounts)
        and not terms.live
        and terms.ask_before_each
    )


def meet(a: Terms, b: Terms) -> Terms:
    """The most that both allow (R1): below both, and above all else that is below both."""
    if a.rhythm is None or b.rhythm is None or (a.at, a.zone) != (b.at, b.zone):
        return NO_CONTACT
    return Terms.normal(
        rhythm=rhythms.meet(a.rhythm, b.rhythm),
        at=a.at,
        zone=a.zone,
        minutes=min(a.minutes, b.minutes),
        letters=min(a.letters, b.letters),
        letter_length=min(a.letter_length, b.letter_length),
        live=a.live and b.live,
        ask_before_each=a.ask_before_each or b.ask_before_each,
    )


NO_CONTACT = Terms(
    rhythm=None,
    at=time(0, 0),
    zone="UTC",
    minutes=0,
    letters=0,
    letter_length=0,
    live=False,
    ask_before_each=True,
)
"""The bottom of the order: nothing is allowed."""
