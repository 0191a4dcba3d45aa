"""What both forms of amounts have in common."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)


class Amount(forms.IntegerField):
    """A whole number between two bounds, which it names when it is outside them."""

    def __init__(self, *, low: int, high: int, **kwargs: Any) -> None:
        said = _("Please type a whole number from %(low)s to %(high)s.") % {
            "low": low,
            "high": high,
        }
        messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), said)
        super().__init__(min_value=low, max_value=high, error_messages=messages, **kwargs)
