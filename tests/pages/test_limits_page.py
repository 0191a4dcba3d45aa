"""One's own limits: what is wrong is said plainly, what was typed is kept, nothing is changed."""

import pytest
from django.urls import reverse

from boundaries.models import Agreement, PersonalLimits, RecordEntry
from boundaries.queries import own_limits
from conversations import actions as conversations
from tests import factories

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SAVE = "Save my limits"
WHOLE = "Please type a whole number from"
NO_NUMBERS = ("", " ", "many", "-1", "3.5", "1e3", "9" * 30, "9" * 5000, "½")
WRONG_HOURS = ("168", "-1", "many", "1.5", "", "1\x00")


@pytest.fixture
def page(pair):
    return reverse("boundaries:limits", args=[pair.pk])


def test_the_first_time_it_offers_a_careful_beginning(at_ana, page, ana_place):
    at_ana.open(page)
    assert "You have set none yet, so nothing can be agreed." in at_ana.text
    held = at_ana.filled(SAVE)
    assert held["days_between"] == ["28"]
    assert held["ask_before_each"] == ["on"]
    assert held["zone"] == ["Europe/Berlin"]
    assert len(held["hours"]) == 7 * 12
    assert own_limits(ana_place) is None


def test_what_was_saved_is_shown_again(at_ana, page, ana_place):
    at_ana.open(page)
    typed = {
        "days_between": "none",
        "minutes": "0",
        "letters": "10",
        "letter_length": "20000",
        "live": True,
        "ask_before_each": False,
        "cooling_off_hours": "336",
        "receives_proposals": False,
        "rest_days": "365",
        "kind_words": True,
        "zone": "Asia/Kathmandu",
        "hours": ["0", "167"],
    }
    at_ana.press(SAVE, **typed)
    assert "Your limits are set. They hold from now on." in at_ana.text
    at_ana.open(page)
    assert "You have set none yet" not in at_ana.text
    held = at_ana.filled(SAVE)
    assert held.pop("csrfmiddlewaretoken")
    assert held == {
        name: value if isinstance(value, list) else ["on" if value is True else value]
        for name, value in typed.items()
        if value is not False
    }


@pytest.mark.parametrize("field", ["minutes", "letters", "letter_length"])
def test_an_amount_that_is_none_is_named_with_its_bounds(at_ana, page, ana_place, field):
    for typed in NO_NUMBERS:
        at_ana.send(page, **VALID | {field: typed, "hours": ["3", "9"]})
        assert WHOLE in at_ana.text, typed
        held = at_ana.filled(SAVE)
        assert held[field] == [typed], typed
        assert held["hours"] == ["3", "9"]
    assert own_limits(ana_place) is None


@pytest.mark.parametrize("typed", WRONG_HOURS)
def test_an_hour_that_no_week_has(at_ana, page, ana_place, typed):
    at_ana.send(page, **VALID | {"hours": ["5", typed]})
    assert "Please choose hours from the list." in at_ana.text
    assert at_ana.filled(SAVE)["hours"] == ["5"]
    assert own_limits(ana_place) is None


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "UTC\x00", "é" * 9000])
def test_a_zone_that_nobody_knows(at_ana, page, ana_place, zone):
    at_ana.send(page, **VALID | {"zone": zone})
    assert "There is no time zone with this name." in at_ana.text
    assert own_limits(ana_place) is None


@pytest.mark.parametrize("typed", ["", "0", "-7", "13", "many", "72\x00", "9" * 5000])
def test_a_choice_that_was_not_offered(at_ana, page, ana_place, typed):
    at_ana.send(page, **VALID | {"days_between": typed, "cooling_off_hours": typed})
    assert "Something here needs another look." in at_ana.text
    assert own_limits(ana_place) is None


def test_an_empty_form_is_not_taken_for_limits(at_ana, page, ana_place):
    at_ana.send(page)
    assert "Something here needs another look." in at_ana.text
    assert own_limits(ana_place) is None


VALID = {
    "days_between": "28",
    "minutes": "45",
    "letters": "1",
    "letter_length": "4000",
    "cooling_off_hours": "72",
    "rest_days": "30",
    "zone": "Europe/Berlin",
    "hours": [str(hour) for hour in range(168)],
}


def test_lowering_holds_at_once(at_ana, at_ben, page, agreement):
    at_ana.send(page, **VALID | {"minutes": "20"})
    at_ben.open("/")
    assert "20 minutes" in at_ben.text
    at_ana.send(page, **VALID | {"days_between": "none"})
    for each in (at_ana, at_ben):
        each.open("/")
        assert "No conversation is scheduled." in each.text
    assert not Agreement.objects.filter(ended_at=None).exists()


def test_no_hours_at_all_leave_no_conversation(at_ana, at_ben, page, agreement, pair, clock):
    at_ana.send(page, **{name: value for name, value in VALID.items() if name != "hours"})
    at_ana.open("/")
    assert "It is outside the hours that you allow, so it will not take place." in at_ana.text
    at_ben.open("/")
    assert "outside the hours" not in at_ben.text
    clock.go_to(factories.next_window(pair=pair).opens_at)
    conversations.sweep()
    for each in (at_ana, at_ben):
        each.open("/")
        assert "Saturday 7 November 2026 Did not take place" in each.text


def test_raising_changes_nothing_and_a_doubled_post_is_the_same(at_ana, page, agreement, ana_place):
    answers = []
    for _ in range(2):
        at_ana.send(page, **VALID | {"minutes": "240", "letters": "10"})
        answers.append((at_ana.path, at_ana.text))
    assert answers[0] == answers[1]
    assert PersonalLimits.objects.filter(membership=ana_place).count() == 1
    assert Agreement.objects.get(ended_at=None).terms == agreement.terms
    assert RecordEntry.objects.filter(act="lessened").count() == 0


def test_limits_are_each_one_s_own(at_ben, page, ana_place, ben_place):
    factories.allow(by=(ana_place,), minutes=17)
    at_ben.open(page)
    assert "You have set none yet" in at_ben.text
    assert at_ben.filled(SAVE)["minutes"] == ["45"]
