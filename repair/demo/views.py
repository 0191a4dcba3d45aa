"""Moving the demo's clock from the bar."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.access import anyone, signed_in, signed_in_person
from repair.demo import actions
from repair.demo.queries import next_conversation

# A few seconds in, so that the worker finds the window due at its next sweep.
INTO_IT = timedelta(seconds=2)


@anyone
@require_POST
def hour(request: HttpRequest) -> HttpResponse:
    """Go on by an hour."""
    actions.move(by=timedelta(hours=1))
    return _back(request)


@anyone
@require_POST
def day(request: HttpRequest) -> HttpResponse:
    """Go on by a day of 24 hours."""
    actions.move(by=timedelta(days=1))
    return _back(request)


@signed_in
@require_POST
def conversation(request: HttpRequest) -> HttpResponse:
    """Go to the person's next conversation; without one, stay."""
    opens_at = next_conversation(signed_in_person(request), clock.now())
    if opens_at:
        actions.go_to(instant=opens_at + INTO_IT)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    here = request.POST.get("here", "")
    safe = url_has_allowed_host_and_scheme(here, allowed_hosts=None)
    return HttpResponseRedirect(here if safe else "/")
