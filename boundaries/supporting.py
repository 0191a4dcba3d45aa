"""What a supporter may see of a person's conversations, and their pause for them (R25)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.access import supporter
from accounts.models import Support
from accounts.scopes import Scope
from boundaries import actions, queries
from boundaries.exceptions import NotAllPaused
from boundaries.rules.windows import Span
from boundaries.words import minutes_in_words


@supporter(Scope.CALENDAR)
@require_safe
def supported_calendar(request: HttpRequest, support: Support) -> HttpResponse:
    """Show when the person's conversations are and were: day, time, length, and nothing else."""
    coming, past = queries.times_of(support.person, clock.now())
    context = {"support": support, "coming": _with_length(coming), "past": _with_length(past)}
    return render(request, "boundaries/supported_calendar.html", context)


@supporter(Scope.PAUSE)
@require_POST
def pause_for(request: HttpRequest, support: Support) -> HttpResponse:
    """Stop all contact of the person: one tap, no question.

    Where that failed, what is said is true whether something is paused or nothing, and does not
    tell in how many pairs the person is.
    """
    try:
        actions.pause_for(by=support)
        messages.success(request, _("You paused for them. They can read that you did."))
    except NotAllPaused:
        messages.error(
            request,
            _(
                "Something went wrong here, and it may be that not everything is paused. Please "
                "press the button again. If this stays so, let them know: they can pause "
                "themselves."
            ),
        )
    return redirect("accounts:support", support.pk)


def _with_length(spans: list[Span]) -> list[tuple[Span, str]]:
    return [
        (span, minutes_in_words(round((span.closes_at - span.opens_at).total_seconds() / 60)))
        for span in spans
    ]
