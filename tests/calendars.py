"""A calendar program for the tests. It reads with vobject, which shares no code with icalendar."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import vobject
from django.test import Client


@dataclass(frozen=True)
class Entry:
    """One event, as the program understood it."""

    uid: str
    opens_at: datetime
    closes_at: datetime
    title: str
    status: str
    sequence: int


def path_of(token: str) -> str:
    """The address of a secret, as a person is given it."""
    return f"/feeds/{token}.ics"


def fetch(token: str) -> Any:
    """The answer that a program gets, which knows the address and nothing else."""
    return Client().get(path_of(token))


def subscribed(token: str) -> list[Entry]:
    """What a program lists that looks now."""
    answer = fetch(token)
    assert answer.status_code == 200
    return entries(answer.content)


def coming(token: str) -> list[tuple[datetime, datetime]]:
    """When something is to come."""
    return _times(token, "CONFIRMED")


def cancelled(token: str) -> list[tuple[datetime, datetime]]:
    """When something was to come that is not any more."""
    return _times(token, "CANCELLED")


def _times(token: str, status: str) -> list[tuple[datetime, datetime]]:
    return [(each.opens_at, each.closes_at) for each in subscribed(token) if each.status == status]


def entries(content: bytes) -> list[Entry]:
    """All events, in the order of the file. Fails for what RFC 5545 does not allow."""
    calendar: Any = parsed(content)
    return [
        Entry(
            uid=event.uid.value,
            opens_at=event.dtstart.value,
            closes_at=event.dtend.value,
            title=event.summary.value,
            status=event.status.value,
            sequence=int(event.sequence.value),
        )
        for event in calendar.contents.get("vevent", [])
    ]


def parsed(content: bytes) -> Any:
    """The one calendar in the file, and in it nothing but events that are whole."""
    (calendar,) = vobject.readComponents(content.decode(), validate=True)
    assert calendar.name == "VCALENDAR"
    assert {child.name for child in calendar.components()} <= {"VEVENT"}
    return calendar


def name_of(content: bytes) -> str:
    """What the calendar is called, by its name and by the older one, which are the same."""
    found = parsed(content).contents
    (name,) = {each.value for key in ("name", "x-wr-calname") for each in found[key]}
    return str(name)


def lines(content: bytes) -> list[bytes]:
    """The lines as they are folded: each ends with CRLF (RFC 5545, 3.1)."""
    assert content.endswith(b"\r\n")
    found = content[:-2].split(b"\r\n")
    assert not [line for line in found if b"\r" in line or b"\n" in line]
    return found
