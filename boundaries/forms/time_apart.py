"""The forms of a time apart and of an ending: a day, and a few fixed words or none."""

from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from boundaries.rules.phrases import Occasion, fitting
from boundaries.rules.phrases import Phrase as PhraseValue
from boundaries.rules.time_apart import first_and_last_day
from boundaries.words import phrases_for

NO_WORDS = ("", _("No words"))


class WordsForm(forms.Form):
    """A few fixed kind words, or none. Words that are none of ours are left out."""

    phrase = forms.ChoiceField(
        label=_("A few words, if you like"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, occasion: Occasion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.occasion = occasion
        field = cast(forms.ChoiceField, self.fields["phrase"])
        field.choices = [NO_WORDS, *phrases_for(occasion)]
        field.label_suffix = ""

    def words(self) -> PhraseValue | None:
        """What was chosen, also where the rest is not well filled: words never stop an act."""
        return fitting(self.data.get("phrase", ""), self.occasion)


class SuggestTimeApartForm(WordsForm):
    """A day at `at` for somebody in `zone`, and words that come with it."""

    day = forms.DateField(
        label=_("Until which day"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    field_order = ("day", "phrase")

    def __init__(self, *args: Any, at: datetime, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, occasion=Occasion.TIME_APART, **kwargs)
        self.first, self.last = first_and_last_day(at, zone)
        field = self.fields["day"]
        field.widget.attrs |= {"min": self.first.isoformat(), "max": self.last.isoformat()}
        field.help_text = self._said()
        field.error_messages |= dict.fromkeys(("required", "invalid"), self._wrong())

    def clean_day(self) -> date:
        """Refuse a day that is too near or too far."""
        day: date = self.cleaned_data["day"]
        if not self.first <= day <= self.last:
            raise forms.ValidationError(self._wrong())
        return day

    def _said(self) -> str:
        return str(_("From %(first)s to %(last)s.") % self._days())

    def _wrong(self) -> str:
        return str(_("Please choose a day from %(first)s to %(last)s.") % self._days())

    def _days(self) -> dict[str, str]:
        return {
            "first": formats.date_format(self.first, "j F Y"),
            "last": formats.date_format(self.last, "j F Y"),
        }
