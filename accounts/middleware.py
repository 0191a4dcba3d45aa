"""What holds for every request of somebody who is signed in."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import retarget

from accounts.access import TAKES_WORDS
from accounts.models import Person
from accounts.vault import UnreadableError

WORDS = ("body", "name", "title")
"""What the fields are called in which people type words that are sealed."""

Respond = Callable[[HttpRequest], HttpResponse]


def own_time_zone(get_response: Respond) -> Respond:
    """Show times in the zone of who is signed in, and in UTC to everybody else."""

    def respond(request: HttpRequest) -> HttpResponse:
        zone = request.user.time_zone if isinstance(request.user, Person) else "UTC"
        with timezone.override(ZoneInfo(zone)):
            return get_response(request)

    return respond


class GiveWordsBack:
    """Where the key of a pair or person cannot be opened, nothing can be sealed or kept.

    That is said, in place of a fault, and the words that were typed are given back. The field has
    logged which row it was.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """503 and the words, after a POST that held some; anything else goes on as a fault."""
        words = next(filter(None, map(request.POST.get, WORDS)), None)
        if words is None or not isinstance(fault, UnreadableError):
            return None
        if getattr(request, "htmx", None) and request.path.endswith(TAKES_WORDS):
            line = render(request, "accounts/not_kept_draft.html", status=503)
            return retarget(line, "#words-status")
        return render(request, "accounts/not_kept.html", {"words": words}, status=503)
