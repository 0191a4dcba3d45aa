"""The form for exact terms."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import ZoneField
from boundaries.forms.fields import WEEKDAYS, Amount
from boundaries.rules.limits import SHORTEST_COOLING_OFF
from boundaries.rules.rhythm import (
    LAST,
    Day,
    MonthDay,
    Monthly,
    NthWeekday,
    Rhythm,
    Weekly,
    month_index,
    week_index,
)
from boundaries.rules.terms import NO_CONTACT, Terms
from boundaries.rules.ways import LONGEST_LETTER, LONGEST_MINUTES, MOST_LETTERS
from boundaries.rules.windows import occurrences
from boundaries.words import in_words

NOTHING_TO_AGREE_ON = _(
    "Without letters there would be nothing to agree on. To end what is agreed, see its page."
)

HOW_OFTEN = (
    ("month 1", _("Every month")),
    ("month 2", _("Every two months")),
    ("month 3", _("Every three months")),
    ("month 6", _("Every six months")),
    ("week 4", _("Every four weeks")),
    ("week 3", _("Every three weeks")),
    ("week 2", _("Every two weeks")),
    ("week 1", _("Every week")),
)

ON_A_DAY_OF_THE_MONTH = 0

LONGEST_MONTH_DAYS = 31


class TermsForm(forms.Form):
    """Exact terms. `at` is the instant from which their conversations are counted."""

    how_often = forms.ChoiceField(
        label=_("How often"),
        choices=HOW_OFTEN,
    )
    nth = forms.TypedChoiceField(
        label=_("Which one in the month"),
        help_text=_("This counts only for every month and rarer."),
        coerce=int,
        choices=(
            (1, _("The first")),
            (2, _("The second")),
            (3, _("The third")),
            (4, _("The fourth")),
            (LAST, _("The last")),
            (ON_A_DAY_OF_THE_MONTH, _("On a day of the month, chosen below")),
        ),
    )
    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int, choices=WEEKDAYS)
    also = forms.TypedMultipleChoiceField(
        label=_("Also on"),
        help_text=_("For more than one day in the week, or in the month."),
        coerce=int,
        required=False,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Please choose days from the list.")},
    )
    day_of_month = forms.TypedChoiceField(
        label=_("Day of the month"),
        help_text=_("A month without this day is left out."),
        coerce=int,
        required=False,
        empty_value="1",
        choices=(
            *((day, str(day)) for day in range(1, LONGEST_MONTH_DAYS + 1)),
            (LAST, _("The last day")),
        ),
    )
    opens_at = forms.TimeField(
        label=_("Opens at"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=["%H:%M"],
        error_messages={
            "required": _("Please type a time such as 18:00."),
            "invalid": _("This is not a time. Please type it as 18:00, from 00:00 to 23:59."),
        },
    )
    zone = ZoneField(label=_("In the time zone"))
    minutes = Amount(low=5, high=LONGEST_MINUTES, label=_("Minutes that it stays open"))
    letters = Amount(
        low=0, high=MOST_LETTERS, label=_("Letters from each of you for one conversation")
    )
    letter_length = Amount(
        low=0,
        high=LONGEST_LETTER,
        label=_("Characters in one letter, at most"),
        help_text=_("A page has about 2,000."),
    )
    live = forms.BooleanField(
        label=_("Talk live while it is open"),
        help_text=_("You can both write to each other and read it at once, until it closes."),
        required=False,
    )
    ask_before_each = forms.BooleanField(
        label=_("Ask both before each conversation"),
        help_text=_("Without a “go ahead” from both of you, it is skipped."),
        required=False,
    )

    phase = forms.IntegerField(required=False, widget=forms.HiddenInput)

    UNUSUAL = ("also", "day_of_month")

    def usual(self) -> list[forms.BoundField]:
        """The fields that everybody needs."""
        return [field for field in self.visible_fields() if field.name not in self.UNUSUAL]

    def unusual(self) -> list[forms.BoundField]:
        """The fields that few need, which are folded away."""
        return [self[name] for name in self.UNUSUAL]

    def shows_unusual(self) -> bool:
        """Whether what is folded away must be seen: it is wrong, or it is what was chosen."""
        is_wrong = not self.errors.keys().isdisjoint(self.UNUSUAL)
        by_day = str(self["nth"].value()) == str(ON_A_DAY_OF_THE_MONTH)
        return is_wrong or by_day or bool(self["also"].value())

    def __init__(self, *args: Any, at: datetime, in_force: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.in_force = in_force.rhythm
        self._offer(in_force.rhythm)

    def _offer(self, rhythm: Rhythm | None) -> None:
        """Offer the rhythm in force too, which limits may have made rarer than any other choice."""
        field = cast(forms.ChoiceField, self.fields["how_often"])
        if rhythm and _how_often(rhythm) not in dict(HOW_OFTEN):
            field.choices = [(_how_often(rhythm), in_words(rhythm)), *HOW_OFTEN]

    @staticmethod
    def initial_from(terms: Terms, zone: str) -> dict[str, Any]:
        """What the form shows first: what is in force, or one quiet conversation a month."""
        if terms.rhythm is None:
            first = {"how_often": "month 1", "nth": 1, "weekday": 5, "opens_at": "18:00"}
            amounts = {"minutes": 45, "letters": 1, "letter_length": 4000}
            return first | amounts | {"zone": zone}
        return _rhythm_fields(terms.rhythm) | {
            "opens_at": terms.at,
            "zone": terms.zone,
            "minutes": terms.minutes,
            "letters": terms.letters,
            "letter_length": terms.letter_length,
            "live": terms.live,
            "ask_before_each": terms.ask_before_each,
        }

    def clean(self) -> dict[str, Any]:
        """Refuse terms that would allow nothing."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and self.terms() == NO_CONTACT:
            raise ValidationError(NOTHING_TO_AGREE_ON)
        return data

    def terms(self) -> Terms:
        """The terms of a form without errors."""
        data = self.cleaned_data
        return Terms.normal(
            rhythm=self._rhythm(),
            at=data["opens_at"],
            zone=data["zone"],
            minutes=data["minutes"],
            letters=data["letters"],
            letter_length=data["letter_length"],
            live=data["live"],
            ask_before_each=data["ask_before_each"],
        )

    def exact(self) -> list[tuple[str, Any]]:
        """What was typed, and the phase that it came to: with these the same terms come again."""
        typed = [(name, self[name].value()) for name in self.fields if name != "phase"]
        given = [
            (name, "on" if each is True else each)
            for name, value in typed
            for each in (value if isinstance(value, list) else [value])
            if each not in (None, False, "")
        ]
        rhythm = self.terms().rhythm
        return [*given, ("phase", rhythm.phase if rhythm else 0)]

    def _rhythm(self) -> Rhythm:
        unit, every = self.cleaned_data["how_often"].split()
        return self._with_phase(unit, int(every), 0 if every == "1" else self._phase(unit, every))

    def _with_phase(self, unit: str, every: int, phase: int) -> Rhythm:
        data = self.cleaned_data
        weekdays = frozenset({data["weekday"], *data["also"]})
        if unit == "week":
            return Weekly(every, phase % every, weekdays)
        if data["nth"] == ON_A_DAY_OF_THE_MONTH:
            days: frozenset[Day] = frozenset({MonthDay(int(data["day_of_month"]))})
        else:
            days = frozenset(NthWeekday(data["nth"], weekday) for weekday in weekdays)
        return Monthly(every, phase % every, days)

    def _phase(self, unit: str, every: str) -> int:
        """Which of the weeks or months: as confirmed, else as in force, else the first possible."""
        if (confirmed := self.cleaned_data.get("phase")) is not None:
            return int(confirmed)
        if self.in_force and _how_often(self.in_force) == f"{unit} {every}":
            return self.in_force.phase
        return self._first_possible_phase(unit)

    def _first_possible_phase(self, unit: str) -> int:
        data = self.cleaned_data
        each = Terms.normal(
            rhythm=self._with_phase(unit, 1, 0),
            at=data["opens_at"],
            zone=data["zone"],
            minutes=data["minutes"],
            letters=0,
            letter_length=0,
            live=True,
            ask_before_each=False,
        )
        first = next(occurrences(each, after=self.at + SHORTEST_COOLING_OFF)).opens_at
        day = first.astimezone(ZoneInfo(data["zone"])).date()
        return week_index(day) if unit == "week" else month_index(day)


def _how_often(rhythm: Rhythm) -> str:
    return f"{'week' if isinstance(rhythm, Weekly) else 'month'} {rhythm.every}"


def _rhythm_fields(rhythm: Rhythm) -> dict[str, Any]:
    fields: dict[str, Any] = {"how_often": _how_often(rhythm)}
    if isinstance(rhythm, Weekly):
        first, *others = sorted(rhythm.weekdays)
        return fields | {"weekday": first, "also": others}
    day, *more = sorted(rhythm.days)
    if isinstance(day, MonthDay):
        return fields | {"nth": ON_A_DAY_OF_THE_MONTH, "day_of_month": day.day}
    also = [each.weekday for each in more if isinstance(each, NthWeekday)]
    return fields | {"nth": day.nth, "weekday": day.weekday, "also": also}
