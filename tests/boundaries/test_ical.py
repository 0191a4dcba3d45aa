"""The file itself, read by a program that shares no code with the one that writes it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from icalendar import Calendar

from accounts.forms import RenameFeedForm
from accounts.models import Feed, Person
from boundaries.feeds import as_calendar
from boundaries.rules.calendar import Appointment, Listed, appointments
from boundaries.rules.windows import Span, State
from tests import calendars

AT = datetime(2026, 11, 24, 12, 0, 7, 123456, tzinfo=UTC)
LENGTH = timedelta(minutes=45)
PAIR = UUID("6f9bd8c2-2a4e-4cc7-8d7c-2f7a61a9a6d1")
SIGNS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
ORDER_MARK = "\ufeff"
"""At its beginning, where it is no sign of the text, icalendar takes it away."""
ODD = [
    "Piano, with Ü; and \\n",
    "a\\,b\\;c\\\\",
    "BEGIN:VEVENT",
    "x" * 60,
    "\U0001f469‍\U0001f469‍\U0001f467" * 12,
    "\u202eright to left\u202c",
    "موعد مع الطبيب",
    "é" * 60,
    '"quoted": ^n ^^',
    "%0D%0A",
    "a\ufeff",
    " x ",
]


def appointment(**changes):
    ordinary = {
        "pair": PAIR,
        "local": datetime(2026, 12, 5, 18, 0),  # noqa: DTZ001 - a local time
        "span": Span(AT, AT + LENGTH),
        "is_cancelled": False,
        "sequence": 1,
    }
    return Appointment(**(ordinary | changes))


def feed(title="Appointment"):
    return Feed(person=Person(), token_digest="0" * 64, title=title)


def titles(text):
    return [each.title for each in calendars.entries(text)]


@pytest.mark.parametrize("title", ODD)
def test_a_title_is_read_as_it_was_typed(title):
    text = as_calendar(feed(title), [appointment()], AT)
    assert titles(text) == [title]
    assert calendars.name_of(text) == title
    assert len(Calendar.from_ical(text).walk("VEVENT")) == 1


@given(title=st.text(SIGNS, min_size=1, max_size=60), count=st.integers(1, 3))
def test_any_title_is_read_as_it_was_typed_and_folded_within_75_octets(title, count):
    assume(not title.startswith(ORDER_MARK) and "\\N" not in title)
    text = as_calendar(feed(title), [appointment(sequence=n) for n in range(count)], AT)
    assert titles(text) == [title] * count
    for line in calendars.lines(text):
        assert len(line) <= 75
        line.decode()


@given(title=st.text(min_size=1, max_size=60))
def test_what_the_form_lets_through_is_read_so(title):
    # icalendar takes these two signs for a line end, before it escapes what was typed.
    assume("\\N" not in title)
    form = RenameFeedForm({"title": title})
    if form.is_valid() and not title.strip().startswith(ORDER_MARK):
        typed = form.cleaned_data["title"]
        assert titles(as_calendar(feed(typed), [appointment()], AT)) == [typed]


@given(title=st.text(max_size=60))
def test_no_title_adds_an_event_or_a_line_of_its_own(title):
    """Also what the form refuses, if it should ever be in the database."""
    text = as_calendar(feed(title), [appointment()], AT)
    assert text.count(b"\nBEGIN:VEVENT") == 1
    names = {line.partition(b":")[0] for line in calendars.lines(text) if line[:1] != b" "}
    assert len(names) <= 19
    assert not [name for name in names if name.startswith((b"ATTENDEE", b"URL"))]


def test_the_neutral_title_is_what_there_is_without_one():
    assert titles(as_calendar(Feed(person=Person(), token_digest="0" * 64), [], AT)) == []
    assert feed().title == "Appointment"


def test_programs_are_asked_to_look_every_hour():
    text = as_calendar(feed(), [], AT)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in text


def test_the_bite_of_the_independent_parser():
    """A file that is not one is refused, so that what passes means something."""
    text = as_calendar(feed(), [appointment()], AT)
    without = b"".join(
        line + b"\r\n" for line in calendars.lines(text) if not line.startswith(b"UID")
    )
    with pytest.raises(Exception, match="UID"):
        calendars.entries(without)
    with pytest.raises(AssertionError):
        calendars.lines(text.replace(b"\r\n", b"\n"))


# --- Which appointments there are ------------------------------------------------------------


def listed(**changes):
    ordinary = {
        "pair": PAIR,
        "span": Span(AT, AT + LENGTH),
        "state": State.PLANNED,
        "is_coming": True,
        "zone": "Europe/Berlin",
        "number": 1,
        "zone_data": "2026a",
    }
    return Listed(**(ordinary | changes))


GONE = {"state": State.CANCELLED, "is_coming": False}


def sequence(**changes):
    (only,) = appointments([listed(**changes)])
    return only.sequence


def test_every_later_state_of_one_has_a_greater_sequence():
    states = [
        sequence(number=number, zone_data=zone_data, **gone)
        for number in (1, 2, 10)
        for zone_data in ("", "1999z", "2026a", "2026b", "2027a", "2099z")[1 if number > 1 else 0 :]
        for gone in ({}, GONE)
    ]
    without_unknown = [each for each in states if each % 8192 > 1]
    assert without_unknown == sorted(set(without_unknown))
    assert max(states) < 2**31


def test_of_several_at_one_time_the_coming_one_counts_else_the_last():
    old, new = listed(number=1, **GONE), listed(number=2)
    assert appointments([old, new]) == appointments([new, old]) == appointments([new])
    later = listed(number=2, **GONE)
    assert appointments([later, old]) == appointments([old, later]) == appointments([later])
    beside = listed(number=9, **GONE)
    assert appointments([beside, new]) == appointments([new])


@pytest.mark.parametrize("state", [State.HELD, State.CUT_SHORT])
def test_what_took_place_is_not_listed(state):
    assert appointments([listed(state=state, is_coming=False)]) == []


@given(order=st.permutations(range(6)))
def test_their_order_is_that_of_time_whatever_was_written_first(order):
    each = [
        listed(
            span=Span(AT + LENGTH * n, AT + LENGTH * (n + 1)), number=9 - n, is_coming=n % 2 == 0
        )
        for n in range(6)
    ]
    found = appointments(each[n] for n in order)
    assert [appointment.span for appointment in found] == [one.span for one in each]
