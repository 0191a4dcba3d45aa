"""The safety page: what is on it, for whom, with and without scripts, on a screen and on paper."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from accounts import help_lines
from accounts.actions import create_code, use_code
from tests.pages.visitor import ClientVisitor
from tests.templates.pages import Page

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

HELP = "/help/"
HOST = """
words = "We are <b>here</b> on Tuesdays.\\n\\nCome as you are."

[[line]]
country = "Spain"
name = "The house in the yard"
what_for = "For our members."
number = "+34 900 000 000"
source = "https://example.org/us"
checked = 2026-11-01
"""


def page(client) -> Page:
    answer = client.get(HELP)
    assert answer.status_code == 200
    return Page(answer.content.decode())


def text(client) -> str:
    return page(client).one("main").text


def test_every_line_is_there_with_what_is_known_of_it(client):
    shown = text(client)
    for line in help_lines.own().lines:
        assert line.name in shown
        assert line.what_for in shown
        assert line.number in shown
        assert line.web in shown
    for each in help_lines.own().emergency:
        assert f"{each.country} {each.number}" in shown


def test_a_number_can_be_tapped(client):
    links = [e.attrs["href"] for e in page(client).all("a", class_="number")]
    assert "tel:08082000247" in links
    assert "tel:112" in links


def test_what_nobody_checked_says_so_beside_its_number(client, monkeypatch):
    first, *others = help_lines.own().lines
    never = replace(first, checked=None, copy=False)
    file = replace(help_lines.own(), lines=(never, *others))
    monkeypatch.setattr(help_lines, "own", lambda: file)
    items = [e.text for e in page(client).all("li")]
    unchecked = next(e for e in items if e.startswith(first.name))
    assert "We did not check this. Please look at their page first." in unchecked
    checked = next(e for e in items if e.startswith("Galop"))
    assert "heck" not in checked


def test_where_each_number_comes_from_and_when_it_was_checked_stands_below_all_of_them(client):
    (sources,) = page(client).all("details")
    for each in [*help_lines.own().emergency, *help_lines.own().lines]:
        assert f"{each.country}, {each.name}: {checked_as(each)} {each.source}" in sources.text


def checked_as(entry) -> str:
    if not entry.checked:
        return "We did not check this."
    end = ", in an older copy of the page it comes from." if entry.copy else "."
    return f"Checked on {entry.checked:%-d %B %Y}{end}"


@pytest.mark.parametrize(
    "says",
    [
        "Call the emergency number of the place where you are.",
        "Using Repair would be contact.",
        "no medical or legal advice",
        "Sign out when you have finished.",
        "A private window keeps none after it is closed.",
        "browser still keeps this page in its history",
        "whether you opened a letter, kept it closed or handed it back",
        "Nobody watches what happens in Repair.",
    ],
)
def test_it_says_the_truth_before_and_after_sign_in(client, ana_client, says):
    assert says in text(client)
    assert says in text(ana_client)


def test_what_is_named_at_the_top_is_on_the_page(client):
    found = page(client)
    ids = {e.attrs["id"] for e in found.elements if "id" in e.attrs}
    jumps = {e.attrs["href"][1:] for e in found.all("a") if e.attrs["href"].startswith("#")}
    assert len(jumps) > 10
    assert jumps <= ids


def test_one_leaves_quickly_by_a_plain_link(client, settings):
    settings.REPAIR_LEAVE_URL = "https://weather.example/"
    (leave,) = [e for e in page(client).all("a") if "data-leave" in e.attrs]
    assert leave.attrs["href"] == "https://weather.example/"
    assert leave.attrs["rel"] == "noreferrer"
    assert "target" not in leave.attrs
    assert leave.text == "Leave this page quickly"


@pytest.mark.parametrize("path", [HELP, "/begin/"])
def test_leaving_stands_where_one_is_asked_and_helped(client, path):
    assert "data-leave" in client.get(path).content.decode()


def test_what_a_host_adds_comes_first_and_is_only_text(client, settings, tmp_path):
    file = tmp_path / "lines.toml"
    file.write_text(HOST)
    settings.REPAIR_HELP = help_lines.read(file)
    shown = text(client)
    first = shown.index("From those who run this site")
    assert first < shown.index("The house in the yard") < shown.index("1800RESPECT")
    assert "We are <b>here</b> on Tuesdays. Come as you are." in shown
    assert "Checked on 1 November 2026. " in f"{shown} "
    assert "From those who run this site" in stopped(client)


def stopped(client) -> str:
    return Page(stopped_page(client)).one("main").text


def stopped_page(client) -> str:
    return client.post(reverse("accounts:begin"), {"fears_other": "yes"}).content.decode()


def test_no_number_is_folded_away_so_that_it_can_be_printed(client):
    """But for where they come from, which a bad day does not ask for."""
    for html in (client.get(HELP).content.decode(), stopped_page(client)):
        before, folded = html.split("<details")
        assert "Where these numbers come from" in folded
        assert 'href="tel:' in before
        assert 'href="tel:' not in folded


def test_every_link_to_another_site_tells_that_site_nothing(client):
    outside = [e for e in page(client).all("a") if urlsplit(e.attrs["href"]).netloc]
    assert len(outside) > 10
    assert {e.attrs.get("rel") for e in outside} == {"noreferrer"}


def test_only_who_is_signed_in_is_told_that_leaving_does_not_sign_out(client, ana_client):
    assert "does not sign you out" not in text(client)
    assert "does not sign you out" in text(ana_client)


def test_who_is_afraid_now_pauses_takes_their_words_and_goes(ana, pair, ana_place):
    """The story of somebody for whom it changed, from the safety page alone."""
    at_ana = ClientVisitor(ana)
    at_ana.open(HELP)
    copy = at_ana.page.link("Keep a copy")
    at_ana.press("Pause")
    assert "You have paused" in at_ana.text
    assert at_ana.client.get(copy)["Content-Disposition"].startswith("attachment")
    at_ana.open(HELP)
    at_ana.follow("read about going separate ways")
    at_ana.press("End this for good")
    at_ana.open("/")
    assert "What has ended" in at_ana.text
    at_ana.open(HELP)
    assert "Keep a copy" not in at_ana.text


def test_with_several_pairs_each_way_out_is_named(ana, pair, make_person, client_of):
    second = use_code(by=ana, code=create_code(by=make_person("dora")))
    links = [e.attrs["href"] for e in page(client_of(ana)).all("a")]
    for pair_id in (pair.pk, second.pair_id):
        assert reverse("conversations:part", args=[pair_id]) in links
    assert re.search(r"[^.]+: Keep a copy", text(client_of(ana)))


def danger(client) -> str:
    return next(e.text for e in page(client).all("section") if e.attrs.get("id") == "danger")


def test_numbers_for_danger_now_stand_alone_beside_their_countries(client, settings, tmp_path):
    numbers = " ".join(f"{each.country} {each.number}" for each in help_lines.own().emergency)
    assert f"of the place where you are. {numbers} Nobody watches" in danger(client)
    file = tmp_path / "lines.toml"
    emergency = HOST[HOST.index("[[line]]") :].replace("[[line]]", "[[emergency]]")
    emergency = re.sub("(name|what_for) = .*\n", "", emergency)
    file.write_text(emergency.replace("2026-11-01", '""'))
    settings.REPAIR_HELP = help_lines.read(file)
    assert f"Spain +34 900 000 000 We did not check this. {numbers}" in danger(client)


def test_all_that_one_wrote_can_be_taken_along(ana_client, client, pair):
    copies = {
        reverse("conversations:copy", args=[pair.pk]),
        reverse("checkins:copy", args=[pair.pk]),
        reverse("checkins:copy_reflections"),
    }
    assert copies <= {e.attrs["href"] for e in page(ana_client).all("a")}
    assert "copies of their own" in text(client)
