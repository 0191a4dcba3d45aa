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


def fail(route):
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def lose_answer(route):
    """It arrives, and what came of it is never heard."""
    if route.request.method == "POST":
        route.fetch(max_redirects=0)
        route.abort()
    else:
        route.continue_()


def break_down(route):
    if route.request.method == "POST":
        route.fulfill(status=500, content_type="text/html", body="<main id='main'>No</main>")
    else:
        route.continue_()


def test_after_a_failure_it_is_tried_again_by_itself(visitor, new):
    visitor.open(new)
    visitor.page.route("**/draft/", fail)
    type_on(visitor, "Dear you")
    status(visitor, "Not saved yet.")
    visitor.page.unroute("**/draft/")
    status(visitor, "Saved as a draft at")
    assert Letter.objects.get().body == "Dear you"


@pytest.mark.parametrize("button", [None, "Hold for the next conversation"])
def test_a_save_whose_answer_was_lost_is_no_change_elsewhere(visitor, new, button):
    visitor.open(new)
    visitor.page.route("**/draft/", lose_answer)
    type_on(visitor, "Dear you")
    status(visitor, "Not saved yet.")
    assert Letter.objects.get().body == "Dear you"
    visitor.page.unroute("**/draft/")
    type_on(visitor, ", once more")
    if button:
        visitor.page.get_by_role("button", name=button).click()
        visitor.wait_until("Your letter is held.")
    else:
        status(visitor, "Saved as a draft at")
        expect(visitor.page.locator("#id_version")).to_have_value("2", timeout=15_000)
    assert Letter.objects.get().body == "Dear you, once more"


@pytest.mark.parametrize("how", [fail, lose_answer, break_down])
@pytest.mark.parametrize("button", ["Hold for the next conversation", "Take it back"])
def test_a_held_letter_that_could_not_be_saved_stays_in_the_page(
    visitor, ana_place, new, pair, button, how
):
    letter = factories.letter(by=ana_place)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    type_on(visitor, "More. ")
    visitor.page.route("**/letters/**", how)
    visitor.page.get_by_role("button", name=button).click()
    status(visitor, "Not saved yet.")
    assert visitor.page.locator("#id_body").input_value() == "More. Dear you"
    type_on(visitor, "And more. ") if how is not lose_answer else None
    visitor.page.unroute("**/letters/**")
    typed = visitor.page.locator("#id_body").input_value()
    visitor.press(button)
    letter.refresh_from_db()
    assert (letter.body, letter.state) == (typed, "draft" if "back" in button else "held")


def test_signed_out_a_held_letter_stays_in_the_page_too(visitor, ana, ana_place, new, pair):
    letter = factories.letter(by=ana_place)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    type_on(visitor, "More. ")
    Session.objects.all().delete()
    hold = visitor.page.get_by_role("button", name="Hold for the next conversation")
    hold.click()
    status(visitor, "You are signed out. Your words are still here.")
    sign_in(visitor, ana)
    visitor.context.clear_cookies(name="csrftoken")
    visitor.page.request.get("/help/")
    hold.click()
    status(visitor, "Please press the button again.")
    visitor.press("Hold for the next conversation")
    assert Letter.objects.get().body == "More. Dear you"


def test_a_letter_that_was_deleted_elsewhere_gives_its_words_back(visitor, ana_place, new, pair):
    letter = factories.letter(by=ana_place)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    letter.delete()
    type_on(visitor, "More. ")
    visitor.press("Take it back")
    assert "That letter is not there any more." in visitor.text
    visitor.press("Keep as a draft")
    assert Letter.objects.get().body == "More. Dear you"


def test_what_is_too_long_to_be_held_is_said_while_it_is_typed(visitor, new):
    visitor.open(new)
    over = visitor.page.get_by_text("too long to be held, fine as a draft")
    visitor.page.locator("#id_body").fill("a" * 4000)
    expect(over).to_be_hidden()
    with visitor.page.expect_response("**/draft/"):
        type_on(visitor, "a")
        expect(over).to_be_visible()
    status(visitor, "Saved as a draft at")
    expect(over).to_be_visible()
    visitor.press("Hold for the next conversation")
    assert "Your letter has 4001 characters" in visitor.text
    assert visitor.page.evaluate("document.activeElement.className") == "error-summary"
    visitor.check()
    assert visitor.faults == []


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
    visitor.check()
    type_on(visitor, "still ")
    visitor.press("Keep as a draft")
    assert Letter.objects.get().body == "still here Dear you"


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
