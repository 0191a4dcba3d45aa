"""The pages that the story does not pass, in a real Chromium: accessible, within a narrow screen.

Each is looked at as the story's are (`tests.story.screen`): axe, the console, the policy; and no
page is wider than the narrowest phone, whatever words are in it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.scopes import Scope
from boundaries import actions
from boundaries.rules.phrases import Phrase
from checkins import actions as checkins
from conversations import actions as conversations
from tests import factories
from tests.factories import PASSWORD
from tests.story.screen import DESKTOP, PHONE, ScreenVisitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]

NARROW = 320
LONG_NAME = "W" * 60
LONG_WORD = "m" * 3000
SEEN: set[str] = set()


@pytest.fixture(scope="module", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """Playwright keeps an event loop in this thread, in which Django would refuse its database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def screen(browser, live_server) -> Callable[..., ScreenVisitor]:
    """A Chromium in which somebody is signed in."""

    def sign_in(person=None) -> ScreenVisitor:
        visitor = ScreenVisitor(browser, live_server.url, "ana", scripts=True, seen=SEEN)
        if person:
            client = Client()
            client.force_login(person)
            name = settings.SESSION_COOKIE_NAME
            value = client.cookies[name].value
            visitor.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return visitor

    return sign_in


def fits(visitor: ScreenVisitor) -> None:
    """The page is no wider than a narrow screen."""
    visitor.page.set_viewport_size({"width": NARROW, "height": 640})
    wide = visitor.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{visitor.page.url} is {wide} wide"
    visitor.page.set_viewport_size(DESKTOP)


def test_r27_who_stopped_has_no_cookie_and_can_go_back(screen):
    visitor = screen()
    visitor.open(reverse("accounts:begin"))
    assert len(visitor.context.cookies()) == 1
    visitor.press("Continue", order_stands="no", fears_other="yes")
    assert "Repair is not for this" in visitor.text
    assert visitor.context.cookies() == []
    visitor.page.go_back()
    visitor.press("Continue", order_stands="no", fears_other="no")
    assert "New account" in visitor.text


def send_untouched(visitor: ScreenVisitor, path: str, button: str, **values: object) -> None:
    visitor.open(path)
    visitor.press(button, **values)
    fits(visitor)


def test_the_look_bites(screen):
    """What would be a fault on a page is found: a name that is missing, a script of a stranger."""
    visitor = screen()
    visitor.open("/account/login/")
    visitor.page.evaluate("document.querySelectorAll('label').forEach(each => each.remove())")
    visitor.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    visitor.page.wait_for_function("true")
    visitor.check()
    assert any("label" in fault for fault in visitor.faults)
    assert any("Content Security Policy" in fault for fault in visitor.faults)


@pytest.mark.proof
def test_a_conversation_opens_on_the_page_by_itself(screen, ana, agreement, pair, ben_place, clock):
    factories.letter(by=ben_place)
    clock.go_to(factories.next_window(pair=pair).opens_at - timedelta(minutes=5))
    visitor = screen(ana)
    visitor.open("/")
    assert "It opens by itself." in visitor.text
    factories.open_next(pair=pair, clock=clock)
    visitor.wait_until("A closed envelope for you")
    visitor.follow("A closed envelope for you")
    visitor.press("Read it now")
    assert visitor.faults == []


@pytest.mark.proof
def test_before_there_is_an_account(screen):
    visitor = screen()
    for path in ("/", "/help/", "/begin/supporting/", "/account/password/reset/"):
        visitor.open(path)
        fits(visitor)
    send_untouched(visitor, "/begin/", "Continue")
    send_untouched(visitor, "/account/login/", "Sign in", login="nobody", password="")
    send_untouched(visitor, "/begin/", "Continue", order_stands="yes")
    assert "Repair is not for this" in visitor.text
    send_untouched(visitor, "/begin/", "Continue", order_stands="no", fears_other="no")
    visitor.press("Make the account", email="nobody", password1="a", password2="b")
    fits(visitor)
    assert visitor.faults == []


