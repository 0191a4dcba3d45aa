"""Conversations to come: all that are planned stand beside what is agreed, each in the reader's own
zone; what is outside somebody's hours is shown as skipped to that person alone (R8).
"""

import re
from dataclasses import replace

import pytest

from boundaries import actions
from boundaries.queries import own_limits
from boundaries.rules.limits import HOURS_OF_THE_WEEK
from boundaries.rules.rhythm import Weekly
from conversations import actions as conversations
from tests import factories

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

OUTSIDE = "Outside the hours that you allow, so it is skipped"
NOT_ALLOWED = "Outside the hours that you allow"
SKIPPED = "You skip this one"
SEE = "See what this means"
DAYS = re.compile(r"Saturday (\d+ \w+ \d{4}), (\d\d:\d\d) to \d\d:\d\d((?:(?!Saturday).)*)")
BUTTON = re.compile(r"(?:Skip this one|Go ahead after all) on \d+ \w+ \d{4}")
SATURDAYS = Weekly(1, 0, frozenset({5}))
SIX = [
    "7 November 2026", "5 December 2026", "2 January 2027",
    "6 February 2027", "6 March 2027", "3 April 2027",
]  # fmt: skip


def coming(visitor):
    """The days of the list on the pair's page, each with its time and what is said of it."""
    visitor.open("/")
    listed = BUTTON.sub("", the_list(visitor))
    return [(day, time, said.strip(" .")) for day, time, said in DAYS.findall(listed)]


def the_list(visitor):
    return visitor.text.split("Conversations to come")[1].split("Times are in your own")[0]


def without_hour(place, hour, zone="Europe/Lisbon"):
    """Let this person not allow this hour of Saturdays, in this zone, any more."""
    limits = own_limits(place)
    hours = HOURS_OF_THE_WEEK - {5 * 24 + hour}
    actions.set_limits(by=place, limits=replace(limits, hours=hours, zone=zone))


@pytest.mark.usefixtures("agreement")
def test_the_next_six_stand_beside_what_is_agreed_in_each_ones_own_zone(at_ana, at_ben):
    for visitor, opens in ((at_ana, "18:00"), (at_ben, "17:00")):
        assert coming(visitor) == [(day, opens, "") for day in SIX]
        visitor.follow("See the whole of it")
        assert [day for day, *_ in DAYS.findall(visitor.text)] == SIX


def test_without_an_agreement_none_are_to_come(at_ana, pair):
    at_ana.open("/")
    assert "Conversations to come" not in at_ana.text


@pytest.mark.usefixtures("agreement")
def test_before_saying_yes_and_before_proposing_six_are_shown(at_ana, at_ben, pair, clock):
    factories.hold(pair=pair, clock=clock)
    at_ana.open(f"/pairs/{pair.pk}/propose/")
    at_ana.press("See what this means", minutes="60")
    assert len(DAYS.findall(at_ana.text)) == 6
    at_ana.press("Propose this")
    at_ana.prove()
    assert len(DAYS.findall(at_ana.text)) == 6
    at_ben.open("/")
    at_ben.follow("Proposed to you")
    assert len(DAYS.findall(at_ben.text)) == 6


def test_the_zone_of_the_other_is_named_only_if_terms_name_it(
    at_ana, at_ben, ana_place, ben_place, pair, clock
):
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock, zone="UTC", live=False)
    for visitor, own, others in ((at_ana, "Berlin", "Lisbon"), (at_ben, "Lisbon", "Berlin")):
        for path in ("/", f"/pairs/{pair.pk}/agreement/", f"/pairs/{pair.pk}/agreement/renew/"):
            visitor.open(path)
            assert f"Europe/{own}" in visitor.text
            assert others not in visitor.answer.content.decode()
    assert [time for _, time, _ in coming(at_ana)] == ["19:00"] * 5 + ["20:00"]
    assert [time for _, time, _ in coming(at_ben)] == ["18:00"] * 5 + ["19:00"]


