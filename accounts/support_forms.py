"""The forms of who supports whom (R25)."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.fields import WordsField, one_line
from accounts.models import Support
from accounts.proof import Proof, proof_by_password
from accounts.scopes import FIELDS, IN_WORDS, end_of, first_and_last, last_day_of

NOT_A_DAY = _("Please choose a day, such as 2027-03-31.")
NOT_AHEAD = _("Please choose a day that is not over yet, within one year from now.")
CODE_GONE = _(
    "The code of this page was used or taken back before, so nothing is changed. What you typed is "
    "still here, and you can make a new code with it. If somebody used the first one, you find "
    "them under People you trust, and can change there what they may do."
)
PASSWORD_NEEDED = _("Please type your password.")


def _name_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=_("Only you see it."),
        max_length=Support._meta.get_field("name_for_supporter").max_length,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please type a name.")},
    )


class PasswordBesideForm(forms.Form):
    """Takes the password beside what it confirms, so that no typed words wait for it anywhere.

    It is there where the form says so from the first, or once `prove` has found it missing: who
    wants less is not asked.
    """

    asks_from_the_first = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.asks_from_the_first or "password" in self.data:
            self.fields["password"] = _password_field(required=self.asks_from_the_first)

    def prove(self, request: HttpRequest) -> Proof | None:
        """The proof by the password that was typed; None, and the form says why, without one."""
        password = self.cleaned_data.get("password")
        self.fields.setdefault("password", _password_field(required=False))
        try:
            if password:
                return proof_by_password(request, password)
            self.add_error("password", PASSWORD_NEEDED)
        except ValidationError as refusal:
            self.add_error("password", refusal)
        return None


def _password_field(*, required: bool) -> forms.CharField:
    """Beside what may be less it is not required: the action says whether it is."""
    hint = "" if required else _("Only for more than now. Less needs none.")
    return forms.CharField(
        label=_("Your password"),
        help_text=hint,
        required=required,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": PASSWORD_NEEDED},
    )


class ChangeSupportForm(PasswordBesideForm):
    """What a person asks of a supporter, and what they allow."""

    name = _name_field(_("Your name for them"))
    body = WordsField(
        label=_("What you ask of them"),
        help_text=_(
            "In your own words: what kind of support you want, and what kind you do not want. They "
            "read it."
        ),
        max_length=Support._meta.get_field("request").max_length,
        error_messages={"required": _("Please write a few words, so that they know.")},
    )
    sees_calendar = forms.BooleanField(
        label=IN_WORDS["sees_calendar"],
        help_text=_("Only days, times and lengths."),
        required=False,
    )
    sees_check_ins = forms.BooleanField(
        label=IN_WORDS["sees_check_ins"],
        help_text=_("In all your pairs. Earlier ones stay with you alone."),
        required=False,
    )
    sees_reflections = forms.BooleanField(label=IN_WORDS["sees_reflections"], required=False)
    may_pause = forms.BooleanField(
        label=IN_WORDS["may_pause"],
        help_text=_("It stops all contact at once, as your own pause does. Only you can lift it."),
        required=False,
    )

    @property
    def asked(self) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        data = self.cleaned_data
        allowed = {field: data[field] for field in FIELDS.values()}
        return {"name": data["name"], "request": data["body"], "allowed": allowed}

    @staticmethod
    def initial_from(support: Support) -> dict[str, Any]:
        """The form as the support is now."""
        allowed = {field: getattr(support, field) for field in FIELDS.values()}
        return {"name": support.name, "body": support.words} | allowed


class RenewSupportForm(PasswordBesideForm):
    """Takes the last day, in the person's own zone."""

    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("At most one year ahead. You can change it at any time."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": NOT_A_DAY, "invalid": NOT_A_DAY},
    )

    def __init__(self, *args: Any, at: datetime, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, (self.first, self.last) = zone, first_and_last(at, zone)
        attrs = {"min": self.first.isoformat(), "max": self.last.isoformat()}
        self.fields["ends_on"].widget.attrs.update(attrs)

    def clean_ends_on(self) -> date:
        """Refuse a day that is over, or too far away."""
        day: date = self.cleaned_data["ends_on"]
        if not self.first <= day <= self.last:
            raise ValidationError(NOT_AHEAD, code="not_ahead")
        return day

    @property
    def ends_at(self) -> datetime:
        """The instant at which the last day is over."""
        return end_of(self.cleaned_data["ends_on"], self.zone)

    @staticmethod
    def day_from(support: Support, zone: str) -> dict[str, Any]:
        """The day that is set now."""
        return {"ends_on": last_day_of(support.ends_at, zone)}


class InviteSupporterForm(RenewSupportForm, ChangeSupportForm):
    """All of it, for a new one. The seed makes a doubled click ask for the same code."""

    asks_from_the_first = True
    field_order = ("name", "body", *FIELDS.values(), "ends_on", "seed")
    seed = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def begin_anew(self, posted: QueryDict) -> None:
        """Say that the code of this page is gone; with another seed, what was typed asks anew."""
        self.data = again = posted.copy()
        again["seed"] = codes.new_seed()
        self.add_error(None, CODE_GONE)


class DismissToldForm(forms.Form):
    """Takes the last line that the page showed of what supporters did."""

    last = forms.UUIDField(widget=forms.HiddenInput)


class RenameSupportedForm(forms.Form):
    """Takes the name that a supporter wants to see for the person."""

    name = _name_field(_("Your name for them"))