@pytest.fixture
def leave_to(settings, live_server) -> str:
    """Another page in place of another site, since no test goes there."""
    settings.REPAIR_LEAVE_URL = f"{live_server.url}/account/login/"
    return settings.REPAIR_LEAVE_URL


@pytest.mark.proof
def test_leaving_quickly_takes_the_page_s_place(screen, leave_to):
    visitor = screen()
    visitor.open("/begin/")
    visitor.open("/help/")
    visitor.page.get_by_role("link", name="Leave this page quickly").click()
    visitor.page.wait_for_url(leave_to)
    visitor.page.go_back()
    assert visitor.page.url.endswith("/begin/")


@pytest.mark.proof
def test_leaving_quickly_needs_no_script(browser, live_server, leave_to):
    visitor = ScreenVisitor(browser, live_server.url, "ana", scripts=False, seen=SEEN)
    visitor.open("/help/")
    visitor.page.get_by_role("link", name="Leave this page quickly").click()
    visitor.page.wait_for_url(leave_to)
    assert "Sign in" in visitor.page.content()


@pytest.mark.proof
def test_who_was_stopped_leaves_the_questions_in_the_history_and_nothing_else(screen):
    visitor = screen()
    visitor.open("/help/")
    visitor.open("/begin/")
    visitor.press("Continue", order_stands="no", fears_other="yes")
    assert "Repair is not for this" in visitor.text
    assert visitor.page.title() == "Before you begin · Repair"
    visitor.follow("Read the questions again")
    assert visitor.page.locator("input:checked").count() == 0
    assert [each["name"] for each in visitor.context.cookies()] == ["csrftoken"]
    assert visitor.faults == []


@pytest.mark.proof
def test_the_safety_page_on_paper_has_every_number_and_no_buttons(screen):
    visitor = screen()
    visitor.open("/help/")
    visitor.page.emulate_media(media="print")
    for number in visitor.page.locator(".number").all():
        assert number.is_visible()
    for gone in ("Leave this page quickly", "Sign in"):
        assert not visitor.page.get_by_role("link", name=gone).is_visible()
    wide = visitor.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


@pytest.mark.proof
def test_help_is_in_sight_on_every_small_phone(screen, ana, pair):
    """Without scrolling, and large enough for a thumb."""
    visitor = screen(ana)
    visitor.page.set_viewport_size({"width": NARROW, "height": 568})
    own = [reverse(f"conversations:{name}", args=[pair.pk]) for name in ("pair", "write", "part")]
    for path in ("/", "/settings/", "/help/", "/no-such-page/", *own):
        visitor.page.goto(path)
        box = visitor.page.get_by_role("navigation", name="Site").get_by_role("link", name="Help")
        where = box.bounding_box()
        assert where["y"] + where["height"] < 568, path
        assert where["height"] >= 44, path


@pytest.mark.proof
def test_beside_pause_leaving_fits_on_one_line_of_a_phone(screen, ana, pair):
    visitor = screen(ana)
    visitor.open("/help/")
    visitor.page.set_viewport_size({"width": 360, "height": 640})
    tops = [
        visitor.page.get_by_role(role, name=name).bounding_box()["y"]
        for role, name in (("link", "Leave this page quickly"), ("button", "Pause"))
    ]
    assert tops[0] == tops[1]
    fits(visitor)


@pytest.mark.proof
def test_the_address_of_a_calendar(screen, ana):
    visitor = screen(ana)
    send_untouched(visitor, "/feed/", "Make an address")
    visitor.press("Continue", password=PASSWORD)
    fits(visitor)
    visitor.follow("I have copied it")
    fits(visitor)
    visitor.press("Save the title", title="")
    fits(visitor)
    visitor.press("Save the title", title="W" * 60)
    fits(visitor)
    visitor.press("Stop it")
    assert visitor.faults == []


