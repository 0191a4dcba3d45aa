"""Times apart and doors as the design tells them (docs/decisions/0032 and 0014), for `model`: plain
values alone, and nothing imported from the project.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
FORTNIGHT = timedelta(days=14)
REST = timedelta(days=30)
A_WEEK = timedelta(days=7)


@dataclass
class Suggestion:
    """A time apart that one suggested, and that both chose once `chosen` is set.

    over: what ended it without its author's knowing ("void", "declined"), or with ("settled"); or
    that a later one followed ("over"). let_be: who chose nothing for now.
    """

    author: int
    day: date
    made_at: datetime
    chosen: bool = False
    over: str = ""
    back_at: datetime | None = None
    let_be: set[int] = field(default_factory=set)

    @property
    def until(self) -> datetime:
        """The first instant of its day, where both are."""
        return datetime.combine(self.day, time(), ZONE).astimezone(UTC)

    @property
    def lapses_at(self) -> datetime:
        return min(self.made_at + FORTNIGHT, self.until)


class TimesApart:
    """Those of a pair, in the order in which they were suggested."""

    def __init__(self) -> None:
        self.all: list[Suggestion] = []

    def standing(self, now: datetime) -> Suggestion | None:
        """The one that both chose and whose day has not come."""
        chosen = self._chosen()
        return chosen if chosen and now < chosen.until else None

    def asked(self, person: int, now: datetime, agreed_at: datetime | None) -> Suggestion | None:
        """The one whose day has come, until this person let it be or both agreed on something."""
        chosen = self._chosen()
        if chosen is None or now < chosen.until or person in chosen.let_be:
            return None
        return None if agreed_at and agreed_at >= chosen.until else chosen

    def _chosen(self) -> Suggestion | None:
        return next((each for each in self.all if each.chosen and not each.over), None)

    def is_open(self, each: Suggestion, now: datetime) -> bool:
        return not (each.chosen or each.over or each.back_at) and now < each.lapses_at

    def looks_to_author(self, each: Suggestion, now: datetime) -> str:
        """R4, R10: what became of it in silence makes no difference."""
        if each.chosen:
            return "chosen"
        if each.over == "settled":
            return ""
        if each.back_at:
            return "taken_back"
        return "open" if now < each.lapses_at else "not_taken_up"

    def rests(self, author: int, now: datetime, rest: timedelta, before: int | None = None) -> bool:
        """R11: a rest after one that was not taken up, or that its author took back."""
        for each in self.all[:before]:
            if each.author != author:
                continue
            look = self.looks_to_author(each, now)
            if look == "not_taken_up" and now < each.lapses_at + rest:
                return True
            if look == "taken_back" and each.back_at and now < each.back_at + rest:
                return True
        return False

    def again(self, by: int, day: date, now: datetime) -> int | None:
        """The number of one's own of this day that looks open to oneself."""
        for number, each in enumerate(self.all):
            if (each.author, each.day) == (by, day) and self.looks_to_author(each, now) == "open":
                return number
        return None

    def may_not_suggest(self, by: int, day: date, now: datetime) -> bool:
        """From a week to two years ahead; one at a time; after a rest; not in a time apart."""
        today = now.astimezone(ZONE).date()
        last = today.replace(year=today.year + 2)
        own = (each for each in self.all if each.author == by)
        return (
            not today + A_WEEK <= day <= last
            or any(self.looks_to_author(each, now) == "open" for each in own)
            or self.rests(by, now, REST)
            or self.standing(now) is not None
        )

    def choose(self, number: int, now: datetime) -> None:
        """What was chosen before, and what looks open beside it, is behind both."""
        for each in self.all:
            if each.chosen and not each.over:
                each.over = "over"
            elif self.looks_to_author(each, now) == "open":
                each.over = "settled"
        self.all[number].over, self.all[number].chosen = "", True

    def pause(self, by: int, now: datetime) -> None:
        """R14: void, and one's own is taken back, also one that only seems to stand."""
        for each in self.all:
            if self.looks_to_author(each, now) == "open":
                each.over = each.over or "void"
                each.back_at = now if each.author == by else None


class Doors:
    """R16: those that stand open after the end, and whether somebody went through."""

    def __init__(self) -> None:
        self.since: dict[int, datetime] = {}
        self.begun = False

    def are_told(self, now: datetime) -> bool:
        """Both are, on a Monday, once both have been open for 72 hours."""
        if len(self.since) < 2:
            return False
        ripe = max(self.since.values()) + timedelta(hours=72)
        midnights = (ripe.date() + timedelta(days=n) for n in range(8))
        mondays = (datetime.combine(day, time(), UTC) for day in midnights if day.weekday() == 0)
        return now >= next(monday for monday in mondays if monday >= ripe)
