"""Form fields that say plainly what is wrong, and keep what was typed."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import zones

CANNOT_BE_SEEN = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029]")
"""Control characters and the separators of lines and paragraphs: Cc, Zl and Zp of Unicode."""

# Signs that begin a new line somewhere, or did once; and those that no keyboard writes.
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def one_line(value: str) -> None:
    """Raise a `ValidationError` for line breaks and other signs that cannot be seen."""
    if CANNOT_BE_SEEN.search(value):
        raise ValidationError(
            _("Please use only letters, digits and signs that can be seen, on one line."),
            code="not_one_line",
        )


class ZoneSelect(forms.Select):
    """A list of places. A zone that is not among them stays visible at its end."""

    def optgroups(
        self, name: str, value: list[str], attrs: dict[str, Any] | None = None
    ) -> list[Any]:
        """Return the places by area, and what was typed or kept where no place matches."""
        groups = super().optgroups(name, value, attrs)
        for other in set(value).difference(zones.places(), [""]):
            option = self.create_option(name, other, other, selected=True, index=len(groups))
            groups.append((None, [option], len(groups)))
        return groups


class ZoneField(forms.ChoiceField):
    """A time zone: one of the places, or any other name that the zone data knows."""

    widget = ZoneSelect
    default_error_messages = {
        "invalid_choice": zones.UNKNOWN_ZONE,
        "required": zones.UNKNOWN_ZONE,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_places_by_area, **kwargs)

    def valid_value(self, value: str) -> bool:
        """Accept also second names, which some browsers report, such as Asia/Calcutta."""
        return value in zones.all_zones()


class TimeField(forms.TimeField):
    """A time of the day, to the minute."""

    default_error_messages = {
        "invalid": _("Please type a time, such as 21:00."),
        "required": _("Please type a time, such as 21:00."),
    }

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(input_formats=("%H:%M",), widget=widget, **kwargs)


class WordsField(forms.CharField):
    """Text of several lines, as `clean_words` leaves it, white space at its ends and all."""

    def to_python(self, value: object) -> str | None:
        """Take the controls out before anything judges the words."""
        words = super().to_python(value)
        return clean_words(words) if words else words


def clean_words(words: str) -> str:
    """The words with plain line ends, and without signs that no keyboard writes and nobody sees.

    Newlines and tabs stay, and so does what steers the direction of writing: it belongs to words.
    """
    return CONTROLS.sub("", LINE_ENDS.sub("\n", words))


def _places_by_area() -> list[tuple[str, Any]]:
    by_area: dict[str, list[tuple[str, str]]] = {}
    for place in zones.places():
        area, _slash, name = place.partition("/")
        by_area.setdefault(area, []).append((place, _readable(name or area)))
    return list(by_area.items())


def _readable(name: str) -> str:
    return name.replace("_", " ").replace("/", ", ")
