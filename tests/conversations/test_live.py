"""A conversation as events: what is sent after which, and that each browser reads it as it was."""

from typing import NamedTuple
from uuid import uuid4

import pytest

from boundaries import actions as boundaries
from boundaries.queries import load_situation
from conversations import actions, live
from tests import beginnings
from tests.beginnings import beginning

pytestmark = [pytest.mark.django_db, pytest.mark.once]


class Events(NamedTuple):
    """What one person is told, up to which mark, and whether nothing will follow."""

    text: str
    mark: live.Mark
    is_over: bool


BEGINNINGS = {"window": beginnings.begin_to_talk}

window = beginning("window")


def say(by, window, *bodies):
    for body in bodies:
        actions.say(by=by, window_id=window.pk, key=uuid4(), body=body)


def told(place, window, clock, before=None):
    window.refresh_from_db()
    situation = load_situation(place.pair, clock.at)
    news = live.news(window, situation, before or live.Mark(0), clock.at)
    return Events(live.events(news, place), news.mark, news.is_over)


def parse(text):
    """As a browser reads a stream (HTML Standard, 9.2.6): type, data and id of each event."""
    events = []
    for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        lines = [line.partition(":") for line in block.split("\n") if line]
        values = [(name, value.removeprefix(" ")) for name, _, value in lines]
        data = [value for name, value in values if name == "data"]
        if data:
            rest = dict(values)
            events.append((rest.get("event", "message"), "\n".join(data), rest.get("id")))
    return events


def test_r21_each_message_is_one_event_in_their_order_with_its_number(
    ana_place, ben_place, window, clock
):
    say(ana_place, window, "one")
    say(ben_place, window, "two")
    say(ana_place, window, "three")
    for place in (ana_place, ben_place):
        events = [each for each in parse(told(place, window, clock).text) if each[0] == "said"]
        assert [number for _, _, number in events] == ["1", "2", "3"]
        for word, (_, html, number) in zip(("one", "two", "three"), events, strict=True):
            assert f">{word}</div>" in html
            assert f'id="said-{number}"' in html


def test_only_what_is_new_is_told(ana_place, ben_place, window, clock):
    say(ana_place, window, "one")
    first = told(ben_place, window, clock)
    say(ana_place, window, "two")
    second = told(ben_place, window, clock, first.mark)
    assert "one" in first.text
    assert "one" not in second.text
    assert [(name, number) for name, _, number in parse(second.text)] == [("said", "2")]
    third = told(ben_place, window, clock, second.mark)
    assert (third.text, third.mark, third.is_over) == ("", second.mark, False)


@pytest.mark.parametrize(
    "body",
    [
        "two\nlines",
        "\n\ndata: not an event\nevent: state\nid: 99",
        "a\u2028b\u2029c\x0bd\x85e",
        "<li id=said-1>\n\n</li><script>alert(1)</script>",
        "\u202eright to left",
        "👩‍👩‍👧‍👦 and \U0001f3f3\ufe0f\u200d\U0001f308",
    ],
)
def test_words_with_anything_in_them_stay_one_event(ana_place, ben_place, window, clock, body):
    say(ana_place, window, body)
    events = parse(told(ben_place, window, clock).text)
    assert [(name, number) for name, _, number in events] == [("said", "1"), ("state", None)]
    html = events[0][1]
    assert "<script>" not in html
    lines = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split("\n")
    assert "\n".join(lines) in html


def test_the_state_is_told_when_it_changed(ben_place, window, clock):
    mark, states = live.Mark(0), []
    for minutes in (30, 10, 9, 2, 1):
        clock.go_to(window.closes_at)
        clock.move(minutes=-minutes)
        events = told(ben_place, window, clock, mark)
        mark = events.mark
        states.append([html for name, html, _ in parse(events.text) if name == "state"])
    told_of = [" ".join(each) for each in states]
    assert "ten minutes" in told_of[1]
    assert "two minutes" in told_of[3]
    assert states[0] == [""]
    assert (states[2], states[4]) == ([], [])


@pytest.mark.parametrize("end", ["time", "left", "paused", "swept"])
def test_r13_r21_the_end_is_told_in_the_same_bytes_whatever_it_was(
    ana_place, ben_place, window, clock, end
):
    before = told(ben_place, window, clock).mark
    say(ana_place, window, "a word that was not sent yet")
    if end in ("time", "swept"):
        clock.go_to(window.closes_at)
    if end == "swept":
        boundaries.sweep()
    if end == "left":
        boundaries.leave(by=ana_place, window_id=window.pk)
    if end == "paused":
        boundaries.pause(by=ana_place)
    events = told(ben_place, window, clock, before)
    (first, html, _), last = parse(events.text)
    assert (first, last, events.is_over) == ("state", ("over", "", None), True)
    assert html.startswith('<p class="muted">This conversation is closed.')


def test_marks_are_those_of_the_events(ana_place, ben_place, window, clock):
    """Or streams would be brought up to date without end, or not at all."""
    for minutes in (40, 10, 2):
        clock.go_to(window.closes_at)
        clock.move(minutes=-minutes)
        say(ana_place, window, "a word")
        mark = told(ben_place, window, clock).mark
        assert live.marks([window.pk], clock.at) == {window.pk: mark}
    clock.go_to(window.closes_at)
    assert live.marks([window.pk], clock.at) != {window.pk: mark}


def test_many_marks_are_one_query_by_index(window, ana_place, clock, django_assert_num_queries):
    say(ana_place, window, *"abcdef")
    with django_assert_num_queries(1):
        assert live.marks([window.pk, uuid4()], clock.at)[window.pk].last == 6


@pytest.mark.parametrize(
    ("header", "asked", "number"),
    [
        (None, None, 0),
        (None, "2", 2),
        ("1", "2", 1),
        ("3", None, 3),
        ("4", None, 0),
        ("4", "2", 2),
        ("99999999999999999999", "1", 1),
        ("", "", 0),
        ("-1", None, 0),
        ("1; DROP", None, 0),
        ("٣", None, 0),
        ("1\x00", None, 0),
        ("one", "two", 0),
    ],
)
def test_an_id_that_is_none_of_this_conversation_begins_at_the_first(header, asked, number):
    """So that nothing is lost; what the page has already it shows once."""
    assert live.number_after(header, asked, last=3) == number
