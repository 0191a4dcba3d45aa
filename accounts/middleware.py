"""What holds for every request of somebody who is signed in."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Person

Respond = Callable[[HttpRequest], HttpResponse]


def own_time_zone(get_response: Respond) -> Respond:
    """Show times in the zone of who is signed in, and in UTC to everybody else."""

    def respond(request: HttpRequest) -> HttpResponse:
        zone = request.user.time_zone if isinstance(request.user, Person) else "UTC"
        with timezone.override(ZoneInfo(zone)):
            return get_response(request)

    return respond
