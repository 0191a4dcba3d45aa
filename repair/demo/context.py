"""The bar that every page of the demo carries."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.dateformat import format as format_date

from accounts import clock
from accounts.models import Person
from repair.demo.queries import next_conversation


def bar(request: HttpRequest) -> dict[str, object]:
    """The instant of the demo, in the person's zone, and where to go from there."""
    person = getattr(request, "user", None)
    at = clock.now()
    if not isinstance(person, Person):
        return {"demo_bar": {"now": in_words(at, "UTC"), "here": here(request)}}
    return {
        "demo_bar": {
            "now": in_words(at, person.time_zone),
            "here": here(request),
            "has_next": next_conversation(person, at) is not None,
        }
    }


def in_words(at: datetime, zone: str) -> str:
    """An instant as a clock on the wall would show it there."""
    return f"{format_date(at.astimezone(ZoneInfo(zone)), 'l j F Y, H:i')} ({zone})"


def here(request: HttpRequest) -> str:
    """The page to come back to; one that answers a POST cannot be asked for again."""
    return request.get_full_path() if request.method == "GET" else "/"
