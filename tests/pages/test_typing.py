"""A letter that is typed in a real Chromium: saved by itself, and never lost."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from conversations.models import Letter
from tests import factories
from tests.story.screen import ScreenVisitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """Playwright keeps an event loop in this thread, in which Django would refuse its database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


def sign_in(visitor, person):
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    visitor.context.add_cookies([{"name": name, "value": value, "url": visitor.origin}])


@pytest.fixture
def visitor(browser, live_server, ana):
    visitor = ScreenVisitor(browser, live_server.url, "ana", scripts=True, seen=set())
    sign_in(visitor, ana)
    return visitor


@pytest.fixture
def new(pair, agreement):
    return reverse("conversations:write", args=[pair.pk])


def status(visitor, words):
    expect(visitor.page.locator("#words-status")).to_contain_text(words, timeout=15_000)


def type_on(visitor, words):
    visitor.page.locator("#id_body").press_sequentially(words)


def test_words_are_saved_while_they_are_typed(visitor, new, pair):
    visitor.open(new)
    type_on(visitor, "Dear you 🌱")
    expect(visitor.page.locator("#letter-length")).to_contain_text("10 of up to 4000")
    status(visitor, "Saved as a draft at")
    letter = Letter.objects.get()
    assert letter.body == "Dear you 🌱"
    assert visitor.path == reverse("conversations:letter", args=[pair.pk, letter.pk])
    for words in (", once", " more"):
        before = Letter.objects.get().version
        with visitor.page.expect_response("**/draft/"):
            type_on(visitor, words)
        status(visitor, "Saved as a draft at")
        assert Letter.objects.get().version == before + 1
    visitor.check()
    visitor.press("Hold for the next conversation")
    assert "Your letter is held." in visitor.text
    letter.refresh_from_db()
    assert (letter.body, letter.state) == ("Dear you 🌱, once more", "held")
    assert visitor.faults == []


def test_without_a_connection_words_stay_and_are_saved_when_it_is_back(visitor, new):
    visitor.open(new)
    visitor.context.set_offline(True)
    type_on(visitor, "Dear you")
    status(visitor, "Not saved yet.")
    visitor.page.get_by_role("button", name="Keep as a draft").click()
    assert visitor.page.locator("#id_body").input_value() == "Dear you"
    assert not Letter.objects.exists()
    visitor.context.set_offline(False)
    status(visitor, "Saved as a draft at")
    assert Letter.objects.get().body == "Dear you"


def test_signed_out_in_mid_sentence_and_in_again(visitor, new, ana):
    visitor.open(new)
    Session.objects.all().delete()
    type_on(visitor, "Dear you")
    status(visitor, "You are signed out. Your words are still here.")
    assert visitor.page.locator("#id_body").input_value() == "Dear you"
    sign_in(visitor, ana)
    # As signing in does: the token that the page holds counts no longer.
    visitor.context.clear_cookies(name="csrftoken")
    visitor.page.request.get("/help/")
    type_on(visitor, ", once more")
    status(visitor, "Saved as a draft at")
    assert Letter.objects.get().body == "Dear you, once more"


def test_changed_elsewhere_in_mid_sentence(visitor, ana_place, new, pair):
    letter = factories.letter(by=ana_place, hold=False)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    letter = Letter.objects.get()
    letter.body, letter.version = "there", 2
    letter.save()
    type_on(visitor, "here ")
    status(visitor, "This letter was changed elsewhere.")
    assert Letter.objects.get().body == "there"
    visitor.press("Keep as a draft")
    assert "Neither version is lost." in visitor.text


def test_leaving_with_unsaved_words_is_asked_about_and_pausing_is_not(
    visitor, ana_place, new, pair
):
    letter = factories.letter(by=ana_place)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    type_on(visitor, "more ")
    asked = []
    visitor.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    visitor.page.get_by_role("link", name="Back").click()
    visitor.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert "more" in visitor.page.locator("#id_body").input_value()
    visitor.press("Pause")
    assert asked == ["beforeunload"]
    assert Letter.objects.get().body == "Dear you"
