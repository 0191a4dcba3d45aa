"""Words that are saved while they are typed: always as a draft, and never over other words."""

import re
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from boundaries.rules.letters import MOST_LEFT_BEHIND, MOST_WAITING
from conversations import actions
from conversations.models import Letter
from tests import factories, seen

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

HTMX = {"HX-Request": "true"}
WORDS = "Dear you, half a sent"


@pytest.fixture
def typing(ana_client, pair):
    """Save what is typed, as the page does."""

    def save(body=WORDS, *, letter=None, version=1, key=None, client=ana_client):
        name = "conversations:save_draft" if letter else "conversations:begin_draft"
        path = reverse(name, args=[pair.pk, letter.pk] if letter else [pair.pk])
        typed = {"body": body, "key": key or uuid4(), "version": version, "read_again": "0"}
        return client.post(path, typed, headers=HTMX)

    return save


@pytest.fixture
def draft(ana_place):
    return factories.letter(by=ana_place, hold=False)


def refused(answer, words, status):
    """The line says why, and nothing else of the page is touched."""
    assert answer.status_code == status
    assert answer.headers["HX-Retarget"] == "#words-status"
    assert "HX-Replace-Url" not in answer.headers
    assert words in answer.content.decode()


def test_a_new_letter_is_saved_and_gets_its_address(typing, ana, pair, clock):
    answer = typing()
    letter = Letter.objects.get()
    page = reverse("conversations:letter", args=[pair.pk, letter.pk])
    assert (letter.body, letter.state) == (WORDS, Letter.State.DRAFT)
    assert answer.headers["HX-Replace-Url"] == page
    text = answer.content.decode()
    here = clock.at.astimezone(ZoneInfo(ana.time_zone))
    assert f"Saved as a draft at {here:%H:%M}" in text
    assert f'data-letter="{page}"' in text
    assert f"<span data-length>{len(WORDS)}</span> of up to 50000" in text


def test_each_save_goes_on_from_the_one_before(typing, draft):
    for version, body in ((1, "one"), (2, "one two"), (3, "one two three")):
        answer = typing(body, letter=draft, version=version)
        assert f'name="version" value="{version + 1}"' in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.body, draft.version) == ("one two three", 4)


@pytest.mark.parametrize("saves", [2, 5])
def test_a_doubled_save_is_one(typing, pair, saves):
    key = uuid4()
    typing(key=key)
    once = seen.everything(in_=pair)
    for _ in range(saves):
        assert typing(key=key).status_code == 200
    assert seen.everything(in_=pair) == once


@pytest.mark.parametrize("by_key", [True, False])
def test_what_was_changed_elsewhere_is_not_overwritten(typing, ana_place, draft, by_key):
    actions.edit_letter(by=ana_place, letter_id=draft.pk, version=1, body="there", hold=False)
    answer = typing(key=draft.key) if by_key else typing(letter=draft)
    refused(answer, "This letter was changed elsewhere.", 409)
    assert str(draft.pk) in answer.content.decode()
    draft.refresh_from_db()
    assert draft.body == "there"


@pytest.mark.parametrize("by_key", [True, False])
def test_typing_never_changes_or_takes_back_what_is_held(typing, ana_place, pair, by_key):
    letter = factories.letter(by=ana_place)
    before = seen.everything(in_=pair)
    answer = typing(key=letter.key) if by_key else typing(letter=letter)
    refused(answer, "This letter is held.", 409)
    assert seen.everything(in_=pair) == before


def test_what_is_saved_too_late_changes_nothing(typing, agreement, pair, ana_place, clock):
    letter = factories.letter(by=ana_place)
    factories.open_next(pair=pair, clock=clock)
    before = seen.everything(in_=pair)
    refused(typing(letter=letter), "This letter went into a conversation, as it was saved.", 409)
    assert seen.everything(in_=pair) == before


def test_what_was_deleted_does_not_come_back(typing, ana_place, ben_place, draft):
    actions.delete_letter(by=ana_place, letter_id=draft.pk)
    his = factories.letter(by=ben_place, hold=False)
    answers = [typing(letter=each) for each in (draft, his)]
    for answer in answers:
        refused(answer, "That letter is not there any more.", 404)
    assert answers[0].content == answers[1].content
    assert Letter.objects.get() == his


