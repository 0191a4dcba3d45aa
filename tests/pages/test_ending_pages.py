"""The pages of renewing, kind words, going separate ways, doors, and what has been."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import create_code
from accounts.models import Pair
from boundaries import actions, guards
from boundaries.models import Agreement, Farewell, Pause, Proposal
from boundaries.queries import agreement_in_force
from boundaries.rules.phrases import Phrase
from boundaries.words import PHRASES, acts_in_words
from conversations import actions as conversations
from conversations.models import Letter, Message
from tests import factories, seen
from tests.accounts.pages import steady

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

CARE = str(PHRASES[Phrase.CARE])
WELL = str(PHRASES[Phrase.WELL])
BEGIN = "Begin again"


@pytest.fixture
def to(pair):
    return lambda name, *keys: reverse(name, args=[pair.pk, *keys])


def has_button(visitor, words) -> bool:
    return any(button.text == words for form in visitor.page.forms for button in form.buttons)


# --- Renewing ---------------------------------------------------------------------------------


def test_r6_renewing_asks_for_the_password_and_then_proposes_the_same(
    at_ana, to, agreement, past, clock
):
    at_ana.open(to("boundaries:agreement"))
    at_ana.follow("The same again")
    assert "first Saturday" in at_ana.text
    at_ana.press("Propose this again")
    at_ana.prove()
    assert "Your proposal is made." in at_ana.text
    assert Proposal.objects.latest("made_at").terms == agreement.terms


def test_r6_a_renewal_of_what_has_changed_meanwhile_is_none(at_ana, to, agreement, ben_place):
    at_ana.open(to("boundaries:renew"))
    less = factories.terms(live=False, minutes=20)
    actions.take_less(by=ben_place, terms=less)
    at_ana.press("Propose this again")
    assert "Please look again" in at_ana.text
    assert Proposal.objects.filter(author=at_ana.answer.context["user"]).count() == 1


def test_r6_why_it_cannot_be_renewed_now_is_said_first(at_ana, to, agreement, ana_place):
    factories.propose(by=ana_place, live=False)
    at_ana.open(to("boundaries:renew"))
    assert "One proposal at a time" in at_ana.text
    assert not has_button(at_ana, "Propose this again")


def test_r6_when_it_is_too_late_to_renew_that_is_said_first(at_ana, to, agreement, pair, clock):
    clock.go_to(agreement.review_at - timedelta(hours=71))
    at_ana.open(to("boundaries:renew"))
    assert "This ends before a renewal could take force." in at_ana.text
    assert not has_button(at_ana, "Propose this again")


def test_r6_without_anything_agreed_there_is_nothing_to_renew(at_ana, to, pair, clock):
    at_ana.open(to("boundaries:agreement"))
    assert "The same again" not in at_ana.text
    at_ana.get(to("boundaries:renew"))
    assert at_ana.status == 200
    assert not has_button(at_ana, "Propose this again")


# --- Kind words -------------------------------------------------------------------------------


def test_r15_words_come_with_a_pause_to_who_wants_them(at_ana, at_ben, to, agreement, ben_place):
    at_ana.open("/")
    at_ana.follow("Pause with a few words")
    at_ana.press("Pause with these words")
    assert "You have paused" in at_ana.text
    assert CARE in at_ana.text
    at_ben.open("/")
    assert CARE in at_ben.text
    assert "No conversation is scheduled." in at_ben.text
    factories.allow(by=(ben_place,), kind_words=False)
    at_ben.open("/")
    assert CARE not in at_ben.text


def test_r15_they_can_be_taken_back_and_the_pause_stays(at_ana, at_ben, to, agreement):
    at_ana.send(to("boundaries:pause"), phrase="care")
    at_ana.press("Take these words back")
    assert "Nothing else has changed." in at_ana.text
    assert "You have paused" in at_ana.text
    at_ben.open("/")
    assert CARE not in at_ben.text


@pytest.mark.parametrize("phrase", ["", "lost", "\x00", "x" * 9000, "Hello, it is me"])
def test_r13_whatever_is_sent_with_it_a_pause_is_made_and_nothing_is_passed_on(
    at_ana, at_ben, to, agreement, phrase
):
    at_ana.send(to("boundaries:pause"), phrase=phrase)
    assert "You have paused" in at_ana.text
    assert Pause.objects.get().phrase == ""
    at_ben.open("/")
    assert "Left for you" not in at_ben.text


def test_r15_why_no_words_can_come_now_is_said_before(at_ana, to, agreement, clock):
    at_ana.open(to("boundaries:pause_with_words"))
    assert "Words of yours come once in 30 days at the most" in at_ana.text
    at_ana.press("Pause with these words")
    at_ana.press("Lift my pause")
    at_ana.open(to("boundaries:pause_with_words"))
    assert "New ones can come with a pause from" in at_ana.text
    assert not has_button(at_ana, "Pause with these words")
    at_ana.press("Pause without words")
    assert "You have paused" in at_ana.text
    assert Pause.objects.filter(phrase="").count() == 1


def test_r15_words_are_turned_away_where_they_are_read(at_ana, at_ben, to, agreement):
    at_ana.send(to("boundaries:pause"), phrase="care")
    at_ben.open("/")
    at_ben.press("Show me no such words")
    assert "Nobody is told." in at_ben.text
    assert CARE not in at_ben.text
    at_ana.open("/")
    assert CARE in at_ana.text, "who left them is not told"


def test_r15_words_with_an_end_are_turned_away_where_they_are_read(at_ana, at_ben, to, past):
    at_ana.send(to("conversations:part"), phrase="well")
    at_ben.open(to("conversations:pair"))
    at_ben.press("Show me no such words")
    assert "This has ended" in at_ben.text
    assert WELL not in at_ben.text


@pytest.mark.parametrize("occasion", ["", "lost", "x" * 9000, "time_apart", "ending"])
def test_words_are_taken_back_only_beside_which_it_was_pressed(at_ana, to, agreement, occasion):
    at_ana.send(to("boundaries:pause"), phrase="care")
    at_ana.send(to("boundaries:take_back_phrase"), occasion=occasion)
    assert at_ana.status == 200
    assert Pause.objects.get().phrase == "care"


# --- Going separate ways ----------------------------------------------------------------------


def test_r16_it_is_explained_and_then_holds_for_both_in_the_same_words(
    at_ana, at_ben, to, past, pair
):
    at_ana.open("/")
    at_ana.follow("Going separate ways")
    assert agreement_in_force(pair) is not None
    at_ana.press("End this for good")
    at_ben.open(to("conversations:pair"))
    said = []
    for each in (at_ana, at_ben):
        assert "This has ended" in each.text
        html = each.answer.content.decode()
        said.append(html[html.index('<section class="card card-quiet stack">') :].split("<h2>")[1])
    assert said[0] == said[1]
    assert "Left for you" not in at_ben.text
    assert not has_button(at_ben, "Pause")


def test_r16_parting_is_told_in_four_parts_and_asks_nothing(at_ana, to, past):
    """Keep what was written to me, take my words home, the door, what now: before and after."""
    parts = ["What was written to you", "Your own words", "Your door", "What now"]
    at_ana.open(to("conversations:part"))
    for _ in range(2):
        html = at_ana.answer.content.decode()
        places = [html.index(f"<h2>{each}</h2>") for each in parts]
        assert places == sorted(places)
        for link in ("keep a copy", "help and safety"):
            assert any(each.lower().startswith(link) for each in at_ana.page.links)
        assert "sure" not in at_ana.text.lower()
        if at_ana.path == to("conversations:part"):
            at_ana.press("End this for good")
    assert at_ana.path == to("conversations:pair")


def test_r15_words_come_with_an_end_to_who_wants_them(at_ana, at_ben, to, past, ben_place, clock):
    at_ana.open(to("conversations:part"))
    assert "With them the other can tell that it was you." in at_ana.text
    at_ana.press("End this for good", phrase="well")
    assert "Left by you" in at_ana.text
    at_ben.open(to("conversations:pair"))
    assert "This has ended" in at_ben.text
    assert WELL in at_ben.text
    with factories.undone():
        factories.allow(by=(ben_place,), kind_words=False)
        at_ben.open(to("conversations:pair"))
        assert "Left for you" not in at_ben.text
    with factories.undone():
        begun = clock.at
        clock.move(days=30)
        at_ben.open(to("conversations:pair"))
        assert "Left for you" not in at_ben.text
        clock.go_to(begun)
    at_ana.press("Take these words back")
    assert "Left by you" not in at_ana.text
    assert not Farewell.objects.exists()
    at_ben.open(to("conversations:pair"))
    assert "Left for you" not in at_ben.text


def test_r15_who_comes_second_leaves_no_words(at_ana, at_ben, to, past):
    at_ben.open(to("conversations:part"))
    at_ana.send(to("conversations:part"))
    at_ben.press("End this for good", phrase="well")
    assert "Left by you" not in at_ben.text
    assert not Farewell.objects.exists()


def test_r15_to_who_wants_no_words_an_end_with_words_is_as_one_without(
    at_ana, at_ben, to, past, ben_place
):
    factories.allow(by=(ben_place,), kind_words=False)
    pages = []
    for words in ({}, {"phrase": "well"}):
        with factories.undone():
            at_ana.send(to("conversations:part"), **words)
            at_ben.open(to("conversations:pair"))
            pages.append(at_ben.text)
    assert pages[0] == pages[1]


@pytest.mark.parametrize("phrase", ["", "lost", "care", "\x00", "x" * 9000, "Hello, it is me"])
def test_r16_whatever_is_sent_with_it_the_end_holds_in_one_request(
    at_ana, at_ben, to, past, pair, phrase
):
    """Without a pause first, and words that do not fit an end are left out."""
    at_ana.send(to("conversations:part"), phrase=phrase)
    assert len(at_ana.answer.redirect_chain) == 1
    pair.refresh_from_db()
    assert pair.ended_at is not None
    at_ben.open(to("conversations:pair"))
    assert "This has ended" in at_ben.text
    assert "Left for you" not in at_ben.text


def test_r16_what_was_held_comes_home_and_is_in_the_copy(at_ana, to, past, ana_place):
    letter = factories.letter(by=ana_place, body="Never mind the fence.")
    at_ana.send(to("conversations:part"))
    letter.refresh_from_db()
    assert letter.state == Letter.State.DRAFT
    copy = at_ana.client.get(to("conversations:copy")).content.decode()
    assert "Never mind the fence." in copy


def test_r16_a_doubled_press_and_an_old_page_are_answered_alike(at_ana, to, past, pair):
    answers = []
    for _ in range(2):
        at_ana.send(to("conversations:part"))
        answers.append((at_ana.status, at_ana.path, at_ana.text))
    at_ana.get(to("conversations:part"))
    assert answers[0] == answers[1] == (200, at_ana.path, at_ana.text)


def test_r16_ended_pairs_are_found_again(at_ana, to, past):
    at_ana.send(to("conversations:part"))
    for start in ("/", "/settings/"):
        at_ana.open(start)
        assert "What has ended" in at_ana.text
        at_ana.follow("the other person")
        assert "This has ended" in at_ana.text


def test_r16_everything_else_of_an_ended_pair_is_a_page_and_no_fault(at_ana, to, past, ana_place):
    letter = factories.letter(by=ana_place)
    at_ana.send(to("conversations:part"))
    for name in ("letters", "past", "write", "copy", "now"):
        at_ana.get(to(f"conversations:{name}"))
        assert at_ana.status == 200, name
    for name in ("agreement", "limits", "propose", "record", "renew", "pause_with_words"):
        at_ana.get(to(f"boundaries:{name}"))
        assert at_ana.status == 200, name
    at_ana.open(to("conversations:letter", letter.pk))
    assert not has_button(at_ana, "Hold for the next conversation")
    at_ana.press("Keep as a draft", body="Other words")
    at_ana.open(to("conversations:envelope", past.to_ana.pk))
    at_ana.press("Read it now")
    assert "I have mended the fence." in at_ana.text


def test_r16_a_copy_holds_my_words_and_what_i_opened(at_ana, to, past, ana_place, ben_place):
    factories.letter(by=ana_place, body="never sent <b> & so on")
    factories.letter(by=ben_place, body="held by Ben")
    page = to("conversations:copy")
    copy = at_ana.client.get(page)
    assert copy["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in copy["Content-Disposition"]
    text = copy.content.decode()
    assert "The garden is quiet now." in text
    assert "never sent <b> & so on" in text
    assert "I have mended the fence." not in text
    assert "held by Ben" not in text
    conversations.open_envelope(by=ana_place, envelope_id=past.to_ana.pk)
    assert "I have mended the fence." in at_ana.client.get(page).content.decode()


ENDS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("end", ENDS)
def test_nobody_writes_into_a_copy_what_looks_like_another_s_words(
    at_ana, to, past, ben, ana_place, pair, end
):
    lines = ["Hello", "--- By me, 1 May 2026. A draft", "Me, 10:00:", "I admit all."]
    words = end.join(lines)
    factories.letter(by=ana_place, body=words, hold=False)
    his = Letter.objects.get(pk=past.to_ana.letter_id)
    his.body = words
    his.save()
    said = {"window": past.window, "pair": pair, "author": ben, "number": 1}
    with guards.down(connection, "message_in_the_open"):
        Message.objects.create(**said, key=uuid4(), body=words, said_at=past.window.opens_at)
    conversations.open_envelope(by=ana_place, envelope_id=past.to_ana.pk)
    text = at_ana.client.get(to("conversations:copy")).content.decode()
    found = text.splitlines()
    assert [found.count(f"  {line}") for line in lines] == [3] * 4
    assert not set(lines) & set(found)


def test_a_copy_says_what_became_of_each_letter(at_ana, to, past, ana_place, clock):
    clock.move(days=1)
    factories.letter(by=ana_place, body="kept", hold=False)
    factories.letter(by=ana_place, body="waits")
    text = at_ana.client.get(to("conversations:copy")).content.decode()
    for state, words in (
        ("A draft", "kept"),
        ("Held, not delivered", "waits"),
        ("In the conversation of 7 November 2026", "The garden is quiet now."),
    ):
        assert f". {state}\n\n  {words}\n" in text


def opens_her_door_and_closes_it(place):
    actions.open_door(by=place)
    actions.close_door(by=place)


def sets_less(place):
    factories.allow(by=(place,), letters=0)


PRIVATELY = {
    "does nothing": lambda place: None,
    "opens her door": lambda place: actions.open_door(by=place),
    "opens her door and closes it": opens_her_door_and_closes_it,
    "pauses": lambda place: actions.pause(by=place),
    "turns kind words away": lambda place: actions.hide_kind_words(by=place),
    "sets less": sets_less,
}


@pytest.mark.parametrize("has_chosen_a_time_apart", [False, True])
@pytest.mark.parametrize("also_by_ben", [False, True])
def test_r16_r26_what_one_does_after_the_end_never_shows_in_how_a_code_is_refused(
    ana, ben_client, ana_place, ben_place, agreement, clock, has_chosen_a_time_apart, also_by_ben
):
    """Nor that both left their doors open for long. Byte for byte, and in as many queries."""
    if has_chosen_a_time_apart:
        factories.apart(by=ana_place, other=ben_place)
    conversations.part(by=ana_place)
    if also_by_ben:
        actions.open_door(by=ben_place)
    answers = {}
    for name, act in PRIVATELY.items():
        with factories.undone():
            act(ana_place)
            clock.move(days=40)
            code = create_code(by=ana, seed="the same")
            with CaptureQueriesContext(connection) as queries:
                page = ben_client.post(reverse("accounts:use_code"), {"code": code})
            answers[name] = page.status_code, steady(page.content), len(queries)
            assert "This code did not work." in page.content.decode()
            assert Pair.objects.count() == 1
        clock.move(days=-40)
    assert len({*answers.values()}) == 1, answers


def test_the_page_of_codes_says_how_those_begin_again_who_have_parted(at_ana):
    at_ana.open(reverse("accounts:use_code"))
    assert "begin again only by leaving both their doors open" in at_ana.text


def test_r16_doors_are_private_until_both_are_open_for_some_days(
    at_ana, at_ben, to, past, pair, clock
):
    at_ana.send(to("conversations:part"))
    at_ben.open(to("conversations:pair"))
    before = at_ben.text
    at_ana.press("Leave my door open")
    assert "You left your door open" in at_ana.text
    at_ben.open(to("conversations:pair"))
    assert at_ben.text == before
    at_ben.press("Leave my door open")
    for each in (at_ana, at_ben):
        each.open(to("conversations:pair"))
        assert not has_button(each, BEGIN)
    clock.move(days=11)
    for each in (at_ana, at_ben):
        each.open(to("conversations:pair"))
        assert "You both left your door open" in each.text
    at_ben.press(BEGIN)
    assert "First, your limits" in at_ben.text
    assert at_ben.path != to("conversations:pair")
    at_ana.press(BEGIN)
    assert at_ana.path == at_ben.path


def test_r16_an_earlier_end_has_no_door_and_shows_what_came_after(
    at_ana, at_ben, to, past, pair, clock
):
    at_ana.send(to("conversations:part"))
    for each in (at_ana, at_ben):
        each.send(to("boundaries:open_door"))
    clock.move(days=11)
    at_ben.send(to("boundaries:begin_again"))
    after = at_ben.path
    at_ana.open(to("conversations:pair"))
    assert not has_button(at_ana, "Leave my door open")
    at_ana.follow("What came after")
    assert at_ana.path == after != to("conversations:pair")
    at_ana.send(to("boundaries:open_door"))
    assert "You two have begun again since." in at_ana.text


def test_r16_a_door_that_was_closed_in_time_leads_nowhere(at_ana, at_ben, to, past, clock):
    at_ana.send(to("conversations:part"))
    for each in (at_ana, at_ben):
        each.send(to("boundaries:open_door"))
    clock.move(days=11)
    at_ana.open(to("conversations:pair"))
    at_ben.send(to("boundaries:close_door"))
    at_ana.press(BEGIN)
    assert "What this page was about has changed." in at_ana.text
    assert not has_button(at_ana, BEGIN)


def test_r16_no_door_before_the_end(at_ana, to, past, pair):
    before = seen.everything(in_=pair)
    for name in ("open_door", "close_door", "begin_again"):
        at_ana.send(to(f"boundaries:{name}"))
        assert at_ana.status == 200
    assert seen.everything(in_=pair) == before


# --- What has been ----------------------------------------------------------------------------


def test_r30_both_read_what_was_in_force_and_each_what_they_did(
    at_ana, at_ben, to, past, ana_place
):
    actions.take_less(by=ana_place, terms=factories.terms(live=False, minutes=20))
    for each in (at_ana, at_ben):
        each.open(to("boundaries:record"))
        assert "45 minutes" in each.text
        assert "20 minutes" in each.text
        assert "in force" in each.text
    assert "You said yes to a proposal." in at_ben.text
    assert "You chose less." not in at_ben.text
    at_ana.open(to("boundaries:record"))
    assert "You made a proposal." in at_ana.text
    assert "You chose less." in at_ana.text


def test_r30_the_day_on_which_the_other_ended_it_is_not_told(at_ben, to, past, ana_place, clock):
    """Who comes back after a week reads that it is over, and not since when."""
    seen_after = []
    for days in (1, 5):
        with factories.undone():
            begun = clock.at
            clock.move(days=days)
            actions.pause(by=ana_place)
            clock.go_to(begun + timedelta(days=6))
            at_ben.open(to("boundaries:record"))
            seen_after.append(at_ben.text)
            clock.go_to(begun)
    assert seen_after[0] == seen_after[1]


def test_r30_every_act_that_is_shown_has_words(past):
    from boundaries.queries import OWN_ACTS

    assert set(acts_in_words()) == set(OWN_ACTS)


def test_r30_in_the_beginning_there_is_nothing(at_ana, to, pair, clock):
    at_ana.open(to("boundaries:record"))
    assert at_ana.text.count("Nothing yet.") == 2
    assert not Agreement.objects.exists()