@pytest.mark.proof
def test_people_one_trusts(screen, ana, make_person, agreement):
    visitor = screen(ana)
    send_untouched(visitor, "/trusted/invite/", "Make a code for them")
    filled = {"name": "W" * 60, "body": LONG_WORD[:2000], "sees_calendar": True, "may_pause": True}
    visitor.press("Make a code for them", **filled)
    fits(visitor)
    visitor.press("Make a code for them", password=PASSWORD)
    fits(visitor)
    cleo = make_person("cleo")
    row = factories.support(of=ana, by=cleo, allowed=Scope, request=LONG_WORD[:2000])
    for path in ("/trusted/", f"/trusted/{row.pk}/", f"/trusted/{row.pk}/renew/"):
        visitor.open(path)
        fits(visitor)
    supporter = screen(cleo)
    supporter.open(f"/supporting/{row.pk}/")
    supporter.press("Save the name", name=LONG_NAME)
    for path in ("/", "/supporting/", f"/supporting/{row.pk}/", f"/supporting/{row.pk}/calendar/"):
        supporter.open(path)
        fits(supporter)
    supporter.open(f"/supporting/{row.pk}/")
    supporter.press("Pause for them")
    fits(supporter)
    for path in ("/", "/trusted/log/"):
        visitor.open(path)
        fits(visitor)
    assert visitor.faults == supporter.faults == []


@pytest.mark.proof
def test_with_an_account_alone(screen, ana):
    visitor = screen(ana)
    pages = ("/", "/help/", "/settings/", "/code/", "/account/email/", "/account/password/change/")
    for path in pages:
        visitor.open(path)
        fits(visitor)
    send_untouched(visitor, "/code/", "Make a code")
    send_untouched(visitor, "/code/use/", "Use the code", code="WRONG")
    assert visitor.faults == []


@pytest.fixture
def long_names(ana_place):
    ana_place.name_for_other = LONG_NAME
    ana_place.save()


@pytest.mark.proof
def test_in_a_pair(screen, ana, agreement, past, pair, ana_place, ben_place, clock, long_names):
    letters = [
        factories.letter(by=ana_place, body=body, hold=hold)
        for body, hold in ((LONG_WORD, True), ("a draft " * 200, False))
    ]
    for number in range(13):
        factories.letter(by=ana_place, body=f"letter {number}", hold=False)
    factories.allow(by=(ana_place,), ask_before_each=True)
    clock.go_to(factories.next_window(pair=pair).opens_at - timedelta(days=1))
    proposal = factories.propose(by=ben_place, minutes=60)
    visitor = screen(ana)
    names = {
        "conversations:pair": [],
        "conversations:past": [],
        "conversations:letters": [],
        "conversations:write": [],
        "conversations:envelope": [past.to_ana.pk],
        "boundaries:agreement": [],
        "boundaries:pause_with_words": [],
        "boundaries:record": [],
        "boundaries:renew": [],
        "conversations:part": [],
        "boundaries:limits": [],
        "boundaries:propose": [],
        "boundaries:proposal": [proposal.pk],
    }
    for name, more in names.items():
        visitor.open(reverse(name, args=[pair.pk, *more]))
        fits(visitor)
    for letter in letters:
        visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
        fits(visitor)
    visitor.open("/")
    for button in ("Skip this one", "Go ahead after all"):
        visitor.press(button)
        fits(visitor)
    actions.decline(by=ana_place, proposal_id=proposal.pk)
    assert visitor.faults == []