@pytest.mark.parametrize(
    ("body", "words"),
    [("", "There are no words yet."), ("x" * 50_001, "Your letter has 50001 characters")],
)
def test_what_cannot_be_a_letter_is_not_saved(typing, body, words):
    refused(typing(body), words, 200)
    assert not Letter.objects.exists()


def test_longer_than_was_agreed_is_saved_and_the_line_says_so(typing, agreement):
    answer = typing("x" * 4001)
    assert "<span data-length>4001</span> of up to 4000 characters" in answer.content.decode()
    assert Letter.objects.get().length == 4001


def test_signed_out_the_page_with_the_words_stays(client, typing):
    answer = typing(client=client)
    refused(answer, "You are signed out. Your words are still here.", 403)
    assert "HX-Redirect" not in answer.headers


def test_after_signing_in_again_the_page_gets_a_token_that_counts(ana, ana_place, pair):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    path = reverse("conversations:begin_draft", args=[pair.pk])
    typed = {"body": WORDS, "key": uuid4(), "version": 1, "writer": ana_place.pk}
    answer = strict.post(path, typed, headers=HTMX)
    refused(answer, "Your words are still here, and not saved yet.", 403)
    found = re.search(r'value="(\w{64})"', answer.content.decode())
    assert found
    typed["csrfmiddlewaretoken"] = found[1]
    assert strict.post(path, typed, headers=HTMX).status_code == 200


@pytest.mark.parametrize("writer", ["hers", "", "x", "\x00"])
def test_words_do_not_become_those_of_who_signed_in_on_the_same_phone(ben, ana_place, pair, writer):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ben)
    typed = {"body": WORDS, "writer": ana_place.pk if writer == "hers" else writer}
    answer = strict.post(reverse("conversations:begin_draft", args=[pair.pk]), typed, headers=HTMX)
    refused(answer, "This page is not of who is signed in here now.", 403)
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert not Letter.objects.exists()


def test_one_more_than_can_wait_is_not_saved_and_a_line_says_so(typing, ana_place, pair, clock):
    factories.held_letters(by=[ana_place], each=MOST_WAITING, at=clock.at)
    before = seen.everything(in_=pair)
    refused(typing(), "There is no room for one more letter that waits.", 409)
    assert seen.everything(in_=pair) == before


# --- A page that is left ------------------------------------------------------------------------


@pytest.fixture
def leaving(ana_client, pair):
    """Keep what is typed, as a page does that is hidden or left."""

    def keep(body=WORDS, *, client=ana_client, **typed):
        path = reverse("conversations:keep_words", args=[pair.pk])
        return client.post(path, {"body": body, "key": uuid4(), "version": 0} | typed, headers=HTMX)

    return keep


def test_what_is_typed_on_a_page_that_is_left_is_kept_and_the_page_is_told_as_which(leaving):
    key = uuid4()
    for number in (1, 2):
        answer = leaving(f"{WORDS} {number}", key=key, version=number - 1)
        assert (answer.status_code, answer.content.decode()) == (200, str(number))
    letter = Letter.objects.get()
    assert (letter.body, letter.state) == (f"{WORDS} 2", Letter.State.DRAFT)


def test_of_a_draft_of_its_own_the_page_knows_no_version(leaving, ana_place):
    """Else it would take this for that of the letter on the page."""
    letter = factories.letter(by=ana_place)
    assert leaving(key=letter.key, version=1).content.decode() == "0"
    assert Letter.objects.count() == 2


def test_a_page_that_is_left_and_comes_back_says_why_nothing_was_kept(leaving, client):
    refused(leaving("x" * 50_001), "Your letter has 50001 characters", 200)
    refused(leaving(client=client), "You are signed out. Your words are still here.", 403)
    assert not Letter.objects.exists()


def test_where_there_is_no_room_a_page_that_is_left_has_some(leaving, ana_place, clock):
    factories.held_letters(by=[ana_place], each=MOST_WAITING, at=clock.at)
    assert leaving().status_code == 200
    factories.held_letters(by=[ana_place], each=MOST_LEFT_BEHIND - 1, at=clock.at)
    refused(leaving(), "There is no room for one more letter that waits.", 409)
