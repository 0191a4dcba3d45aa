"""Limits: what one person allows at most in a pair; they work as a filter (R8)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from boundaries.rules import rhythm as rhythms
from boundaries.rules.terms import NO_CONTACT, Terms

HOURS_OF_THE_WEEK = frozenset(range(7 * 24))
SHORTEST_COOLING_OFF = timedelta(hours=72)
SHORTEST_REST = timedelta(days=30)
LONGEST_REST = timedelta(days=365)


@dataclass(frozen=True)
class Limits:
    """One person's limits.

    days_between: days from one conversation to the next at the least; None allows no conversation
    at all.
    minutes, letters, letter_length, live: as in Terms, at the most.
    hours: hours of the week that are allowed, in local time of `zone`; 0 is Monday 00:00 to 01:00,
    167 the last
        hour of Sunday. They hold for each conversation by itself and not for terms: see
        `windows.fits_hours`.
    ask_before_each: without this person's "go ahead", a conversation is skipped (R24).
    cooling_off: how long an increase waits at the least, in whole hours; never under 72 (R2).
    receives_proposals: whether the other's proposals are shown to this person at all (R11).
    rest: how long after a proposal that was not taken up the other's next one may be shown to this
        person; whole days, 30 to 365 (R11).
    kind_words: whether this person wants to see the phrase that may come with a pause (R15).
    """

    days_between: int | None
    minutes: int
    letters: int
    letter_length: int
    live: bool
    hours: frozenset[int]
    zone: str
    ask_before_each: bool = True
    cooling_off: timedelta = SHORTEST_COOLING_OFF
    receives_proposals: bool = True
    rest: timedelta = SHORTEST_REST
    kind_words: bool = True

    def __post_init__(self) -> None:
        if min(self.minutes, self.letters, self.letter_length) < 0:
            raise ValueError("amounts are not negative")
        if self.days_between is not None and self.days_between < 1:
            raise ValueError("days_between is at least 1, or None")
        if not self.hours <= HOURS_OF_THE_WEEK:
            raise ValueError("hours of the week are 0 to 167")
        if self.cooling_off < SHORTEST_COOLING_OFF:
            raise ValueError("cooling-off is at least 72 hours")
        if self.cooling_off % timedelta(hours=1):
            raise ValueError("cooling-off is a number of whole hours")
        if not SHORTEST_REST <= self.rest <= LONGEST_REST or self.rest % timedelta(days=1):
            raise ValueError("a rest is a number of whole days, from 30 to 365")


NOTHING_YET = Limits(
    days_between=None,
    minutes=0,
    letters=0,
    letter_length=0,
    live=False,
    hours=frozenset(),
    zone="UTC",
    kind_words=False,
)
"""The limits of somebody who has not set any: nothing is allowed until they do."""


def narrowed(now: Limits, wanted: Limits) -> Limits:
    """`now`, made stricter in every respect in which `wanted` is stricter, and in none wider.

    It is `wanted` if that is stricter throughout. Hours of two zones are not compared.
    """
    hours, zone = _narrowed_hours(now, wanted)
    return Limits(
        days_between=_rarer(now.days_between, wanted.days_between),
        minutes=min(now.minutes, wanted.minutes),
        letters=min(now.letters, wanted.letters),
        letter_length=min(now.letter_length, wanted.letter_length),
        live=now.live and wanted.live,
        hours=hours,
        zone=zone,
        ask_before_each=now.ask_before_each or wanted.ask_before_each,
        cooling_off=max(now.cooling_off, wanted.cooling_off),
        receives_proposals=now.receives_proposals and wanted.receives_proposals,
        rest=max(now.rest, wanted.rest),
        kind_words=now.kind_words and wanted.kind_words,
    )


def _rarer(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else max(a, b)


def _narrowed_hours(now: Limits, wanted: Limits) -> tuple[frozenset[int], str]:
    if not wanted.hours or now.hours == HOURS_OF_THE_WEEK:
        return wanted.hours, wanted.zone
    return (now.hours & wanted.hours if now.zone == wanted.zone else now.hours), now.zone


def cut(terms: Terms, limits: Iterable[Limits]) -> Terms:
    """What is left of `terms` within all of `limits` (R8). Never more than `terms`.

    The rarest of the rhythms that are asked for is taken at once, and not one after the other, so
    that it does not matter whose limits come first.
    """
    result = terms
    rarest: int = 0
    for limit in limits:
        if limit.days_between is None or result.rhythm is None:
            return NO_CONTACT
        rarest = max(rarest, limit.days_between)
        result = _cut_amounts(result, limit)
    if result.rhythm is None:
        return NO_CONTACT
    return replace(result, rhythm=rhythms.thin(result.rhythm, rarest))


def _cut_amounts(terms: Terms, limits: Limits) -> Terms:
    return Terms.normal(
        rhythm=terms.rhythm,
        at=terms.at,
        zone=terms.zone,
        minutes=min(terms.minutes, limits.minutes),
        letters=min(terms.letters, limits.letters),
        letter_length=min(terms.letter_length, limits.letter_length),
        live=terms.live and limits.live,
        ask_before_each=terms.ask_before_each,
    )


def within(terms: Terms, limits: Limits) -> bool:
    """Whether `limits` leave `terms` as they are (R8)."""
    return cut(terms, [limits]) == terms


def leave_room(terms: Terms, limits: Collection[Limits]) -> bool:
    """Whether all of `limits` leave room above `terms`, in at least one respect (R12).

    Without terms in force there is room as soon as all allow a conversation that could bring
    something. Whoever is told of it, and when, is for the check-ins: never at the moment of a
    change.
    """
    if any(each.days_between is None or not each.minutes for each in limits):
        return False
    letters = all(each.letters and each.letter_length for each in limits)
    live = all(each.live for each in limits)
    if terms.rhythm is None:
        return letters or live
    rarest = max(cast(int, each.days_between) for each in limits)
    return (
        rarest < rhythms.shortest_gap(terms.rhythm)
        or min(each.minutes for each in limits) > terms.minutes
        or (letters and _more_letters(terms, limits))
        or (live and not terms.live)
    )


def _more_letters(terms: Terms, limits: Collection[Limits]) -> bool:
    return (
        min(each.letters for each in limits) > terms.letters
        or min(each.letter_length for each in limits) > terms.letter_length
    )