@pytest.mark.proof
def test_check_ins_and_reflections(screen, ana, past, pair, ana_place, ben_place, clock):
    visitor = screen(ana)
    factories.check_in(by=ana_place, safe=2, body=LONG_WORD)
    clock.move(days=1)
    visitor.open("/")
    visitor.follow("After the conversation of")
    fits(visitor)
    visitor.press("Keep it", answer="less")
    fits(visitor)
    visitor.press("Keep it", safe="4", answer="less", less="half_as_long")
    fits(visitor)
    clock.go_to(factories.next_window(pair=pair).opens_at - timedelta(days=7))
    checkins.sweep()
    clock.move(days=6)
    visitor.open("/")
    visitor.follow("Before the conversation of")
    fits(visitor)
    visitor.press("Choose less")
    fits(visitor)
    actions.pause(by=ana_place)
    actions.lift(by=ana_place)
    for name in ("check_ins", "give_own", "picture", "save_wish"):
        visitor.open(reverse(f"checkins:{name}", args=[pair.pk]))
        fits(visitor)
    visitor.open(reverse("checkins:give_after", args=[pair.pk, past.window.pk]))
    fits(visitor)
    reflection = factories.reflection(by=ana, body=LONG_WORD, is_marked=True)
    for path in ("/reflections/", f"/reflections/{reflection.pk}/"):
        visitor.open(path)
        fits(visitor)
    send_untouched(visitor, "/reflections/new/", "Save")
    assert visitor.faults == []


@pytest.mark.proof
def test_in_which_way_is_asked_once_less_or_more_is_chosen(screen, ana, agreement, pair):
    visitor = screen(ana)
    visitor.open(reverse("checkins:give_own", args=[pair.pk]))
    ways = {name: visitor.page.locator(f"#field-{name}") for name in ("less", "more")}
    seen = []
    for answer in ("same", "less", "more"):
        visitor.page.locator(f"[name=answer][value={answer}]").check()
        seen.append({name for name, field in ways.items() if field.is_visible()})
    assert seen == [set(), {"less"}, {"more"}]
    assert visitor.faults == []


@pytest.mark.proof
def test_forms_that_come_back(screen, ana, agreement, pair):
    visitor = screen(ana)
    in_pair = {
        name: reverse(f"boundaries:{name}", args=[pair.pk]) for name in ("limits", "propose")
    }
    send_untouched(visitor, in_pair["limits"], "Save my limits", minutes="900", letters="")
    send_untouched(visitor, in_pair["propose"], "See what this means", minutes="900", opens_at="")
    send_untouched(visitor, in_pair["propose"], "See what this means", minutes="20")
    write = reverse("conversations:write", args=[pair.pk])
    hold = "Hold for the next conversation"
    send_untouched(visitor, write, hold, body="")
    send_untouched(visitor, write, hold, body="word " * 900)
    assert visitor.page.evaluate("document.activeElement.className") == "error-summary"
    assert visitor.faults == []


@pytest.mark.proof
def test_a_letter_that_another_tab_has_changed_or_that_has_gone(
    screen, ana, agreement, pair, ana_place, ben_place, clock
):
    letter = factories.letter(by=ana_place, body="here")
    page = reverse("conversations:letter", args=[pair.pk, letter.pk])
    visitor = screen(ana)
    visitor.open(page)
    conversations.edit_letter(
        by=ana_place, letter_id=letter.pk, version=1, body=LONG_WORD, hold=True
    )
    visitor.press("Hold for the next conversation", body="typed here")
    assert "This letter was changed elsewhere" in visitor.text
    fits(visitor)
    factories.letter(by=ben_place, body=LONG_WORD)
    letter.refresh_from_db()
    letter.length, letter.body = 4, "here"
    letter.save()
    factories.open_next(pair=pair, clock=clock)
    visitor.press("Hold for the next conversation", body="typed too late")
    assert "Keep these as a draft" in visitor.text
    fits(visitor)
    visitor.open("/")
    fits(visitor)
    assert visitor.faults == []


def say(visitor, words):
    """The page stays as it is."""
    visitor.page.get_by_label("Say something").fill(words)
    visitor.page.get_by_role("button", name="Say it").click()


