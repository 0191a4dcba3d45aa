"""The calendar feed: one person's conversations as iCalendar (RFC 5545), for their own programs."""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, vDuration, vText

from accounts import clock
from accounts.access import anyone
from accounts.models import Feed
from accounts.queries import get_feed_by
from boundaries.queries import appointments_of
from boundaries.rules.calendar import Appointment

LOOK_EVERY = timedelta(hours=1)


@anyone
@require_safe
def read_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The conversations of whose secret this is; for whoever has it, signed in or not.

    A secret that was guessed, replaced or stopped is the same 404 as an address that never was.
    """
    feed = get_feed_by(token)
    at = clock.now()
    text = as_calendar(feed, appointments_of(feed.person, at), at)
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="calendar.ics"',
            "X-Robots-Tag": "noindex, nofollow",
        },
    )


def as_calendar(feed: Feed, appointments: list[Appointment], at: datetime) -> bytes:
    """The appointments as an iCalendar object, made at the instant `at`.

    Without METHOD, which would ask for an ORGANIZER (RFC 5546, 3.2.1). Programs look again as
    REFRESH-INTERVAL (RFC 7986, 5.7) asks, or its older name, or as they please.
    """
    calendar, title = Calendar(), feed.title_shown
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Calendar//Calendar//EN")
    calendar.add("CALSCALE", "GREGORIAN")
    for name in ("NAME", "X-WR-CALNAME"):
        # As text, which icalendar would not take them for: its signs are to be escaped.
        calendar.add(name, vText(title))
    calendar.add("REFRESH-INTERVAL", LOOK_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(LOOK_EVERY))
    for each in appointments:
        calendar.add_component(_event(each, title, _uid(feed, each), at))
    text: bytes = calendar.to_ical()
    return text


def _event(appointment: Appointment, title: str, uid: str, at: datetime) -> Event:
    """One appointment. DTSTAMP is when somebody looked, and so tells of nothing that happened.

    Its instants are in UTC: a program with other zone data than ours would shift a local time.
    Its DTEND is exact, since minutes of UTC are elapsed time.
    """
    event = Event()
    event.add("UID", uid)
    event.add("DTSTAMP", at)
    event.add("DTSTART", appointment.span.opens_at)
    event.add("DTEND", appointment.span.closes_at)
    event.add("SUMMARY", title)
    event.add("SEQUENCE", appointment.sequence)
    event.add("STATUS", "CANCELLED" if appointment.is_cancelled else "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "TRANSPARENT")
    return event


def _uid(feed: Feed, appointment: Appointment) -> str:
    """The same for one appointment in one feed, and for nobody else's; it says nothing of either.

    Keyed with what only the database knows of the feed, so that two feeds cannot be laid side by
    side, and an address that replaced another begins anew. In the form of a UUID (RFC 7986, 5.3).
    """
    what = f"{appointment.pair}|{appointment.local.isoformat()}"
    digest = hmac.digest(feed.token_digest.encode(), what.encode(), hashlib.sha256)
    return str(UUID(bytes=digest[:16], version=5))
