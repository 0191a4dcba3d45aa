"""One's own limits: what is wrong is said plainly, what was typed is kept, nothing is changed."""

import pytest
from django.urls import reverse

from boundaries.actions import limits as limits_actions
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
    assert held.pop("shown")
    assert held == {
        name: value if isinstance(value, list) else ["on" if value is True else value]
        for name, value in typed.items()
        if value is not False
    }


def test_an_amount_that_is_none_is_named_with_its_bounds(at_ana, page, ana_place):
    amounts = ("minutes", "letters", "letter_length")
    for typed in NO_NUMBERS:
        at_ana.send(page, **VALID | dict.fromkeys(amounts, typed) | {"hours": ["3", "9"]})
        assert at_ana.text.count(WHOLE) == 2 * len(amounts), (typed, "by each, and at the top")
        held = at_ana.filled(SAVE)
        assert [held[amount] for amount in amounts] == [[typed]] * len(amounts), typed
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
    at_ana.open(page)
    shown = at_ana.page
    for _ in range(2):
        at_ana.page = shown
        at_ana.press(SAVE, minutes="240", letters="10")
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


# --- A page that was opened before they were changed elsewhere ---------------------------------

CHANGED = "Your limits have changed since this page was opened."


@pytest.fixture
def stale(at_ana, page, ana_place):
    """Ana's page with wide limits, which she has made stricter elsewhere since: on her phone."""
    factories.allow(by=(ana_place,), days_between=14, minutes=120, letters=5)
    at_ana.open(page)
    factories.allow(by=(ana_place,), days_between=28, minutes=60, letters=5, kind_words=False)
    return at_ana


def test_r9_an_old_page_never_widens_what_it_did_not_show(stale, ana_place):
    before = own_limits(ana_place)
    stale.press(SAVE, letters="6")
    assert CHANGED in stale.text
    assert "Conversations, at most: What holds now is stricter: One a month." in stale.text
    assert "Minutes, at most: What holds now is stricter: 60." in stale.text
    assert "show them to me: What holds now is stricter: no." in stale.text
    assert "Time zone of the hours below:" not in stale.text
    assert own_limits(ana_place) == before
    held = stale.filled(SAVE)
    assert (held["days_between"], held["minutes"], held["letters"]) == (["14"], ["120"], ["6"])


def test_r9_asked_again_it_is_as_it_was_typed(stale, ana_place):
    stale.press(SAVE, letters="6")
    stale.press(SAVE)
    assert "Your limits are set." in stale.text
    now = own_limits(ana_place)
    assert (now.days_between, now.minutes, now.letters, now.kind_words) == (14, 120, 6, True)


def test_r9_what_changes_while_it_is_asked_again_is_asked_once_more(stale, ana_place):
    stale.press(SAVE)
    factories.allow(by=(ana_place,), minutes=30)
    stale.press(SAVE)
    assert "What holds now is stricter: 30." in stale.text
    assert own_limits(ana_place).minutes == 30


def test_r9_a_mistake_in_between_makes_an_old_page_no_newer(stale, ana_place):
    stale.press(SAVE, minutes="many")
    assert WHOLE in stale.text
    stale.press(SAVE, minutes="120")
    assert CHANGED in stale.text
    assert own_limits(ana_place).minutes == 60


def test_r1_an_old_page_that_only_makes_them_stricter_holds_at_once(stale, ana_place):
    stale.press(SAVE, days_between="none", minutes="20", kind_words=False)
    assert "Your limits are set." in stale.text
    now = own_limits(ana_place)
    assert (now.days_between, now.minutes, now.letters) == (None, 20, 5)


def test_r1_what_is_stricter_holds_at_once_also_where_the_rest_is_asked_again(stale, ana_place):
    """Somebody who ends all conversations on an old page does not have to look twice."""
    stale.press(SAVE, days_between="none")
    assert CHANGED in stale.text
    assert "Conversations, at most:" not in stale.text
    now = own_limits(ana_place)
    assert (now.days_between, now.minutes) == (None, 60)


def test_r9_without_the_digest_the_same_page_would_widen_in_silence(stale, ana_place, monkeypatch):
    """Or the tests above could be about something else."""
    monkeypatch.setattr(limits_actions, "narrowed", lambda _, wanted: wanted)
    stale.press(SAVE)
    assert "Your limits are set." in stale.text
    assert own_limits(ana_place).minutes == 120


@pytest.mark.parametrize("shown", ["", "0" * 64, "\x00", "é" * 5000])
def test_r9_a_page_that_shows_nothing_that_is_known_is_an_old_one(at_ana, page, ana_place, shown):
    factories.allow(by=(ana_place,), minutes=20)
    at_ana.send(page, **VALID | {"shown": shown})
    assert CHANGED in at_ana.text
    assert own_limits(ana_place).minutes == 20


def test_hours_that_were_taken_away_elsewhere_are_asked_about(at_ana, page, ana_place):
    factories.allow(by=(ana_place,), zone="Europe/Berlin", hours=frozenset({8, 9, 10}))
    at_ana.open(page)
    factories.allow(by=(ana_place,), zone="Europe/Berlin", hours=frozenset({9, 10}))
    at_ana.press(SAVE, hours=["8", "9"])
    assert "Fewer hours hold now." in at_ana.text
    assert own_limits(ana_place).hours == {9}
    assert at_ana.filled(SAVE)["hours"] == ["8", "9"]


@pytest.mark.parametrize("hours", [["8", "9"], ["8", "9", "10"]])
def test_r8_hours_of_another_zone_are_not_said_to_hold(at_ana, page, ana_place, hours):
    """They are not compared, so also those that look like fewer hold only once they are saved."""
    factories.allow(by=(ana_place,), zone="Europe/Berlin", hours=frozenset({8, 9, 10}))
    at_ana.open(page)
    factories.allow(by=(ana_place,), zone="Asia/Tokyo", hours=frozenset({8, 9, 10}))
    at_ana.press(SAVE, hours=hours)
    assert "These do not hold yet, because your time zone is another one now." in at_ana.text
    assert "What holds now is Asia/Tokyo." in at_ana.text
    assert "stricter: Asia/Tokyo" not in at_ana.text
    assert own_limits(ana_place).hours == {8, 9, 10}
    at_ana.press(SAVE)
    now = own_limits(ana_place)
    assert (now.zone, sorted(map(str, now.hours), key=int)) == ("Europe/Berlin", hours)
