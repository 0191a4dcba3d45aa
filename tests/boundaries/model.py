"""A pair as the design tells it, to compare the real one with: plain values, and nothing imported
from the project.

There are no rhythms here: terms name their days one by one, out of a list. Whoever reads one of
these methods should find the sentence of the design that it repeats. Where the design leaves a
choice (which of the rarer rhythms a lowered limit leaves), the model takes the one that was made,
after looking whether it is one of those that may be made.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.boundaries.model_apart import Doors, Suggestion, TimesApart

Days = frozenset[date]

ZONE = ZoneInfo("Europe/Berlin")
FIRST_DAY = date(2026, 10, 1)
ALL_DAYS = [FIRST_DAY + timedelta(days=n) for n in range(12 * 366)]

LAPSE = timedelta(days=14)
REST = timedelta(days=30)
COOLING_OFF = timedelta(hours=72)
WINDOWS = 6
IN_TIME = timedelta(minutes=1)

MINE, YOURS = 0, 1


class NotAllowedError(Exception):
    """The design does not allow this now."""


class Terms(NamedTuple):
    """What two may agree on; no contact is None."""

    days: Days
    hour: int
    minutes: int
    letters: int
    length: int
    live: bool
    ask: bool


@dataclass(frozen=True)
class Limits:
    """What one allows at most. days: between two conversations; None for no conversation at all."""

    days: int | None = None
    minutes: int = 0
    letters: int = 0
    length: int = 0
    live: bool = False
    hours: frozenset[int] = frozenset()
    ask: bool = True
    cooling_off: timedelta = COOLING_OFF
    receives: bool = True
    rest: timedelta = REST


@dataclass
class Deal:
    """An agreement in force."""

    number: int
    terms: Terms
    review_at: datetime


@dataclass
class Window:
    """One conversation. said: what each answered, True for "go ahead"."""

    opens_at: datetime
    closes_at: datetime
    deal: int
    state: str = "planned"
    opened_at: datetime | None = None
    said: dict[int, bool] = field(default_factory=dict)


@dataclass
class Proposal:
    """until: when it takes force, once both said yes. back: who took their yes back, and when."""

    author: int
    terms: Terms
    base: int | None
    made_at: datetime
    agreed_at: datetime | None = None
    until: datetime | None = None
    end: str = ""
    ended_by: int | None = None
    ended_at: datetime | None = None
    back: dict[int, datetime] = field(default_factory=dict)

    @property
    def lapses_at(self) -> datetime:
        return self.made_at + LAPSE

    def said_yes(self, person: int) -> bool:
        return person not in self.back and (person == self.author or self.until is not None)


@dataclass
class Letter:
    """state: draft, held, or released; then `window` is when that conversation opened."""

    author: int
    length: int
    state: str = "draft"
    held_at: datetime | None = None
    window: datetime | None = None


def instant(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


def local_day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


@lru_cache(maxsize=1_000)
def in_order(days: Days) -> list[date]:
    return sorted(days)


@lru_cache(maxsize=1_000)
def gap(days: Days) -> int:
    return min((b - a).days for a, b in pairwise(in_order(days)))


def le(a: Terms | None, b: Terms | None) -> bool:
    """R1: every instant and amount of contact that `a` allows, `b` allows."""
    if a is None or b is None:
        return a is None
    amounts = a.minutes <= b.minutes and a.letters <= b.letters and a.length <= b.length
    return a.hour == b.hour and a.days <= b.days and amounts and a.live <= b.live and a.ask >= b.ask


def cut_amounts(terms: Terms, limits: Limits) -> Terms | None:
    """R8, but for the days."""
    left = terms._replace(
        minutes=min(terms.minutes, limits.minutes),
        letters=min(terms.letters, limits.letters),
        length=min(terms.length, limits.length),
        live=terms.live and limits.live,
    )
    if not left.letters or not left.length:
        left = left._replace(letters=0, length=0)
    return left if left.minutes and (left.letters or left.live) else None


def within(terms: Terms, limits: Limits) -> bool:
    """R8."""
    if limits.days is None or gap(terms.days) < limits.days:
        return False
    return cut_amounts(terms, limits) == terms


def rarer(days: Days, distance: int) -> list[Days]:
    """Any of these may be left where conversations lie too close: one weekday, every so often."""
    found = []
    for weekday in {day.weekday() for day in days}:
        same = [day for day in in_order(days) if day.weekday() == weekday]
        every = -(-distance // (same[1] - same[0]).days)
        found += [frozenset(same[start::every]) for start in range(every)]
    return found


def hours_of(opens_at: datetime, closes_at: datetime) -> Iterator[int]:
    hour = opens_at.replace(minute=0)
    while hour < closes_at:
        yield hour.weekday() * 24 + hour.hour
        hour += timedelta(hours=1)


class Pair:
    """Two persons, 0 and 1, and all that is so between them."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.limits = [Limits(), Limits()]
        self.paused: set[int] = set()
        self.parted = False
        self.deal: Deal | None = None
        self.deals = 0
        self.last: Terms | None = None
        self.windows: list[Window] = []
        self.proposals: list[Proposal] = []
        self.times_apart = TimesApart()
        self.doors = Doors()
        self.agreed_at: datetime | None = None
        self.letters: list[Letter] = []

    # What is so

    @property
    def in_force(self) -> Terms | None:
        return self.deal.terms if self.deal else None

    @property
    def base(self) -> int | None:
        """R3: what a proposal would change."""
        return self.deal.number if self.deal else None

    @property
    def coming(self) -> list[Window]:
        """R15, R20: what both read is to come."""
        if self.deal is None:
            return []
        live = [
            each
            for each in self.windows
            if each.state == "open" or (each.state == "planned" and each.deal == self.deal.number)
        ]
        return sorted(
            (each for each in live if self.now < each.closes_at), key=lambda each: each.opens_at
        )

    @property
    def opened(self) -> Window | None:
        return next((each for each in self.windows if each.state == "open"), None)

    @property
    def held_whole(self) -> bool:
        """R5: one whole conversation under what was in force last."""
        return any(each.state == "held" and each.deal == self.deals for each in self.windows)

    @property
    def distance(self) -> int:
        return max(each.days or 0 for each in self.limits)

    def last_conversation(self) -> datetime | None:
        took_place = ("open", "held", "cut_short")
        return max((w.opens_at for w in self.windows if w.state in took_place), default=None)

    def far_enough(self, opens_at: datetime, distance: int, last: datetime | None) -> bool:
        return last is None or (local_day(opens_at) - local_day(last)).days >= distance

    def in_hours(self, window: Window, persons: Iterable[int] = (0, 1)) -> bool:
        hours = list(hours_of(window.opens_at, window.closes_at))
        return all(hour in self.limits[who].hours for hour in hours for who in persons)

    def of_terms(self, terms: Terms, after: datetime) -> Iterator[Window]:
        """The conversations that terms name, in order."""
        for day in in_order(terms.days):
            opens_at = instant(day, terms.hour)
            if opens_at >= after:
                closes_at = opens_at + timedelta(minutes=terms.minutes)
                yield Window(opens_at, closes_at, self.deals)

    def six(self, terms: Terms, after: datetime | None = None) -> list[Window]:
        return list(islice(self.of_terms(terms, after or self.now), WINDOWS))

    def fits(
        self, terms: Terms, persons: Iterable[int] = (0, 1), due: datetime | None = None
    ) -> bool:
        """R8, R10: within the limits of these persons, with its dates from now, or when due."""
        if not all(within(terms, self.limits[who]) for who in persons):
            return False
        return all(self.in_hours(window, persons) for window in self.six(terms, due))

    def too_much(self, terms: Terms) -> bool:
        """R5."""
        return self.last is not None and not le(terms, self.last) and not self.held_whole

    # What is seen

    def is_open(self, proposal: Proposal) -> bool:
        return not proposal.end and proposal.until is None and self.now < proposal.lapses_at

    def is_due(self, proposal: Proposal) -> bool:
        """From its instant until a worker comes, it is nobody's to end any more."""
        return not proposal.end and proposal.until is not None and proposal.until <= self.now

    def seems_cooling_off(self, proposal: Proposal) -> bool:
        """R4: until its instant it stands, or looks as if."""
        if proposal.until is None or proposal.end in ("in_force", "superseded"):
            return False
        return self.now < proposal.until or not (proposal.end or self._is_found_void(proposal))

    def looks(self, proposal: Proposal, person: int) -> str:
        """R4, R10, R14: what this person reads of it."""
        if proposal.author == person or proposal.until is not None:
            if person in proposal.back or proposal.ended_by == person:
                return "ended_by_self"
            return self._looks_to_who_agreed(proposal)
        shown = self.is_open(proposal) and not self._why_not_shown(proposal)
        return "open" if shown else ""

    def _looks_to_who_agreed(self, proposal: Proposal) -> str:
        if proposal.end == "in_force":
            return "in_force"
        if proposal.until is not None:
            return "cooling_off" if self.seems_cooling_off(proposal) else "not_in_force"
        if proposal.end == "superseded":
            return "not_in_force"
        return "open" if self.now < proposal.lapses_at else "not_taken_up"

    def _why_not_shown(self, proposal: Proposal) -> bool:
        reader = 1 - proposal.author
        return (
            bool(self.paused)
            or self.parted
            or self.apart
            or proposal.base != self.base
            or not self.fits(proposal.terms)
            or not self.limits[reader].receives
            or self._rests(proposal.author, self.limits[reader].rest, before=proposal)
        )

    def _rests(self, author: int, rest: timedelta, before: Proposal | None = None) -> bool:
        """R11: a rest after one was not taken up, or was ended by its author."""
        number = self.proposals.index(before) if before else len(self.proposals)
        for each in self.proposals[:number]:
            look = self.looks(each, author) if each.author == author else ""
            if look == "not_taken_up" and self.now < each.lapses_at + rest:
                return True
            since = each.back.get(author, each.ended_at)
            if look == "ended_by_self" and since and self.now < since + rest:
                return True
        return False

    # What the two do

    def set_limits(self, by: int, limits: Limits, pick: Callable[[list[Days]], Days]) -> None:
        """R8: what is above is cut at once, and what they said yes to and forbid now is taken back.
        R9: raising changes nothing: what is planned and needed a "go ahead" needs it still.
        """
        if self.limits[by] == limits:
            return
        self._void_forbidden()
        asked_no_more = self.limits[by].ask and not limits.ask and not self._terms_ask()
        self.limits[by] = limits
        self._skip_what_does_not_suit(by, asked_no_more)
        left = self._cut(self.deal.terms, pick) if self.deal else None
        if left != self.in_force:
            self._less(by, left)
            return
        self._take_back_what_is_forbidden(by)
        if left:
            self._shorten(left)

    def _skip_what_does_not_suit(self, by: int, asked_no_more: bool) -> None:
        last, distance = self.last_conversation(), self.limits[by].days or 0
        for each in self.windows:
            unanswered = asked_no_more and not each.said.get(by)
            suits = self.far_enough(each.opens_at, distance, last) and self.in_hours(each, [by])
            if each.state == "planned" and (unanswered or not suits):
                each.said[by] = False

    def _take_back_what_is_forbidden(self, by: int) -> None:
        """What is due is nobody's to end any more."""
        for each in self.proposals:
            if not self.stands_by(by, each) or self.is_due(each):
                continue
            if self._too_soon(each, by) or not self.fits(each.terms, [by], each.until):
                self._take_back(by, each)

    def _too_soon(self, proposal: Proposal, by: int) -> bool:
        """R2: it cools off for a shorter time than this person wants now."""
        agreed_at, until = proposal.agreed_at, proposal.until
        return bool(agreed_at and until and until - agreed_at < self.limits[by].cooling_off)

    def _terms_ask(self) -> bool:
        return self.deal is None or self.deal.terms.ask

    def _cut(self, terms: Terms, pick: Callable[[list[Days]], Days]) -> Terms | None:
        left: Terms | None = terms
        for each in self.limits:
            left = cut_amounts(left, each) if left and each.days is not None else None
        if left and gap(left.days) < self.distance:
            left = left._replace(days=pick(rarer(left.days, self.distance)))
        return left

    def take_less(self, by: int, terms: Terms | None) -> None:
        """R1."""
        if terms is None:
            self._end_contact(by)
            return
        if terms == self.in_force:
            return
        if self.parted or not le(terms, self.in_force):
            raise NotAllowedError
        self._less(by, terms)

    def _less(self, by: int, terms: Terms | None) -> None:
        """Less plans nothing, and moves no review away (R6)."""
        if terms is None or self.deal is None:
            return self._end_contact(by)
        self._void(by)
        planned = self._planned()
        kept = list(self._kept(terms, planned))
        self._cancel(window for window in planned if window not in kept)
        review_at = self.deal.review_at
        self._begin(terms, review_at)
        for window in kept:
            window.deal = self.deals
            window.closes_at = window.opens_at + timedelta(minutes=terms.minutes)
        if planned:
            last = max((window.closes_at for window in kept), default=self.now)
            self.deal.review_at = min(review_at, last)
        self._shorten(terms)
        return None

    def _planned(self) -> list[Window]:
        return [w for w in self.windows if w.state == "planned" and self.now < w.closes_at]

    def _kept(self, terms: Terms, planned: list[Window]) -> Iterator[Window]:
        by_instant = {window.opens_at: window for window in planned}
        last = self.last_conversation()
        for named in self.of_terms(terms, min(by_instant, default=self.now)):
            if not by_instant or named.opens_at > max(by_instant):
                return
            if self.far_enough(named.opens_at, self.distance, last):
                last = named.opens_at
                if named.opens_at in by_instant:
                    yield by_instant[named.opens_at]

    def _shorten(self, terms: Terms) -> None:
        """R1, R8: an open one goes on only as long as it may, and on a day still named."""
        window = self.opened
        if window is None:
            return
        named = next(self.of_terms(terms, window.opens_at))
        window.closes_at, before = min(window.closes_at, named.closes_at), window.closes_at
        agreed = named.opens_at == window.opens_at
        if not agreed or window.closes_at <= self.now or not self.in_hours(window):
            window.state, window.closes_at = "cut_short", before

    def _begin(self, terms: Terms, review_at: datetime) -> None:
        self.deals += 1
        self.deal, self.last = Deal(self.deals, terms, review_at), terms
        self.agreed_at = self.now

    def _cancel(self, windows: Iterable[Window]) -> None:
        for window in windows:
            window.state = "cancelled"

    def _void(self, by: int | None) -> None:
        """R3. Whose act it is takes back what seems to stand to them (R4)."""
        for each in self.proposals:
            if self.is_due(each):
                each.end, each.ended_at = "void", self.now
                continue
            seems = by is not None and self.looks(each, by) in ("open", "cooling_off")
            if self.is_open(each) or (each.until and not each.end):
                each.end, each.ended_by, each.ended_at = "void", by, self.now
            if by is not None and seems and each.said_yes(by):
                each.back[by] = self.now

    def _end_contact(self, by: int | None) -> None:
        self._void(by)
        self._end_deal()

    def _end_deal(self) -> None:
        self.deal = None
        self._cancel(w for w in self.windows if w.state == "planned" and w.opens_at > self.now)
        if self.opened:
            self.opened.state = "cut_short"

    def pause(self, by: int) -> None:
        """R13: no reason, no end, no condition."""
        if by not in self.paused:
            self.paused.add(by)
            self._end_contact(by)
            self.times_apart.pause(by, self.now)

    def lift(self, by: int) -> None:
        """R14: only one's own, and it restores nothing."""
        self.paused.discard(by)

    def propose(self, by: int, terms: Terms | None) -> int:
        """The number of the proposal. R10: what the other allows or did makes no difference."""
        for number, each in enumerate(self.proposals):
            if each.author == by and each.terms == terms and self.looks(each, by) == "open":
                return number
        if terms is None or self._may_not_propose(by, terms):
            raise NotAllowedError
        made = Proposal(by, terms, self.base, self.now)
        if self.paused:
            made.end, made.ended_at = "void", self.now
        self.proposals.append(made)
        return len(self.proposals) - 1

    def _may_not_propose(self, by: int, terms: Terms) -> bool:
        open_to_them = any(
            each.author == by and self.looks(each, by) == "open" for each in self.proposals
        )
        return (
            self.parted
            or self.apart
            or by in self.paused
            or (terms != self.in_force and le(terms, self.in_force))
            or not self.fits(terms, [by])
            or self.too_much(terms)
            or open_to_them
            or any(map(self.seems_cooling_off, self.proposals))
            or self._rests(by, REST)
        )

    def consent(self, by: int, number: int) -> None:
        """R2, R3, R5."""
        proposal = self.proposals[number]
        if proposal.said_yes(by):
            return
        others = (each for each in self.proposals if each is not proposal)
        if (
            proposal.author == by
            or not self.is_open(proposal)
            or self._why_not_shown(proposal)
            or self.too_much(proposal.terms)
            or any(map(self.seems_cooling_off, others))
        ):
            raise NotAllowedError
        self._void_forbidden()
        proposal.agreed_at = self.now
        proposal.until = self.now + max(each.cooling_off for each in self.limits)

    def decline(self, by: int, number: int) -> None:
        """R10. A no to what they said yes to takes that back (R4)."""
        proposal = self.proposals[number]
        if proposal.until and self.stands_by(by, proposal):
            self._take_back(by, proposal)
        elif self.is_open(proposal) and proposal.author != by:
            proposal.end, proposal.ended_by, proposal.ended_at = "declined", by, self.now

    def withdraw(self, by: int, number: int) -> None:
        """R4."""
        if self.stands_by(by, self.proposals[number]):
            self._take_back(by, self.proposals[number])

    def stands_by(self, by: int, proposal: Proposal) -> bool:
        """Whether their yes stands, as far as they know."""
        return self.looks(proposal, by) in ("open", "cooling_off") and proposal.said_yes(by)

    def _take_back(self, by: int, proposal: Proposal) -> None:
        proposal.back[by] = self.now
        if not proposal.end:
            proposal.end, proposal.ended_by, proposal.ended_at = "withdrawn", by, self.now

    # Times apart

    @property
    def apart(self) -> bool:
        """Whether one stands that both chose: until its day nothing is asked, or begins."""
        return self.times_apart.standing(self.now) is not None

    def looks_apart(self, number: int, person: int) -> str:
        """R10, R11, R14: what this person reads of a suggestion."""
        each = self.times_apart.all[number]
        if each.author == person or each.chosen:
            return self.times_apart.looks_to_author(each, self.now)
        shown = self.times_apart.is_open(each, self.now) and not self._apart_not_shown(number)
        return "open" if shown else ""

    def _apart_not_shown(self, number: int) -> bool:
        author = self.times_apart.all[number].author
        reader = self.limits[1 - author]
        return (
            bool(self.paused)
            or self.parted
            or self.apart
            or not reader.receives
            or self.times_apart.rests(author, self.now, reader.rest, before=number)
        )

    def suggest(self, by: int, day: date) -> int:
        """The number of the suggestion. R10: the other's limits and pause make no difference."""
        number = self.times_apart.again(by, day, self.now)
        if number is not None:
            return number
        if self.parted or by in self.paused or self.times_apart.may_not_suggest(by, day, self.now):
            raise NotAllowedError
        over = "void" if self.paused else ""
        self.times_apart.all.append(Suggestion(by, day, self.now, over=over))
        return len(self.times_apart.all) - 1

    def choose(self, by: int, number: int) -> None:
        """R1: it holds at once, ends all contact, and both know what became of what was asked."""
        if self.times_apart.all[number].chosen:
            return
        if by == self.times_apart.all[number].author or self.looks_apart(number, by) != "open":
            raise NotAllowedError
        for each in self.proposals:
            looks_open = each.until is None and self.now < each.lapses_at and not each.back
            if looks_open or (each.until and self.now < each.until):
                each.end, each.ended_by, each.ended_at = "superseded", None, self.now
            elif self.is_due(each):
                each.end, each.ended_at = "void", self.now
        self._end_deal()
        self.times_apart.choose(number, self.now)

    def say_no(self, by: int, number: int) -> None:
        each = self.times_apart.all[number]
        if self.times_apart.is_open(each, self.now) and each.author != by:
            each.over = "declined"

    def take_back(self, by: int, number: int) -> None:
        each = self.times_apart.all[number]
        if each.author == by and self.times_apart.looks_to_author(each, self.now) == "open":
            each.back_at = self.now

    def let_be(self, by: int, number: int) -> None:
        """R6: the only answer that is kept, and theirs alone."""
        each = self.times_apart.all[number]
        if each.chosen and self.now >= each.until:
            each.let_be.add(by)

    def answer(self, by: int, opens_at: datetime, go_ahead: bool) -> None:
        """R24: "go ahead" before it begins, a skip until it ends, and as often as one likes.

        To skip one that is open is to leave it (R21).
        """
        window = self.window(opens_at)
        if self.parted or window is None or window.state not in ("planned", "open"):
            raise NotAllowedError
        if self.now >= (opens_at if go_ahead else window.closes_at):
            raise NotAllowedError
        if window.state == "planned":
            window.said[by] = go_ahead
        elif go_ahead:
            raise NotAllowedError
        else:
            window.state = "cut_short"

    def window(self, opens_at: datetime) -> Window | None:
        at_that_instant = (w for w in self.windows if w.opens_at == opens_at)
        return next((w for w in at_that_instant if w.state != "cancelled"), None)

    def write(self, by: int, length: int, hold: bool) -> None:
        self.letters.append(Letter(by, length))
        if hold:
            self.hold(len(self.letters) - 1)

    def hold(self, number: int) -> None:
        letter = self.letters[number]
        if letter.state == "draft" and not self.parted:
            letter.state, letter.held_at = "held", self.now

    def withdraw_letter(self, number: int) -> None:
        """R17: at any time until it is released."""
        letter = self.letters[number]
        if letter.state == "released":
            raise NotAllowedError
        letter.state, letter.held_at = "draft", None

    def part(self, by: int) -> None:
        """R16."""
        if self.parted:
            return
        self.parted = True
        self._end_contact(by)
        for letter in self.letters:
            if letter.state == "held":
                letter.state, letter.held_at = "draft", None

    def open_door(self, by: int) -> None:
        """R16: after the end alone, while nothing has begun since; again changes nothing."""
        if not self.parted or self.doors.begun:
            raise NotAllowedError
        self.doors.since.setdefault(by, self.now)

    def close_door(self, by: int) -> None:
        self.doors.since.pop(by, None)

    def begin_again(self) -> None:
        """R16: a new pair, from nothing; in this one nothing begins. One that is there is found."""
        if self.parted and self.doors.are_told(self.now):
            self.doors.since, self.doors.begun = {}, True
        elif not self.doors.begun:
            raise NotAllowedError

    # What time does

    def sweep_boundaries(self) -> None:
        window = self.opened
        if window and window.closes_at <= self.now and window.opened_at:
            in_time = window.opened_at <= window.opens_at + IN_TIME
            window.state = "held" if in_time else "cut_short"
        for proposal in self.proposals:
            if self.is_due(proposal):
                self._take_force(proposal)
        if self.deal and self.deal.review_at <= self.now and not self._unsettled():
            self._end_contact(None)

    def _unsettled(self) -> bool:
        return any(each.state in ("planned", "open") for each in self.windows)

    def _take_force(self, proposal: Proposal) -> None:
        """R2 to R5, R8, asked again."""
        is_forbidden = self._is_forbidden(proposal)
        proposal.end, proposal.ended_at = "void", self.now
        if is_forbidden:
            return
        proposal.end = "in_force"
        for each in self.proposals:
            if each.until is None and self.now < each.lapses_at and not each.back:
                each.end, each.ended_by, each.ended_at = "superseded", None, self.now
        self._plan(proposal.terms, proposal.until)

    def _void_forbidden(self) -> None:
        for each in filter(self._is_found_void, self.proposals):
            each.end, each.ended_at = "void", self.now

    def _is_found_void(self, proposal: Proposal) -> bool:
        """R4: its instant has come, no worker has, and one would find that it is forbidden."""
        return self.is_due(proposal) and self._is_forbidden(proposal)

    def _is_forbidden(self, proposal: Proposal) -> bool:
        """Asked when it is due; that a worker came later adds nothing (R7)."""
        agreed_at, due = proposal.agreed_at, proposal.until
        waited = agreed_at and due and due - agreed_at
        return bool(
            self.paused
            or self.parted
            or self.apart
            or not waited
            or waited < max(each.cooling_off for each in self.limits)
            or proposal.base != self.base
            or not self.fits(proposal.terms, due=due)
            or self.too_much(proposal.terms)
        )

    def _plan(self, terms: Terms, due: datetime | None) -> None:
        """R6: the six conversations after it was due, but for what does not fit or is over."""
        replaced = [w for w in self.windows if w.state == "planned" and w.opens_at > self.now]
        self._cancel(replaced)
        self._begin(terms, self.now)
        last = self.last_conversation()
        for window in [each for each in self.six(terms, due) if each.opens_at >= self.now]:
            if self.far_enough(window.opens_at, self.distance, last) and self.in_hours(window):
                last = window.opens_at
                self.windows.append(window)
                if self.deal:
                    self.deal.review_at = window.closes_at
        self._go_on_skipping(replaced)

    def _go_on_skipping(self, replaced: list[Window]) -> None:
        for before in replaced:
            after = self.window(before.opens_at)
            skipped = {who: False for who, said in before.said.items() if not said}
            if after:
                after.said |= skipped

    def sweep_conversations(self) -> None:
        """R18, R20, R24."""
        due = [w for w in self.windows if w.state == "planned" and w.opens_at <= self.now]
        for window in sorted(due, key=lambda each: each.opens_at):
            if self.now >= window.closes_at:
                window.state = "missed"
            elif not self._may_open(window):
                window.state = "skipped"
            elif not self.opened:
                window.state, window.opened_at = "open", self.now
                self._release(window)

    def _may_open(self, window: Window) -> bool:
        if self.deal is None or self.paused or self.parted:
            return False
        terms = self.deal.terms
        named = next(self.of_terms(terms, window.opens_at))
        confirmed = all(
            window.said.get(who) or not (terms.ask or self.limits[who].ask) for who in (0, 1)
        )
        far = self.far_enough(window.opens_at, self.distance, self.last_conversation())
        agreed = named.opens_at == window.opens_at and window.closes_at <= named.closes_at
        skipped = False in window.said.values()
        fits = all(within(terms, each) for each in self.limits) and self.in_hours(window)
        return agreed and confirmed and not skipped and fits and far

    def _release(self, window: Window) -> None:
        """R18: each person's earliest first, so many and so long as was agreed."""
        if self.deal is None:
            return
        terms = self.deal.terms
        for who in (0, 1):
            held = [x for x in self.letters if x.author == who and x.state == "held"]
            passing = [letter for letter in held if letter.length <= terms.length]
            passing.sort(key=lambda letter: letter.held_at or self.now)
            for letter in passing[: terms.letters]:
                letter.state, letter.window = "released", window.opens_at


__all__ = ["ALL_DAYS", "Limits", "NotAllowedError", "Pair", "Terms", "replace"]
