"""What the sign-in library asks of us."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import clock, newcomers
from accounts.models import Person, normalised_email

log = logging.getLogger(__name__)


class Adapter(DefaultAccountAdapter):
    """Keeps sign-up behind the questions of R27, and addresses within what the database holds."""

    error_messages: dict[str, Any] = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is not in use."),
        "duplicate_email": _("This is your e-mail address already."),
        "email_password_mismatch": _(
            "This e-mail address and password do not belong together. Please check both."
        ),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("That was a lot in a short while. Please wait a few minutes."),
        "too_many_login_attempts": _(
            "That did not work several times in a row. Please wait a few minutes."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let those sign up who have answered both questions with no; ask the others first."""
        if not newcomers.may_sign_up(request.session, clock.now()):
            raise ImmediateHttpResponse(redirect("accounts:begin"))
        return True

    def clean_email(self, email: str) -> str:
        """Return the address as it is stored, or say that it is too long."""
        longest = Person._meta.get_field("email").max_length or 0
        if len(email) > longest:
            raise ValidationError(
                _("An e-mail address has at most %(longest)s characters."),
                code="too_long",
                params={"longest": longest},
            )
        return normalised_email(email)

    def save_user(
        self, request: HttpRequest, user: Person, form: BaseForm, commit: bool = True
    ) -> Person:
        """Save the newcomer, with the time zone from the form, and with why they came."""
        user.time_zone = form.cleaned_data["time_zone"]
        user.came_to_support = getattr(form, "comes_to_support", False)
        super().save_user(request, user, form, commit)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail, unless this address had its five of the day already.

        Without that, anybody could make somebody's mailbox ring all day (R28). The links in the
        five work for days, so who did ask for one is not kept out.

        In that case and where sending fails the page stays as it is: an error page would tell
        which addresses have an account, since others get no mail.
        """
        if not _may_be_sent_to(email):
            return
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as fault:
            log.error("A mail could not be sent: %s", type(fault).__name__)  # noqa: TRY400

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to where the link to the password form is."""
        return reverse("accounts:settings")


def _may_be_sent_to(email: str) -> bool:
    """Count one more mail to this address, of whatever kind; say whether it is not too many."""
    address = normalised_email(email)
    return bool(ratelimit.consume(allauth_context.request, action="mail", key=address))
