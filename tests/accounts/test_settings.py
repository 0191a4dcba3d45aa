"""A person's own settings, and the name that they see for the other."""

from datetime import time

import pytest
from django.urls import reverse

from accounts.models import Membership, Pair
from accounts.queries import get_membership_for
from conversations.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SETTINGS = "/settings/"
QUIET = {"quiet_from": "21:00", "quiet_until": "09:00"}
WISHES = Notice.WISHES.values()


def name_page(pair):
    return reverse("accounts:rename_other", kwargs={"pair_id": pair.pk})


def test_settings_are_saved_and_said_to_be(ana, ana_client):
    posted = {
        "time_zone": "America/Bogota",
        "wants_notice_on_opening": "on",
        "quiet_from": "22:30",
        "quiet_until": "07:15",
    }
    page = ana_client.post(SETTINGS, posted, follow=True)
    assert b"Your settings are saved." in page.content
    assert b'value="America/Bogota" selected' in page.content
    ana.refresh_from_db()
    assert (ana.time_zone, ana.wants_notice_on_opening) == ("America/Bogota", True)
    assert (ana.quiet_from, ana.quiet_until) == (time(22, 30), time(7, 15))
    assert b'value="22:30"' in page.content


def test_r28_notices_are_off_until_asked_for_and_can_be_switched_off(ana, ana_client):
    assert b"checked" not in ana_client.get(SETTINGS).content
    ana_client.post(SETTINGS, QUIET | {"time_zone": "UTC", "wants_notice_on_opening": "on"})
    assert b"checked" in ana_client.get(SETTINGS).content
    ana_client.post(SETTINGS, QUIET | {"time_zone": "UTC"})
    ana.refresh_from_db()
    assert ana.wants_notice_on_opening is False


@pytest.mark.parametrize("wish", WISHES)
def test_r28_each_kind_is_asked_for_by_itself(ana, ana_client, clock, wish):
    ana_client.post(SETTINGS, QUIET | {"time_zone": "UTC", wish: "on"})
    ana.refresh_from_db()
    assert {each: getattr(ana, each) for each in WISHES} == {each: each == wish for each in WISHES}
    is_looked_for = wish not in ("wants_notice_on_opening", "wants_notice_on_arrival")
    assert ana.look_at == (clock.at if is_looked_for else None)
    ana_client.post(SETTINGS, QUIET | {"time_zone": "UTC"})
    ana.refresh_from_db()
    assert ana.look_at is None


@pytest.mark.parametrize(
    "typed", ["", " ", "25:00", "9", "half past", "21:00:30", "\x00", "9" * 400]
)
@pytest.mark.parametrize("field", ["quiet_from", "quiet_until"])
def test_r28_a_time_that_is_none_is_said_to_be_wrong_and_kept(ana, ana_client, field, typed):
    page = ana_client.post(SETTINGS, QUIET | {"time_zone": "UTC", field: typed})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Please type a time, such as 21:00." in text
    assert not typed.strip() or f'value="{typed}"' in text
    ana.refresh_from_db()
    assert (ana.quiet_from, ana.quiet_until) == (time(21), time(9))


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "\x00", "x" * 5000, "Europe/berlin"])
def test_an_unknown_zone_is_said_to_be_wrong_and_kept(ana, ana_client, zone):
    page = ana_client.post(SETTINGS, QUIET | {"time_zone": zone, "wants_notice_on_opening": "on"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "There is no time zone with this name." in text
    assert "checked" in text
    if zone:
        assert f'<option value="{zone}" selected>' in text
    ana.refresh_from_db()
    assert ana.time_zone == "Europe/Berlin"


def test_a_zone_that_is_kept_by_its_second_name_stays(ana, ana_client):
    ana.time_zone = "Asia/Calcutta"
    ana.save()
    assert b'value="Asia/Calcutta" selected' in ana_client.get(SETTINGS).content
    ana_client.post(SETTINGS, QUIET | {"time_zone": "Asia/Calcutta"})
    ana.refresh_from_db()
    assert ana.time_zone == "Asia/Calcutta"


def test_settings_lead_to_everything_of_the_account(ana_client, pair):
    page = ana_client.get(SETTINGS).content.decode()
    for path in "/account/email/", "/account/password/change/", "/account/logout/", "/code/":
        assert f'"{path}"' in page
    assert f'"{name_page(pair)}"' in page


def test_settings_of_one_person_do_not_touch_another(ana_client, ben):
    ana_client.post(SETTINGS, QUIET | {"time_zone": "America/Bogota"})
    ben.refresh_from_db()
    assert ben.time_zone == "Europe/Lisbon"


def test_r23_the_name_for_the_other_is_seen_by_nobody_else(ana, ben, ana_client, ben_client, pair):
    before = ben_client.get(name_page(pair)).content
    answer = ana_client.post(name_page(pair), {"name": "Somebody I knew"})
    assert answer.url == reverse("conversations:pair", kwargs={"pair_id": pair.pk})
    assert get_membership_for(ana, pair.pk).name_for_other == "Somebody I knew"
    assert get_membership_for(ben, pair.pk).name_for_other == "the other person"
    assert b"Somebody I knew" in ana_client.get(name_page(pair)).content
    for page in name_page(pair), SETTINGS:
        assert b"Somebody I knew" not in ben_client.get(page).content
    assert len(before) > 0


def test_an_outsider_cannot_name_anybody(outsider_client, pair):
    assert outsider_client.post(name_page(pair), {"name": "Mine"}).status_code == 404
    assert "Mine" not in {place.name_for_other for place in Membership.objects.all()}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Please type a name."),
        ("   ", "Please type a name."),
        ("n" * 61, "at most 60 characters"),
        ("a\x00b", "Null characters are not allowed."),
        ("a\x07b", "signs that can be seen"),
        ("a\nb", "signs that can be seen"),
        ("a\u2028b", "signs that can be seen"),
    ],
)
def test_a_strange_name_is_said_to_be_wrong_and_kept(ana_client, pair, name, says):
    page = ana_client.post(name_page(pair), {"name": name})
    assert page.status_code == 200
    text = page.content.decode()
    assert says in text
    assert f'value="{name}"' in text or not name.strip()
    names = {place.name_for_other for place in Membership.objects.all()}
    assert set(names) == {"the other person"}


@pytest.mark.parametrize("name", ["n" * 60, "Ænne-Łucja", "🫶🏽", "<script>", "محمد"])
def test_any_name_of_one_line_may_be_chosen(ana, ana_client, pair, name):
    ana_client.post(name_page(pair), {"name": f" {name} "})
    assert get_membership_for(ana, pair.pk).name_for_other == name
    assert b"<script>" not in ana_client.get(SETTINGS).content


def test_the_page_in_a_pair_offers_pause_for_this_pair(ana_client, pair):
    pause = reverse("boundaries:pause", kwargs={"pair_id": pair.pk})
    assert f'action="{pause}"' in ana_client.get(name_page(pair)).content.decode()


def test_a_pair_that_has_ended_is_not_among_the_settings(ana_client, pair, clock):
    Pair.objects.update(ended_at=clock.at)
    assert name_page(pair) not in ana_client.get(SETTINGS).content.decode()
