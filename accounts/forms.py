"""The forms of this app, and the sign-in pages' forms in our words."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import newcomers, proof
from accounts.fields import TimeField, ZoneField, one_line
from accounts.models import Feed, Membership, Person

YES, NO = "yes", "no"
IN_OUR_WORDS = {
    "You must type the same password each time.": _(
        "These two passwords are not the same. Please type the same one twice."
    ),
}
"""What the sign-in library says in its own way (docs/voice.md), and what is said in its place."""
ASKED_MEANWHILE = _("Something else was asked meanwhile. Please go back and look again.")


class BeginForm(forms.Form):
    """The two questions before anything else (R27)."""

    order_stands = forms.ChoiceField(
        label=_("Is there a court order, or any other order, against contact between you two?"),
        help_text=_("If you are not sure, choose yes."),
        choices=((YES, _("Yes")), (NO, _("No"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose yes or no.")},
    )
    fears_other = forms.ChoiceField(
        label=_("Are you afraid of the other person?"),
        help_text=_("If you are not sure, choose yes."),
        choices=((YES, _("Yes")), (NO, _("No"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose yes or no.")},
    )

    def says_stop(self) -> bool:
        """Say whether one yes was chosen. It counts also while the other answer is missing."""
        return any(self[name].value() == YES for name in self.fields)


class MakeCodeForm(forms.Form):
    """Asks for a one-time code. The seed makes a doubled click ask for the same code."""

    seed = forms.CharField(max_length=64, widget=forms.HiddenInput)


class UseCodeForm(forms.Form):
    """Takes a one-time code as somebody was told it, in any case, with or without hyphens."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Capitals, spaces and hyphens do not matter."),
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please type the code that you were given.")},
    )


class RenameOtherForm(forms.Form):
    """Takes the name that somebody wants to see for the other."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("Only you see it."),
        max_length=Membership._meta.get_field("name_for_other").max_length,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please type a name.")},
    )


class MakeFeedForm(forms.Form):
    """Asks for a calendar address. The seed makes a doubled click ask for the same one."""

    seed = forms.CharField(max_length=64, widget=forms.HiddenInput)


class RenameFeedForm(forms.Form):
    """Takes the title that somebody wants in their calendar."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("All appointments have it. Choose one that tells nothing to who reads it."),
        max_length=Feed._meta.get_field("title").max_length,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please type a title.")},
    )


class SettingsForm(forms.Form):
    """A person's own settings."""

    time_zone = ZoneField(
        label=_("Time zone"), help_text=_("Times on your pages are shown in this zone.")
    )
    wants_notice_day_before = forms.BooleanField(
        label=_("Send me an e-mail a day before a conversation"), required=False
    )
    wants_notice_on_opening = forms.BooleanField(
        label=_("Send me an e-mail when a conversation opens"), required=False
    )
    wants_notice_on_arrival = forms.BooleanField(
        label=_("Send me an e-mail when a conversation has brought something"), required=False
    )
    wants_notice_to_decide = forms.BooleanField(
        label=_("Send me an e-mail when there is something for me to decide"), required=False
    )
    wants_notice_check_in = forms.BooleanField(
        label=_("Send me an e-mail when a check-in begins"),
        help_text=_(
            "It comes only while something is agreed. After the last conversation there is none: "
            "that check-in is on your page alone. All these e-mails read the same: a neutral "
            "subject, no name, and nothing of what they are about."
        ),
        required=False,
    )
    quiet_from = TimeField(
        label=_("No such e-mail from"), help_text=_("In your time zone, such as 21:00.")
    )
    quiet_until = TimeField(
        label=_("until"), help_text=_("The same time twice means: at any time of the day.")
    )


class PlainWords:
    """Puts a form of the sign-in library in our words, and takes off what says it twice."""

    fields: dict[str, forms.Field]
    errors: ErrorDict
    words: dict[str, Any] = {
        "email": _("E-mail address"),
        "login": _("E-mail address"),
        "password": _("Password"),
        "password1": _("New password"),
        "password2": _("The same password again"),
        "oldpassword": _("Your present password"),
        "remember": _("Keep me signed in on this device"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.words.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name in ("password", "oldpassword"):
                field.help_text = ""  # a link to the reset, which our pages show below

    def full_clean(self) -> None:
        """Say what is wrong in our words, too."""
        super().full_clean()  # type: ignore[misc]
        for errors in self.errors.as_data().values():
            for error in errors:
                error.message = IN_OUR_WORDS.get(str(error.message), error.message)


class SignInForm(PlainWords, allauth_forms.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignUpForm(PlainWords, allauth_forms.SignupForm):
    """E-mail address, password and time zone: all that is kept of a person."""

    account_already_exists: bool
    time_zone = ZoneField(
        label=_("Time zone"),
        help_text=_("Times on your pages are shown in this zone."),
        initial="UTC",
    )
    field_order = ("email", "password1", "password2", "time_zone")
    words = PlainWords.words | {"password1": _("Password")}

    def try_save(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        """Make the person; for an address that has one, do what looks and takes the same."""
        self.comes_to_support = newcomers.comes_to_support(request.session)
        newcomers.forget(request.session)
        if self.account_already_exists:
            # Hashing the password is by far the longest step, and would tell by its absence.
            make_password(self.cleaned_data["password1"])
            return self._saved(request)
        try:
            with transaction.atomic():
                return self._saved(request)
        except IntegrityError:
            # A doubled click: the other request has made the account a moment ago.
            self.account_already_exists = True
            return self._saved(request)

    def _saved(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        saved: tuple[Person | None, HttpResponse | None] = super().try_save(request)
        return saved


class ResetPasswordForm(PlainWords, allauth_forms.ResetPasswordForm):
    """Asks where to send the link."""


class ResetPasswordKeyForm(PlainWords, allauth_forms.ResetPasswordKeyForm):
    """Sets a new password by the link from the mail."""


class ChangePasswordForm(PlainWords, allauth_forms.ChangePasswordForm):
    """Sets a new password by the present one."""


class SetPasswordForm(PlainWords, allauth_forms.SetPasswordForm):
    """Sets a password where there is none yet."""


class ChangeEmailForm(PlainWords, allauth_forms.AddEmailForm):
    """Asks for the new address, which counts once it is confirmed."""

    words = PlainWords.words | {"email": _("New e-mail address")}


class ReauthenticateForm(PlainWords, allauth_forms.ReauthenticateForm):
    """Asks for the password again, and says for what (R2).

    `confirms` is what the page showed. Where something else has been asked since, in another tab,
    the password counts for neither.
    """

    confirms = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, words = proof.asked_on(context.request)
        self.initial["confirms"] = self.asked
        self.words_of_what_is_asked = words if self["confirms"].value() == self.asked else ""

    def clean_confirms(self) -> str:
        """Refuse what was typed on a page that showed something else."""
        confirms: str = self.cleaned_data["confirms"]
        if confirms != self.asked:
            raise ValidationError(ASKED_MEANWHILE, code="asked_meanwhile")
        return confirms

    def clean(self) -> dict[str, Any] | None:
        """Let a right password count for what this page showed."""
        cleaned: dict[str, Any] | None = super().clean()
        if not self.errors:
            proof.confirm(context.request)
        return cleaned
