"""A letter that is typed in a real Chromium: saved by itself, and never lost."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from accounts.access import SIGNED_OUT
from boundaries.rules.letters import MOST_WAITING
from conversations.models import Letter, Message
from tests import factories
from tests.beginnings import begin_to_talk
from tests.stack import wait_for
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
    asked = asked_by(visitor)
    visitor.page.get_by_role("link", name="Back").click()
    visitor.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert "more" in visitor.page.locator("#id_body").input_value()
    visitor.press("Pause")
    assert asked == ["beforeunload"]
    expect_letters(("Dear you", "held"), ("more Dear you", "draft"))


def test_what_is_typed_into_a_held_letter_is_a_draft_of_its_own_until_it_is_saved(
    visitor, ana_place, new, pair
):
    letter = factories.letter(by=ana_place)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    type_on(visitor, "more ")
    # The pause is not to be had, and the page stays.
    visitor.page.route("**/pause/", lambda route: route.fulfill(status=204))
    for words in ("more Dear you", "more and more Dear you"):
        visitor.page.locator("#id_body").fill(words)
        with visitor.page.expect_response("**/keep/"):
            visitor.page.get_by_role("button", name="Pause").click()
        expect_letters(("Dear you", "held"), (words, "draft"))
    visitor.press("Hold for the next conversation")
    expect_letters(("more and more Dear you", "held"))


def test_closing_a_held_letter_keeps_what_was_typed(visitor, ana_place, new, pair):
    letter = factories.letter(by=ana_place)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    type_on(visitor, "more ")
    asked_by(visitor, ["accept"])
    with visitor.page.expect_event("close"):
        visitor.page.close(run_before_unload=True)
    expect_letters(("Dear you", "held"), ("more Dear you", "draft"))


def test_what_is_typed_into_a_draft_is_kept_by_a_pause_at_once(visitor, ana_place, new, pair):
    letter = factories.letter(by=ana_place, hold=False)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    type_on(visitor, "more ")
    visitor.press("Pause")
    expect_letters(("more Dear you", "draft"))


LONG = "я" * 40_000
"""More than a browser sends of a page that is gone."""


def test_what_is_long_is_kept_beside_a_held_letter_while_it_is_typed(visitor, ana_place, new, pair):
    letter = factories.letter(by=ana_place)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    box = visitor.page.locator("#id_body")
    box.fill(LONG)
    expect_letters(("Dear you", "held"), (LONG, "draft"))
    box.press_sequentially("!!")
    wait_for(lambda: f"{LONG}!!" in bodies(), "Not all of it is kept")
    assert Letter.objects.count() == 2
    box.fill(LONG + LONG)
    status(visitor, "Not saved: this is longer than any letter can be.")


def test_what_is_long_is_saved_at_once(visitor, ana_place, new, pair):
    """A pause a second later waits for nothing."""
    letter = factories.letter(by=ana_place, hold=False)
    visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    with visitor.page.expect_request("**/draft/", timeout=1000):
        visitor.page.locator("#id_body").fill(LONG)
    expect_letters((LONG, "draft"))


# --- What is typed to be said --------------------------------------------------------------------

HALF = "I wanted to tell you that"


@pytest.fixture
def talk(visitor, begun_alone):
    """The page of their conversation, which is open."""
    begin_to_talk(begun_alone)
    window = begun_alone.window
    visitor.open(reverse("conversations:conversation", args=[window.pair_id, window.pk]))
    return visitor.page.get_by_label("Say something")


def test_r21_leaving_with_words_that_were_not_said_is_asked_about_and_they_are_kept(visitor, talk):
    talk.press_sequentially(HALF)
    answers = ["dismiss", "accept"]
    asked = asked_by(visitor, answers)
    visitor.page.get_by_role("link", name="Back").click()
    expect(talk).to_have_value(HALF)
    assert asked == ["beforeunload"]
    visitor.follow("Back")
    assert asked == ["beforeunload"] * 2
    expect_letters((HALF, "draft"))


def test_r21_closing_the_tab_keeps_them_too(visitor, talk):
    talk.press_sequentially(HALF)
    asked = asked_by(visitor, ["accept"])
    with visitor.page.expect_event("close"):
        visitor.page.close(run_before_unload=True)
    expect_letters((HALF, "draft"))
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("button", ["Pause", "Leave now"])
def test_r13_pausing_and_leaving_ask_nothing_also_while_words_are_on_a_line_that_hangs(
    visitor, talk, button
):
    asked = asked_by(visitor)
    visitor.page.route("**/say/", lambda _: None)
    talk.press_sequentially(HALF)
    visitor.page.get_by_role("button", name="Say it").click()
    expect(talk).to_be_disabled()
    visitor.press(button)
    expect_letters((HALF, "draft"))
    assert asked == []


def test_r13_where_there_is_no_room_for_a_draft_a_pause_still_keeps_them(
    visitor, talk, ana_place, clock
):
    factories.held_letters(by=[ana_place], each=MOST_WAITING, at=clock.at)
    talk.press_sequentially(HALF)
    visitor.press("Pause")
    wait_for(lambda: HALF in bodies(), "The words are nowhere")


def test_r13_a_pause_keeps_more_than_a_browser_sends_of_a_page_that_is_gone(visitor, talk):
    talk.fill(LONG)
    visitor.press("Pause")
    expect_letters((LONG, "draft"))


def test_r21_what_is_long_is_kept_while_it_is_typed_as_one_draft_that_gives_way(visitor, talk):
    talk.fill(LONG)
    expect_letters((LONG, "draft"))
    talk.press_sequentially("!")
    wait_for(lambda: Letter.objects.get().length == len(LONG) + 1, "Not all of it is kept")
    talk.fill("In short")
    visitor.page.get_by_role("button", name="Say it").click()
    expect(talk).to_have_value("")
    assert Message.objects.get().body == "In short"
    assert not Letter.objects.exists()


def test_r21_where_words_are_not_kept_the_page_says_why(visitor, talk):
    talk.fill(LONG + LONG)
    status(visitor, "Your letter has 80000 characters")
    assert len(talk.input_value()) == len(LONG + LONG)
    assert not Letter.objects.exists()


def test_r21_words_that_came_too_late_are_one_draft_and_nothing_is_asked(visitor, talk, clock):
    asked = asked_by(visitor)
    talk.press_sequentially(HALF)
    clock.move(hours=2)
    visitor.press("Say it")
    assert "Your words are kept as a draft, for you alone." in visitor.text
    assert asked == []
    expect_letters((HALF, "draft"))


def test_r21_signed_in_again_one_is_not_told_that_one_is_signed_out(visitor, talk, ana):
    lost = visitor.page.locator("#talk-lost")
    Session.objects.all().delete()
    expect(lost).to_contain_text("You are signed out.", timeout=15_000)
    visitor.page.wait_for_timeout(1000)  # it asks once more at once, which is to be answered first
    sign_in(visitor, ana)
    visitor.context.set_offline(True)
    visitor.context.set_offline(False)
    expect(lost).to_have_text("", timeout=15_000)


def test_r21_where_only_an_older_session_is_over_it_goes_on_by_itself(visitor, talk):
    """The password was changed in another window."""
    lost = visitor.page.locator("#talk-lost")
    with visitor.page.expect_response("**/stream/**"):
        pass
    visitor.page.route("**/stream/**", sign_out_once, times=1)
    with visitor.page.expect_response(lambda answer: "out" in answer.text(), timeout=15_000):
        pass
    expect(lost).to_have_text("", timeout=5_000)


def sign_out_once(route):
    route.fulfill(content_type="text/event-stream", body=SIGNED_OUT)


def asked_by(visitor, answers=()):
    """What the page asks from now on; each is answered so, or else by staying."""
    asked, rest = [], iter(answers)

    def answer(dialog):
        asked.append(dialog.type)
        getattr(dialog, next(rest, "dismiss"))()

    visitor.page.on("dialog", answer)
    return asked


def bodies():
    return [letter.body for letter in Letter.objects.select_related("pair")]


def expect_letters(*letters):
    """What is kept goes beside the page, and may arrive a moment after it."""

    def found():
        rows = Letter.objects.select_related("pair")
        return sorted((letter.body, letter.state) for letter in rows)

    wait_for(lambda: found() == sorted(letters), f"There are {len(letters)} letters to come", 15)