def test_r8_the_occurrence_that_does_not_fit_is_shown_as_such_to_whose_limit_it_is_alone(
    at_ana, at_ben, ana_place, ben_place, pair, clock
):
    """Six in New York is eleven at night in Lisbon, and ten in the weeks between the changes."""
    factories.allow(by=(ana_place, ben_place))
    clock.go_to(factories.utc(year=2027, month=2, day=22))
    factories.agree(
        by=ana_place, other=ben_place, clock=clock, live=False, zone="America/New_York",
        rhythm=SATURDAYS,
    )  # fmt: skip
    before = coming(at_ana)
    without_hour(ben_place, 22)
    marked = [(day, time) for day, time, said in coming(at_ben) if OUTSIDE in said]
    assert marked == [("20 March 2027", "22:00"), ("27 March 2027", "22:00")]
    assert coming(at_ana) == before
    assert OUTSIDE not in at_ana.text
    for state in ("held", "held", "held", "skipped", "skipped", "held"):
        window = factories.next_window(pair=pair)
        clock.go_to(window.opens_at)
        conversations.sweep()
        clock.go_to(window.closes_at)
        actions.sweep()
        window.refresh_from_db()
        assert window.state == state, window.opens_at


@pytest.fixture
def narrowed(agreement, ben_place, pair):
    """Ben skips the first, and then does not allow Saturdays from five to six any more."""
    actions.skip(by=ben_place, window_id=factories.next_window(pair=pair).pk)
    without_hour(ben_place, 17)


def said_of(visitor):
    """What is said of each date that the page shows first."""
    shown = visitor.text.split("When that would be")[1].split("Times are in your own")[0]
    return [said.strip() for *_, said in DAYS.findall(shown)]


@pytest.mark.usefixtures("narrowed")
def test_r8_on_the_preview_of_less_each_date_outside_ones_own_hours_is_marked(at_ana, at_ben, pair):
    for visitor, said in ((at_ben, OUTSIDE), (at_ana, "")):
        visitor.open(f"/pairs/{pair.pk}/propose/")
        visitor.press(SEE, minutes="20")
        assert "Less, from now on" in visitor.text
        assert said_of(visitor) == [said] * 6


@pytest.mark.usefixtures("agreement")
def test_r24_on_the_preview_of_less_what_one_skips_is_marked(at_ana, at_ben, ben_place, pair):
    actions.skip(by=ben_place, window_id=factories.next_window(pair=pair).pk)
    for visitor, said in ((at_ben, SKIPPED), (at_ana, "")):
        visitor.open(f"/pairs/{pair.pk}/propose/")
        visitor.press(SEE, minutes="20")
        assert said_of(visitor) == [said, *[""] * 5]


@pytest.mark.usefixtures("agreement")
def test_r24_on_the_preview_of_less_what_fits_since_it_is_shorter_is_skipped_still(
    at_ben, ben_place, pair
):
    """It was outside his hours, so he skips it, and nothing of that comes back by itself (R9)."""
    without_hour(ben_place, 23, zone="Asia/Kathmandu")  # 22:45 there is 18:00 in Berlin
    at_ben.open(f"/pairs/{pair.pk}/propose/")
    for minutes, said in (("20", OUTSIDE), ("15", SKIPPED)):
        at_ben.press(SEE, minutes=minutes)
        assert said_of(at_ben)[0] == said


@pytest.mark.usefixtures("agreement")
def test_an_open_conversation_that_less_leaves_is_marked_in_no_way(at_ben, ben_place, pair, clock):
    factories.open_next(pair=pair, clock=clock)
    at_ben.open(f"/pairs/{pair.pk}/propose/")
    at_ben.press(SEE, minutes="20")
    assert said_of(at_ben) == [""] * 6


@pytest.mark.usefixtures("narrowed")
def test_r8_on_the_page_that_renews_each_date_outside_ones_own_hours_is_marked(
    at_ana, at_ben, pair
):
    """It is not skipped there: for such dates the same again is refused."""
    for visitor, said in ((at_ben, NOT_ALLOWED), (at_ana, "")):
        visitor.open(f"/pairs/{pair.pk}/agreement/renew/")
        assert said_of(visitor) == [said] * 6
        assert OUTSIDE not in visitor.text
        assert ("or allow these hours in your limits" in visitor.text) == (said == NOT_ALLOWED)


