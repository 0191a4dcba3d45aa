"""The form for one's own limits."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.fields import ZoneField
from boundaries.forms.fields import WEEKDAYS, Amount
from boundaries.rules.canonical import limits_digest
from boundaries.rules.limits import HOURS_OF_THE_WEEK, NOTHING_YET, Limits
from boundaries.rules.ways import LONGEST_LETTER, LONGEST_MINUTES, MOST_LETTERS

NEVER = "none"

CHANGED = _(
    "Your limits have changed since this page was opened. What is stricter here holds now. Where "
    "this page is wider, it says what holds; save again to have it as it is here."
)
HOLDS = _("What holds now is stricter: %(now)s.")
FEWER_HOURS = _("Fewer hours hold now.")
OTHER_ZONE = _("What holds now is %(now)s.")
HOURS_OF_OTHER_ZONE = _(
    "These do not hold yet, because your time zone is another one now. Save again to have them."
)


class LimitsForm(forms.Form):
    """One person's limits in a pair. shown: the digest of those that the page was made with."""

    shown = forms.Field(required=False, widget=forms.HiddenInput)
    days_between = forms.TypedChoiceField(
        label=_("Conversations, at most"),
        coerce=lambda value: None if value == NEVER else int(value),
        choices=(
            (NEVER, _("None")),
            (84, _("One in twelve weeks")),
            (56, _("One in eight weeks")),
            (28, _("One a month")),
            (14, _("One in two weeks")),
            (7, _("One a week")),
        ),
    )
    minutes = Amount(low=0, high=LONGEST_MINUTES, label=_("Minutes, at most"))
    letters = Amount(
        low=0,
        high=MOST_LETTERS,
        label=_("Letters from each of you for one conversation, at most"),
    )
    letter_length = Amount(
        low=0,
        high=LONGEST_LETTER,
        label=_("Characters in one letter, at most"),
        help_text=_("A page has about 2,000."),
    )
    live = forms.BooleanField(label=_("Talking live is all right for me"), required=False)
    ask_before_each = forms.BooleanField(
        label=_("Ask me before each conversation"),
        help_text=_(
            "Without my “go ahead”, it is skipped. If you switch this off, those that are planned "
            "already still need it."
        ),
        required=False,
    )
    cooling_off_hours = forms.TypedChoiceField(
        label=_("After we both said yes to more, wait at least"),
        help_text=_("If something is waiting already, and not as long, it will not take force."),
        coerce=int,
        choices=((72, _("3 days")), (168, _("1 week")), (336, _("2 weeks"))),
    )
    receives_proposals = forms.BooleanField(
        label=_("Show me what the other proposes"),
        help_text=_("The other is not told if you do not want to see it."),
        required=False,
    )
    rest_days = forms.TypedChoiceField(
        label=_("After a proposal that came to nothing, show me no other for"),
        help_text=_("Nobody can propose again sooner than after 30 days."),
        coerce=int,
        choices=(
            (30, _("30 days")),
            (60, _("60 days")),
            (90, _("90 days")),
            (180, _("half a year")),
            (365, _("a year")),
        ),
    )
    kind_words = forms.BooleanField(
        label=_("If the other leaves a few kind words, show them to me"),
        help_text=_(
            "These are a few fixed sentences, with a pause, an end or a time apart. Nobody can "
            "write anything there."
        ),
        required=False,
    )
    zone = ZoneField(label=_("Time zone of the hours below"))
    hours = forms.TypedMultipleChoiceField(
        label=_("Hours of the week in which a conversation may be"),
        coerce=int,
        required=False,
        choices=[(hour, str(hour)) for hour in sorted(HOURS_OF_THE_WEEK)],
        error_messages={"invalid_choice": _("Please choose hours from the list.")},
    )

    ASKING = ("cooling_off_hours", "receives_proposals", "rest_days", "kind_words")
    HOURS = ("zone", "hours")

    def amounts(self) -> list[forms.BoundField]:
        """The fields that come first on the page: how much."""
        others = self.ASKING + self.HOURS
        return [field for field in self.visible_fields() if field.name not in others]

    def asking(self) -> list[forms.BoundField]:
        """The fields about what the other does, which are folded away."""
        return [self[name] for name in self.ASKING]

    def asking_is_wrong(self) -> bool:
        """Whether something that is folded away must be seen."""
        return not self.errors.keys().isdisjoint(self.ASKING)

    def hours_are_wrong(self) -> bool:
        """Whether something that is folded away must be seen."""
        return not self.errors.keys().isdisjoint(self.HOURS)

    @staticmethod
    def initial_from(limits: Limits | None, zone: str) -> dict[str, Any]:
        """What the form shows first: the person's limits, or a careful beginning without any."""
        if limits is None:
            daytime = [day * 24 + hour for day in range(7) for hour in range(9, 21)]
            return {
                "shown": limits_digest(NOTHING_YET),
                "days_between": 28,
                "minutes": 45,
                "letters": 1,
                "letter_length": 4000,
                "ask_before_each": True,
                "cooling_off_hours": 72,
                "receives_proposals": True,
                "rest_days": 30,
                "kind_words": False,
                "zone": zone,
                "hours": daytime,
            }
        return {
            "shown": limits_digest(limits),
            "days_between": limits.days_between or NEVER,
            "minutes": limits.minutes,
            "letters": limits.letters,
            "letter_length": limits.letter_length,
            "live": limits.live,
            "ask_before_each": limits.ask_before_each,
            "cooling_off_hours": limits.cooling_off // timedelta(hours=1),
            "receives_proposals": limits.receives_proposals,
            "rest_days": limits.rest // timedelta(days=1),
            "kind_words": limits.kind_words,
            "zone": limits.zone,
            "hours": sorted(limits.hours),
        }

    def limits(self) -> Limits:
        """The limits of a valid form."""
        data = self.cleaned_data
        return Limits(
            days_between=data["days_between"],
            minutes=data["minutes"],
            letters=data["letters"],
            letter_length=data["letter_length"],
            live=data["live"],
            hours=frozenset(data["hours"]),
            zone=data["zone"],
            ask_before_each=data["ask_before_each"],
            cooling_off=timedelta(hours=data["cooling_off_hours"]),
            receives_proposals=data["receives_proposals"],
            rest=timedelta(days=data["rest_days"]),
            kind_words=data["kind_words"],
        )

    def ask_again(self, now: Limits) -> None:
        """Keep what was typed, and say what holds now wherever that is something else."""
        holds = self.initial_from(now, now.zone)
        typed = self.initial_from(self.limits(), now.zone)
        is_of_one_zone = holds["zone"] == typed["zone"]
        data = cast(QueryDict, self.data).copy()
        data["shown"] = holds["shown"]
        self.data = data
        self.add_error(None, str(CHANGED))
        for name in holds.keys() - {"shown"}:
            if holds[name] != typed[name] or (name == "hours" and not is_of_one_zone):
                self.add_error(name, self._that_it_holds(name, holds[name], is_of_one_zone))

    def _that_it_holds(self, name: str, value: Any, is_of_one_zone: bool) -> str:
        if name == "hours":
            return str(FEWER_HOURS if is_of_one_zone else HOURS_OF_OTHER_ZONE)
        if name == "zone":
            return OTHER_ZONE % {"now": value}
        if isinstance(value, bool):
            value = _("yes") if value else _("no")
        choices = dict(getattr(self.fields[name], "choices", ()))
        return HOLDS % {"now": choices.get(value, value)}

    def hours_grid(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The hours of the week as `parts/hours.html` takes them."""
        checked = {str(value) for value in self["hours"].value() or []}
        return [
            (
                str(name),
                [
                    {
                        "value": day * 24 + hour,
                        "label": f"{hour:02}",
                        "checked": str(day * 24 + hour) in checked,
                    }
                    for hour in range(24)
                ],
            )
            for day, name in WEEKDAYS
        ]