@pytest.mark.proof
def test_two_people_talk_and_what_is_said_comes_by_itself(
    screen, ana, ben, pair, ana_place, ben_place, clock
):
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    window = factories.open_next(pair=pair, clock=clock)
    path = reverse("conversations:conversation", args=[pair.pk, window.pk])
    at_ana, at_ben = screen(ana), screen(ben)
    for visitor in (at_ana, at_ben):
        visitor.open(path)
        fits(visitor)
    at_ben.page.get_by_label("Say something").fill("half a sentence")
    say(at_ana, "The apples are ripe.")
    at_ben.wait_until("The apples are ripe.")
    # What came did not take away what was being typed.
    assert at_ben.page.get_by_label("Say something").input_value() == "half a sentence"
    say(at_ben, LONG_WORD[:1500])
    at_ana.wait_until(LONG_WORD[:1500])
    for visitor in (at_ana, at_ben):
        fits(visitor)
    at_ben.press("Leave now")
    at_ana.wait_until("This conversation is closed.")
    assert at_ana.faults + at_ben.faults == []


@pytest.mark.proof
def test_what_ends(screen, ana, agreement, pair, ana_place, ben_place, clock):
    clock.go_to(factories.next_window(pair=pair).closes_at)
    conversations.sweep()
    visitor = screen(ana)
    visitor.open("/")
    fits(visitor)
    assert "Did not take place" in visitor.text
    visitor.press("Pause")
    fits(visitor)
    conversations.part(by=ben_place)
    visitor.open(reverse("conversations:pair", args=[pair.pk]))
    assert "This has ended" in visitor.text
    visitor.press("Leave my door open")
    fits(visitor)
    visitor.page.goto("/no-such-page/")
    assert "There is no page here" in visitor.text
    fits(visitor)
    unfound = [fault for fault in visitor.faults if "404" not in fault]
    assert unfound == []


@pytest.mark.proof
def test_a_time_apart_and_the_question_on_its_day(screen, ana, past, ana_place, ben_place, clock):
    visitor, pair = screen(ana), f"/pairs/{past.window.pair_id}/"
    send_untouched(visitor, f"{pair}time-apart/", "Suggest this day", day="")
    day = clock.at.date() + timedelta(days=90)
    visitor.press("Suggest this day", day=day.isoformat(), phrase="care")
    fits(visitor)
    his = factories.suggest(by=ben_place, phrase=Phrase.GOOD_TIME)
    for path in (pair, f"{pair}time-apart/{his.pk}/"):
        visitor.open(path)
        fits(visitor)
    visitor.page.locator("summary").first.click()
    fits(visitor)
    visitor.press("Yes, until this day", phrase="for_myself")
    fits(visitor)
    visitor.open(f"{pair}time-apart/")
    fits(visitor)
    clock.go_to(his.ends_at)
    visitor.open(pair)
    assert "What would be right for you now?" in visitor.text
    fits(visitor)
    assert visitor.faults == []


@pytest.mark.proof
def test_parting_with_a_few_words(screen, ana, ben, past):
    visitor, pair = screen(ana), f"/pairs/{past.window.pair_id}/"
    visitor.open(f"{pair}part/")
    fits(visitor)
    visitor.page.locator("summary").first.click()
    fits(visitor)
    visitor.press("End this for good", phrase="thanks")
    fits(visitor)
    bens = screen(ben)
    bens.open(pair)
    assert "Left for you" in bens.text
    fits(bens)
    assert visitor.faults + bens.faults == []


def test_the_navigation_is_one_line_on_a_phone(screen, ana, pair):
    visitor = screen(ana)
    visitor.open("/")
    for size in (PHONE, DESKTOP):
        visitor.page.set_viewport_size(size)
        items = visitor.page.locator(".site-nav li")
        boxes = [items.nth(number).bounding_box() for number in range(items.count())]
        assert len(boxes) == 5
        assert len({round(box["y"]) for box in boxes if box}) == 1, size
