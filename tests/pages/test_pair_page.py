"""The pair's page and the front page: what is next, what came, what was."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actions import create_code, use_code
from boundaries import actions
from checkins import actions as checkins
from conversations import actions as conversations
from tests import factories
from tests.beginnings import beginning
from tests.pages.visitor import ClientVisitor

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

NOTHING = "No conversation is scheduled."


def page_of(pair) -> str:
    return reverse("conversations:pair", args=[pair.pk])


# --- Empty -----------------------------------------------------------------------------------


def test_the_front_page_of_a_stranger(db):
    stranger = ClientVisitor()
    stranger.open("/")
    assert "Some contact, slowly, or none" in stranger.text


def test_somebody_without_a_pair(outsider):
    visitor = ClientVisitor(outsider)
    visitor.open("/")
    assert "Make a code" in visitor.text


def test_in_one_pair_the_first_page_is_that_pair_s(at_ana, pair):
    at_ana.open("/")
    assert at_ana.path == page_of(pair)


def test_in_two_pairs_one_chooses(ana, pair, make_person):
    use_code(by=ana, code=create_code(by=make_person("dora")))
    visitor = ClientVisitor(ana)
    visitor.open("/")
    assert "With whom?" in visitor.text
    visitor.follow("the other person")
    assert NOTHING in visitor.text


def test_a_new_pair_has_nothing_and_says_what_is_first(at_ana, pair, clock):
    at_ana.open("/")
    assert NOTHING in at_ana.text
    assert "First, your limits" in at_ana.text
    assert "What you write here waits for a conversation." in at_ana.text
    assert "None yet." in at_ana.text
    assert "Proposals" not in at_ana.text
    at_ana.open(reverse("conversations:past", args=[pair.pk]))
    assert "None yet." in at_ana.text


# --- Before, within and after a conversation -------------------------------------------------


def test_the_next_conversation_is_in_each_one_s_zone(at_ana, at_ben, agreement):
    at_ana.open("/")
    assert "Saturday 7 November 2026, 18:00 to 18:45" in at_ana.text
    at_ben.open("/")
    assert "Saturday 7 November 2026, 17:00 to 17:45" in at_ben.text


def test_while_it_is_open(at_ana, agreement, pair, clock, ben_place):
    factories.letter(by=ben_place, body="I have mended the fence.")
    factories.open_next(pair=pair, clock=clock)
    at_ana.open("/")
    assert "Your conversation is open Until 18:45" in at_ana.text
    assert "A closed envelope for you" in at_ana.text
    assert "fence" not in at_ana.text


def test_while_it_is_open_and_nothing_came(at_ana, agreement, pair, clock):
    factories.open_next(pair=pair, clock=clock)
    at_ana.open("/")
    assert "There is nothing for you to read from this conversation." in at_ana.text


def test_past_its_end_it_is_not_called_open(at_ana, agreement, pair, clock):
    """Also while no worker has closed it yet: the clock says it, not the worker (R7)."""
    window = factories.open_next(pair=pair, clock=clock)
    clock.go_to(window.closes_at)
    at_ana.open("/")
    assert "Your conversation is open" not in at_ana.text
    assert "Open until" not in at_ana.text


def test_past_its_end_one_that_never_opened_is_not_called_the_next(at_ana, agreement, pair, clock):
    """Also while no worker has noted that it did not take place (R20)."""
    window = factories.next_window(pair=pair)
    clock.go_to(window.closes_at)
    at_ana.open("/")
    assert "Saturday 7 November 2026" not in at_ana.text


def test_after_it_what_came_stays(at_ana, past):
    at_ana.open("/")
    assert "Saturday 5 December 2026, 18:00 to 18:45" in at_ana.text
    assert "Saturday 7 November 2026 A closed envelope for you A letter of yours" in at_ana.text


def test_one_that_nobody_opened_did_not_take_place(at_ana, at_ben, agreement, pair, clock):
    clock.go_to(factories.next_window(pair=pair).closes_at)
    conversations.sweep()
    for each in (at_ana, at_ben):
        each.open("/")
        assert "Saturday 7 November 2026 Did not take place" in each.text


def test_it_looks_again_often_only_when_something_is_about_to_change(
    at_ana, agreement, pair, clock
):
    opens_at = factories.next_window(pair=pair).opens_at
    for ahead, looks in ((11, False), (9, True), (-1, True)):
        clock.go_to(opens_at - timedelta(minutes=ahead))
        at_ana.open("/")
        assert ('hx-trigger="every 3s"' in at_ana.answer.content.decode()) is looks


def test_what_it_looks_for_is_said_only_when_it_changed(at_ana, ana_client, agreement, pair, clock):
    at_ana.open("/")
    look = at_ana.answer.context["look"]
    address = reverse("conversations:now", args=[pair.pk])
    assert ana_client.get(address, {"look": look}).status_code == 204
    factories.open_next(pair=pair, clock=clock)
    changed = ana_client.get(address, {"look": look})
    assert "Your conversation is open" in changed.content.decode()


def test_looking_again_takes_no_message_from_the_page(at_ana, ana_client, agreement, pair):
    window = factories.next_window(pair=pair)
    ana_client.post(reverse("boundaries:skip", args=[pair.pk, window.pk]))
    ana_client.get(reverse("conversations:now", args=[pair.pk]))
    page = ana_client.get(reverse("conversations:pair", args=[pair.pk])).content.decode()
    assert "You skip this one." in page


# --- Being asked before one ------------------------------------------------------------------


def be_asked(begun):
    """Ana wants to be asked before each."""
    factories.allow(by=(begun.ana_place,), ask_before_each=True)
    factories.allow(by=(begun.ben_place,))
    ana, ben = begun.places
    begun.asked = factories.agree(by=ana, other=ben, clock=begun.clock, live=False)


BEGINNINGS = {"asked": be_asked}
asked = beginning("asked")


def test_asked_from_three_days_before(at_ana, at_ben, asked, pair, clock):
    opens_at = factories.next_window(pair=pair).opens_at
    clock.go_to(opens_at - timedelta(days=3, seconds=1))
    at_ana.open("/")
    assert "Do you want it to take place?" not in at_ana.text
    clock.move(seconds=1)
    at_ana.open("/")
    assert "Do you want it to take place?" in at_ana.text
    at_ben.open("/")
    assert "Do you want it to take place?" not in at_ben.text


@pytest.mark.parametrize("is_wanted", [True, False])
@pytest.mark.parametrize("days", [1, 7])
def test_asked_from_as_many_days_before_as_for_check_ins(
    at_ana, asked, ana_place, pair, clock, days, is_wanted
):
    """Also where there are no check-ins: a conversation needs the "go ahead" all the same."""
    checkins.save_wish(by=ana_place, is_wanted=is_wanted, days_ahead=days)
    opens_at = factories.next_window(pair=pair).opens_at
    clock.go_to(opens_at - timedelta(days=days, seconds=1))
    for is_asked in (False, True):
        for path in ("/", reverse("conversations:now", args=[pair.pk])):
            at_ana.open(path)
            assert ("Do you want it to take place?" in at_ana.text) == is_asked
        clock.move(seconds=1)


def test_go_ahead_twice_is_once(at_ana, asked, pair, clock):
    window = factories.next_window(pair=pair)
    clock.go_to(window.opens_at - timedelta(days=1))
    at_ana.open("/")
    question = at_ana.page
    answers = []
    for _ in range(2):
        at_ana.page = question
        at_ana.press("Go ahead")
        answers.append(at_ana.text)
    assert answers[0] == answers[1]
    assert "You said “go ahead”." in answers[0]
    factories.open_next(pair=pair, clock=clock)


def test_without_an_answer_it_does_not_take_place(at_ana, at_ben, asked, pair, clock):
    clock.go_to(factories.next_window(pair=pair).opens_at)
    conversations.sweep()
    for each in (at_ana, at_ben):
        each.open("/")
        assert "Saturday 7 November 2026 Did not take place" in each.text


def test_skipping_twice_is_once_and_can_be_thought_over(at_ana, asked, pair, clock):
    clock.go_to(factories.next_window(pair=pair).opens_at - timedelta(days=1))
    at_ana.open("/")
    question = at_ana.page
    answers = []
    for _ in range(2):
        at_ana.page = question
        at_ana.press("Skip this one")
        answers.append(at_ana.text)
    assert answers[0] == answers[1]
    at_ana.press("Go ahead after all")
    factories.open_next(pair=pair, clock=clock)


@pytest.mark.parametrize("verb", ["go_ahead", "skip"])
def test_an_answer_that_comes_too_late_is_told(at_ana, asked, pair, clock, verb):
    window = factories.next_window(pair=pair)
    clock.go_to(window.opens_at if verb == "go_ahead" else window.closes_at)
    at_ana.send(reverse(f"boundaries:{verb}", args=[pair.pk, window.pk]))
    assert "This conversation has begun or is over." in at_ana.text


def test_what_is_due_and_not_open_yet_can_be_skipped_and_not_thought_over(
    at_ana, at_ben, agreement, pair, clock
):
    clock.go_to(factories.next_window(pair=pair).opens_at)
    at_ben.open("/")
    before = at_ben.text
    at_ana.open("/")
    assert "Go ahead" not in at_ana.text
    at_ana.press("Skip this one")
    assert "When the time comes you will both read that it did not take place" in at_ana.text
    assert "Go ahead" not in at_ana.text
    at_ben.open("/")
    assert at_ben.text == before
    conversations.sweep()
    for each in (at_ana, at_ben):
        each.open("/")
        assert "Saturday 7 November 2026 Did not take place" in each.text


LEFT = "You left this conversation. That closed it for both of you."


def test_to_skip_from_an_old_page_what_has_opened_is_to_leave_it(
    at_ana, at_ben, agreement, pair, clock
):
    at_ana.open("/")
    old = at_ana.page
    factories.open_next(pair=pair, clock=clock)
    at_ana.page = old
    at_ana.press("Skip this one")
    assert LEFT in at_ana.text
    assert "You skip this one." not in at_ana.text
    for each in (at_ana, at_ben):
        each.open("/")
        assert "Your conversation is open" not in each.text
        assert LEFT not in each.text


@pytest.mark.parametrize("verb", ["go_ahead", "skip"])
def test_an_answer_to_one_that_went_away_is_told(at_ana, asked, pair, ben_place, verb):
    window = factories.next_window(pair=pair)
    actions.pause(by=ben_place)
    at_ana.send(reverse(f"boundaries:{verb}", args=[pair.pk, window.pk]))
    assert "What this page was about has changed. Please look again." in at_ana.text


# --- Envelopes -------------------------------------------------------------------------------


def envelope(past, verb: str = "envelope") -> str:
    return reverse(f"conversations:{verb}", args=[past.window.pair_id, past.to_ana.pk])


def test_a_closed_envelope_shows_no_word_of_it(at_ana, past):
    at_ana.open(envelope(past))
    assert "You need not read it, today or ever." in at_ana.text
    assert "fence" not in at_ana.answer.content.decode()


@pytest.mark.parametrize("button", ["Read it now", "Keep it for later", "Hand it back unread"])
def test_each_choice_twice_is_once(at_ana, past, button):
    at_ana.open(envelope(past))
    closed = at_ana.page
    answers = []
    for _ in range(2):
        at_ana.page = closed
        form, pressed = at_ana.page.button(button)
        at_ana.post(pressed.action, form.sent(pressed, {}))
        answers.append((at_ana.status, at_ana.path, at_ana.text))
    assert answers[0] == answers[1]


def test_read_it(at_ana, past):
    at_ana.open(envelope(past))
    at_ana.press("Read it now")
    assert "I have mended the fence." in at_ana.text
    at_ana.open("/")
    assert "A letter to you" in at_ana.text


def test_kept_and_read_later(at_ana, past, clock):
    at_ana.open(envelope(past))
    at_ana.press("Keep it for later")
    assert "It stays closed, and it stays here." in at_ana.text
    clock.move(days=300)
    at_ana.open(envelope(past))
    at_ana.press("Read it now")
    assert "I have mended the fence." in at_ana.text


def test_handed_back_is_gone_for_good(at_ana, past):
    at_ana.open(envelope(past))
    at_ana.press("Hand it back unread")
    assert "You handed it back unread. The other is not told." in at_ana.text
    at_ana.get(envelope(past))
    assert at_ana.status == 404
    at_ana.send(envelope(past, "open_envelope"))
    assert at_ana.status == 404


def test_what_was_read_stays_read(at_ana, past):
    at_ana.send(envelope(past, "open_envelope"))
    for verb in ("keep_envelope", "hand_back_envelope"):
        at_ana.send(envelope(past, verb))
        assert "This letter was opened before, so it stays open" in at_ana.text
        assert not any(said in at_ana.text for said in ("It stays closed", "You handed it back"))
    at_ana.open(envelope(past))
    assert "I have mended the fence." in at_ana.text


def test_what_was_delivered_can_be_read_after_a_pause(at_ana, past):
    at_ana.open("/")
    at_ana.press("Pause")
    at_ana.open(envelope(past))
    at_ana.press("Read it now")
    assert "I have mended the fence." in at_ana.text
