"""Two people talk in a real Chromium each: nobody reloads a page."""

import re

import pytest
from playwright.sync_api import expect

from repair.demo.people import ANA, BEN, PASSWORD
from tests.stack import wait_for
from tests.story.screen import ScreenVisitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.postgres,
    pytest.mark.proof,
    pytest.mark.parametrize("parts", ["postgresql"], indirect=True),
]

HALF = "I wanted to tell you that"


@pytest.fixture
def couple(parts, browser):
    """Both in their conversation, which is open, each with a screen of their own."""
    seen: set[str] = set()
    screens = [
        ScreenVisitor(browser, parts.address, person.email.split("@")[0], scripts=True, seen=seen)
        for person in (ANA, BEN)
    ]
    for visitor, person in zip(screens, (ANA, BEN), strict=True):
        visitor.open("/account/login/")
        visitor.press("Sign in", login=person.email, password=PASSWORD)
    screens[0].press("the next conversation")
    for visitor in screens:
        visitor.look_until("Your conversation is open")
        visitor.follow("Talk")
    yield screens
    for visitor in screens:
        visitor.context.close()


def say(visitor, words):
    """As somebody does it: the page stays, the box is empty and has the cursor again."""
    box = visitor.page.get_by_label("Say something")
    box.fill(words)
    visitor.page.get_by_role("button", name="Say it").click()
    expect(box).to_have_value("", timeout=15_000)
    expect(box).to_be_focused()


def shown(visitor):
    """What was said, as it stands on the page."""
    return visitor.page.locator("#said .letter-body").all_inner_texts()


def expect_shown(visitor, words):
    expect(visitor.page.locator("#said .letter-body")).to_have_text(words, timeout=15_000)


def faults(*visitors):
    """But for those of a connection that was lost on purpose."""
    lost = re.compile(r"net::ERR_|\[object Event\]|htmx:(sendError|afterRequest)")
    return [each for one in visitors for each in one.faults if not lost.search(each)]


def test_r21_both_see_one_order_also_when_the_server_was_restarted_in_between(parts, couple):
    ana, ben = couple
    words = []
    for number in range(3):
        for visitor in couple:
            words.append(f"{visitor.name} {number}")
            say(visitor, words[-1])
    for visitor in couple:
        expect_shown(visitor, words)
        visitor.check()
    ben.page.get_by_label("Say something").fill(HALF)
    parts.stop_web()
    expect(ana.page.locator("#talk-lost")).to_contain_text("is lost", timeout=15_000)
    ana.page.get_by_label("Say something").fill("Said while it was away")
    ana.page.get_by_role("button", name="Say it").click()
    expect(ana.page.locator("#words-status")).to_contain_text("No answer came.")
    parts.start_web()
    wait_for(parts.is_well, "The web server does not come back", 30)
    say(ana, "Said when it was back")
    for visitor in couple:
        expect_shown(visitor, [*words, "Said when it was back"])
        expect(visitor.page.locator("#talk-lost")).to_have_text("", timeout=15_000)
    assert ben.page.get_by_label("Say something").input_value() == HALF
    assert faults(*couple) == []


def test_r13_a_pause_in_mid_sentence(couple):
    ana, ben = couple
    say(ben, "the last thing")
    expect_shown(ana, ["the last thing"])
    ben.page.get_by_label("Say something").fill(HALF)
    ana.press("Pause")
    expect(ben.page.locator("#talk-state")).to_contain_text("This conversation is closed.")
    assert shown(ben) == ["the last thing"]
    # What was being typed is still there, and is kept for its writer alone.
    assert ben.page.get_by_label("Say something").input_value() == HALF
    ben.check()
    with ben.page.expect_navigation():
        ben.page.get_by_role("button", name="Keep as a draft").click()
    ben.wait_until("Your words are kept as a draft, for you alone.")
    assert HALF in ben.page.locator("textarea").input_value()
    assert faults(*couple) == []


def test_r21_leaving_and_the_end_of_the_time_close_it_for_both(couple):
    ana, ben = couple
    say(ana, "Good night")
    expect_shown(ben, ["Good night"])
    ana.page.get_by_label("Say something").fill(HALF)
    ana.page.get_by_role("button", name="Leave now").click()
    expect(ben.page.locator("#talk-state")).to_contain_text("This conversation is closed.")
    ana.look_until(HALF)  # among her letters, as a draft for her alone
    ben.page.reload()
    expect_shown(ben, ["Good night"])
    expect(ben.page.get_by_role("button", name="Say it")).to_have_count(0)
    ana.press("the next conversation")
    ana.look_until("Your conversation is open")
    for visitor in couple:
        visitor.open("/")
        visitor.follow("Talk")
    say(ben, "Here again")
    expect_shown(ana, ["Here again"])
    # Time passes in another tab, and both pages close by themselves.
    other = ana.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="+ 1 hour").click()
    for visitor in couple:
        expect(visitor.page.locator("#talk-state")).to_contain_text(
            "This conversation is closed.", timeout=15_000
        )
        expect(visitor.page.get_by_role("button", name="Leave now")).to_have_count(0)
        visitor.page.evaluate("scrollTo(0, 0)")
        visitor.check()
    assert faults(*couple) == []


def test_r13_with_six_tabs_of_it_a_pause_still_goes_through(couple):
    """A browser opens six connections to one site, and a stream keeps one."""
    ana, _ = couple
    for _ in range(6):
        tab = ana.context.new_page()
        tab.goto(ana.path)
        expect(tab.get_by_label("Say something")).to_be_visible()
    ana.page.set_default_timeout(8_000)
    ana.press("Pause")
    assert "You have paused" in ana.text