@pytest.mark.usefixtures("agreement")
def test_r24_on_the_page_that_renews_what_one_skips_is_marked(at_ana, at_ben, ben_place, pair):
    """Who skips it skips the one that takes its place."""
    second = pair.windows.order_by("opens_at")[1]
    actions.skip(by=ben_place, window_id=second.pk)
    for visitor, said in ((at_ben, SKIPPED), (at_ana, "")):
        visitor.open(f"/pairs/{pair.pk}/agreement/renew/")
        assert said_of(visitor) == [said, *[""] * 5]


@pytest.fixture
def in_new_york(ana_place, ben_place, clock):
    """It is late in February; both set wide limits, and Ben not Saturdays from ten in the evening.

    Six in New York is eleven at night in Lisbon, and ten in the weeks between the changes.
    """
    factories.allow(by=(ana_place, ben_place))
    without_hour(ben_place, 22)
    clock.go_to(factories.utc(year=2027, month=2, day=22))
    return {
        "how_often": "week 1", "weekday": "5", "opens_at": "18:00", "zone": "America/New_York",
        "minutes": "45", "letters": "1", "letter_length": "4000",
    }  # fmt: skip


def test_r10_who_proposes_reads_which_dates_are_outside_their_own_hours(
    at_ana, at_ben, pair, in_new_york
):
    page = f"/pairs/{pair.pk}/propose/"
    at_ben.open(page)
    at_ben.press(SEE, **in_new_york)
    assert "Some of these conversations would be outside the hours" in at_ben.text
    told = at_ben.text.split(NOT_ALLOWED)[-1].split("Times are in your own")[0]
    assert [found[:2] for found in DAYS.findall(told)] == [
        ("20 March 2027", "22:00"), ("27 March 2027", "22:00"),
    ]  # fmt: skip
    at_ben.follow("your limits")
    at_ana.open(page)
    at_ana.press(SEE, **in_new_york)
    assert NOT_ALLOWED not in at_ana.text
    assert "This is what you would propose" in at_ana.text


@pytest.mark.usefixtures("agreement")
def test_r24_what_one_skips_is_shown_to_that_person_alone(at_ana, at_ben, ben_place, pair):
    before = coming(at_ana)
    actions.skip(by=ben_place, window_id=factories.next_window(pair=pair).pk)
    assert [SKIPPED in said for *_, said in coming(at_ben)] == [True, *[False] * 5]
    assert coming(at_ana) == before


@pytest.mark.usefixtures("agreement")
def test_r24_each_is_skipped_alone_and_can_be_thought_over(at_ana, at_ben):
    before = coming(at_ben)
    at_ana.open("/")
    assert BUTTON.findall(the_list(at_ana)) == [f"Skip this one on {day}" for day in SIX]
    at_ana.press("Skip this one on 2 January 2027")
    assert [day for day, _, said in coming(at_ana) if said == SKIPPED] == ["2 January 2027"]
    at_ana.press("Skip this one on 3 April 2027")
    skipped = {day for day, _, said in coming(at_ana) if said == SKIPPED}
    assert skipped == {"2 January 2027", "3 April 2027"}
    assert BUTTON.findall(the_list(at_ana)) == [
        f"{'Go ahead after all' if day in skipped else 'Skip this one'} on {day}" for day in SIX
    ]
    at_ana.press("Go ahead after all on 2 January 2027")
    assert [day for day, _, said in coming(at_ana) if said == SKIPPED] == ["3 April 2027"]
    assert coming(at_ben) == before


@pytest.mark.usefixtures("agreement")
def test_r24_a_later_one_that_was_skipped_does_not_take_place_and_the_others_do(
    at_ana, at_ben, pair, clock
):
    at_ana.open("/")
    at_ana.press("Skip this one on 5 December 2026")
    for state in ("held", "skipped", "held"):
        window = factories.next_window(pair=pair)
        clock.go_to(window.opens_at)
        conversations.sweep()
        clock.go_to(window.closes_at)
        actions.sweep()
        window.refresh_from_db()
        assert window.state == state, window.opens_at
    for visitor in (at_ana, at_ben):
        visitor.open("/")
        assert "Saturday 5 December 2026 Did not take place" in visitor.text
