"""Letters: written, kept, held, changed, taken back; and what comes too late is not lost."""

from uuid import uuid4

import pytest
from django.urls import reverse

from boundaries.rules.letters import MOST_WAITING
from conversations import actions, views
from conversations.exceptions import ChangedElsewhereError
from conversations.forms import LONGEST_BODY
from conversations.models import Letter
from tests import factories

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

HOLD = "Hold for the next conversation"
KEEP = "Keep as a draft"
IS_HELD = "Your letter is held. Until a conversation brings it, only you can see it."
WORDS = "Dear Ben,\n\n  <b>two</b> lines & a “quote”.\n\n\nAna"


@pytest.fixture
def new(pair):
    return reverse("conversations:write", args=[pair.pk])


@pytest.fixture
def letters(pair):
    return reverse("conversations:letters", args=[pair.pk])


def page_of(letter: Letter) -> str:
    return reverse("conversations:letter", args=[letter.pair_id, letter.pk])


def letter_states() -> list[str]:
    return list(Letter.objects.values_list("state", flat=True))


def test_the_page_without_any(at_ana, letters):
    at_ana.open(letters)
    assert "None yet." in at_ana.text


def test_a_draft_keeps_every_sign(at_ana, new):
    at_ana.open(new)
    at_ana.press(KEEP, body=WORDS)
    assert "Your draft is saved. Only you can see it." in at_ana.text
    assert at_ana.filled(HOLD)["body"] == [WORDS]
    assert Letter.objects.get().body == WORDS
    assert "<b>two</b>" not in at_ana.answer.content.decode()


def test_held_then_taken_back_then_deleted(at_ana, new, letters):
    at_ana.open(new)
    at_ana.press(HOLD, body=WORDS)
    assert IS_HELD in at_ana.text
    at_ana.open(page_of(Letter.objects.get()))
    at_ana.press("Take it back", body="typed since")
    assert "Your letter is a draft again. It will not be delivered." in at_ana.text
    assert at_ana.filled(HOLD)["body"] == ["typed since"]
    at_ana.press("Delete it for good")
    assert "Your letter is deleted." in at_ana.text
    assert not Letter.objects.exists()


@pytest.mark.parametrize("button", [HOLD, KEEP])
@pytest.mark.parametrize("body", ["", " ", "\n\n\t "])
def test_without_words_there_is_no_letter(at_ana, new, button, body):
    at_ana.open(new)
    at_ana.press(button, body=body)
    assert "There are no words yet." in at_ana.text
    assert not Letter.objects.exists()


@pytest.mark.parametrize("button", [HOLD, KEEP])
def test_sixty_thousand_signs_are_too_many_and_all_of_them_are_kept(at_ana, new, button):
    body = "word " * 12_000
    at_ana.open(new)
    at_ana.press(button, body=body)
    assert "Your letter has 60000 characters; a letter can have up to 50000." in at_ana.text
    assert at_ana.filled(HOLD)["body"] == [body]
    assert not Letter.objects.exists()


def test_the_longest_letter_there_can_be(at_ana, new):
    at_ana.open(new)
    at_ana.press(KEEP, body="é" * LONGEST_BODY)
    assert Letter.objects.get().length == LONGEST_BODY


def test_line_ends_are_counted_once(at_ana, new):
    """A browser sends each as two signs; the writer sees one."""
    at_ana.open(new)
    at_ana.press(KEEP, body="x" + "\n" * (LONGEST_BODY - 2) + "x")
    assert Letter.objects.get().length == LONGEST_BODY


def test_longer_than_was_agreed_can_be_kept_but_not_held(at_ana, new, agreement):
    body = "a" * 4001
    at_ana.open(new)
    at_ana.press(HOLD, body=body)
    assert "Your letter has 4001 characters; a letter can have up to 4000." in at_ana.text
    assert "You can keep it as a draft and shorten it later." in at_ana.text
    at_ana.press(KEEP)
    assert "Your draft is saved." in at_ana.text
    assert Letter.objects.get().body == body


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b", "ab"),
        ("\x1b[31mred\x7f\x9b", "[31mred"),
        ("a\rb\x0bc\x0cd\x85e\r\nf\tg", "a\nb\nc\nd\ne\nf\tg"),
        ("\u202eturned\u2066 round", "\u202eturned\u2066 round"),
        ("👩\u200d👩\u200d👧🏽 e\u0301", "👩\u200d👩\u200d👧🏽 e\u0301"),
    ],
)
def test_controls_are_taken_out_and_words_stay(at_ana, new, typed, kept):
    at_ana.open(new)
    at_ana.press(KEEP, body=typed)
    letter = Letter.objects.get()
    assert (letter.body, letter.length) == (kept, len(kept))


def test_only_controls_are_no_words(at_ana, new):
    at_ana.open(new)
    at_ana.press(KEEP, body="\x00\x1b")
    assert "There are no words yet." in at_ana.text
    assert not Letter.objects.exists()


def test_what_turns_the_direction_of_writing_stays_within_its_words(at_ana, letters, ana_place):
    letter = factories.letter(by=ana_place, body="\u202eturned")
    at_ana.open(letters)
    assert f"<bdi>{letter.body}</bdi>" in at_ana.answer.content.decode()


def test_ten_megabytes_come_back_with_a_sentence(ana_client, new):
    """As the page sends them: its form is multipart."""
    body = "é" * (5 * 1024 * 1024)
    answer = ana_client.post(new, {"body": body, "key": uuid4(), "version": 1, "draft": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Your letter has 5242880 characters; a letter can have up to 50000." in page
    assert body in page
    assert not Letter.objects.exists()


def test_signs_that_cannot_be_seen_do_no_harm(at_ana, new, letters):
    body = "a\x01\x0b\x1b\x7f\u202e\u2028\ufeff😀 b"
    at_ana.open(new)
    at_ana.press(KEEP, body=body)
    assert Letter.objects.get().body == "a\n\u202e\u2028\ufeff😀 b"
    at_ana.open(letters)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "many"},
        {"key": ""},
        {"key": "\x00"},
        {"version": "one"},
        {"version": ""},
        {"version": "9" * 5000},
    ],
)
def test_a_form_that_was_tampered_with_keeps_the_words(at_ana, new, changes):
    sent = {"body": WORDS, "key": str(uuid4()), "version": "1", "hold": "1"} | changes
    at_ana.send(new, **sent)
    assert at_ana.status == 200
    assert at_ana.filled(HOLD)["body"] == [WORDS]
    assert not Letter.objects.exists()


def test_a_doubled_letter_is_one(at_ana, new):
    at_ana.open(new)
    written = at_ana.page
    answers = []
    for _ in range(2):
        at_ana.page = written
        at_ana.press(HOLD, body=WORDS)
        answers.append((at_ana.path, at_ana.text))
    assert answers[0] == answers[1]
    assert Letter.objects.count() == 1


def test_two_letters_are_two(at_ana, new):
    for _ in range(2):
        at_ana.open(new)
        at_ana.press(HOLD, body=WORDS)
    assert Letter.objects.count() == 2


def test_another_person_s_key_is_no_way_to_their_letter(at_ben, new, ana_place):
    hers = factories.letter(by=ana_place, body="hers")
    at_ben.send(new, body="his", key=str(hers.key), version="1", draft="1")
    assert "hers" not in at_ben.text
    assert Letter.objects.count() == 2


def test_a_doubled_change_is_one(at_ana, ana_place):
    letter = factories.letter(by=ana_place)
    for _ in range(2):
        at_ana.send(page_of(letter), body="changed", key=str(letter.key), version="1", hold="1")
        assert IS_HELD in at_ana.text
    letter.refresh_from_db()
    assert (letter.body, letter.version) == ("changed", 2)


def test_a_letter_that_was_changed_in_another_tab(at_ana, ana_place):
    letter = factories.letter(by=ana_place, body="first")
    at_ana.open(page_of(letter))
    here = at_ana.page
    at_ana.press(HOLD, body="from the other tab")
    at_ana.page = here
    at_ana.press(HOLD, body="from this tab")
    assert "This letter was changed elsewhere" in at_ana.text
    assert "from the other tab" in at_ana.text
    assert at_ana.filled(HOLD)["body"] == ["from this tab"]
    letter.refresh_from_db()
    assert letter.body == "from the other tab"
    at_ana.press(HOLD)
    letter.refresh_from_db()
    assert (letter.body, letter.state) == ("from this tab", Letter.State.HELD)


def test_words_typed_too_late_are_shown_and_not_sent(at_ana, agreement, pair, clock, ana_place):
    letter = factories.letter(by=ana_place, body="as it went")
    at_ana.open(page_of(letter))
    form = at_ana.page
    factories.open_next(pair=pair, clock=clock)
    at_ana.page = form
    at_ana.press(HOLD, body="typed too late")
    assert "as it went" in at_ana.text
    assert "In the conversation of 7 November 2026" in at_ana.text
    letter.refresh_from_db()
    assert letter.body == "as it went"
    at_ana.press("Keep these as a draft")
    assert "Your draft is saved. Only you can see it." in at_ana.text
    assert at_ana.filled(HOLD)["body"] == ["typed too late"]
    at_ana.page = form
    at_ana.press(HOLD)
    assert "The words here are the ones that you typed since." not in at_ana.text


@pytest.mark.parametrize("button", ["Take it back", "Delete it for good"])
def test_what_went_cannot_be_taken_back(at_ana, agreement, pair, clock, ana_place, button):
    letter = factories.letter(by=ana_place)
    at_ana.open(page_of(letter))
    form = at_ana.page
    factories.open_next(pair=pair, clock=clock)
    at_ana.page = form
    at_ana.press(button)
    assert "This letter went into a conversation a moment ago." in at_ana.text
    assert Letter.objects.filter(state=Letter.State.RELEASED).count() == 1


def test_taking_back_and_deleting_twice(at_ana, pair, ana_place):
    letter = factories.letter(by=ana_place)
    at_ana.open(page_of(letter))
    for button in ("Take it back", "Delete it for good"):
        form = at_ana.page
        answers = []
        for _ in range(2):
            at_ana.page = form
            at_ana.press(button)
            answers.append((at_ana.path, letter_states()))
            assert at_ana.status == 200
        assert answers[0] == answers[1], button


def test_more_letters_than_were_agreed_wait(at_ana, agreement, pair, clock, ana_place, letters):
    """Two may go; the third waits for the conversation after."""
    for number in range(3):
        clock.move(seconds=1)
        factories.letter(by=ana_place, body=f"letter {number}")
    factories.open_next(pair=pair, clock=clock)
    at_ana.open(letters)
    assert at_ana.text.count("In the conversation of 7 November 2026") == 2
    assert "letter 2 Held for the next conversation" in at_ana.text


def test_one_reads_that_a_letter_may_wait_while_one_writes_it(
    at_ana, agreement, ana_place, ben_place, new, clock
):
    """Two may go; what is too long, a draft, or the other's, takes nobody's place."""
    said = "It may wait for a later conversation."
    factories.letter(by=ana_place, hold=False)
    factories.letter(by=ana_place, body="a" * 4001)
    for _ in range(3):
        factories.letter(by=ben_place)
    first = factories.letter(by=ana_place)
    at_ana.open(new)
    assert said not in at_ana.text
    clock.move(seconds=1)
    second = factories.letter(by=ana_place)
    at_ana.open(new)
    assert said in at_ana.text
    for letter, may_wait in ((first, False), (second, False), (None, True)):
        clock.move(seconds=1)
        at_ana.open(page_of(letter or factories.letter(by=ana_place)))
        assert (said in at_ana.text) == may_wait


@pytest.mark.parametrize("number", ["0", "-1", "many", "9" * 5000, "\x00", ""])
@pytest.mark.parametrize("name", ["letters", "past"])
def test_a_page_number_that_is_none(at_ana, pair, past, name, number):
    at_ana.client.get(reverse(f"conversations:{name}", args=[pair.pk]), {"page": number})
    answer = at_ana.client.get(reverse(f"conversations:{name}", args=[pair.pk]), {"page": number})
    assert answer.status_code == 200


def test_many_letters_are_on_several_pages(at_ana, letters, ana_place):
    for number in range(13):
        factories.letter(by=ana_place, body=f"letter number {number}", hold=False)
    at_ana.open(letters)
    at_ana.get(f"{letters}{at_ana.page.link('Earlier ones')}")
    assert at_ana.text.count("letter number") == 1
    assert "Later ones" in at_ana.text


@pytest.mark.parametrize("button", ["hold", "draft"])
def test_words_for_a_letter_that_was_deleted_in_another_tab_are_given_back(
    ana_client, at_ana, ana_place, button
):
    letter = factories.letter(by=ana_place, body="as it was")
    page, typed = page_of(letter), {"body": WORDS, "key": letter.key, "version": 1, button: "1"}
    letter.delete()
    answer = ana_client.post(page, typed)
    assert answer.status_code == 404
    assert answer.context["form"]["body"].value() == WORDS
    assert "The words that you typed are below." in answer.content.decode()
    assert not Letter.objects.exists()


def test_words_for_a_letter_of_the_other_are_given_back_in_the_same_words(
    ana_client, ana_place, ben_place
):
    his, none = factories.letter(by=ben_place, body="his"), uuid4()
    answers = []
    for letter_id in (his.pk, none):
        page = reverse("conversations:letter", args=[ana_place.pair_id, letter_id])
        answer = ana_client.post(page, {"body": WORDS, "key": uuid4(), "version": 1})
        answers.append((answer.status_code, "his" in answer.content.decode().split()))
    assert answers == [(404, False)] * 2


@pytest.mark.parametrize("button", ["Keep as a draft", "Hold for the next conversation"])
def test_one_more_than_can_wait_comes_back_with_a_sentence(at_ana, new, ana_place, clock, button):
    factories.held_letters(by=[ana_place], each=MOST_WAITING, at=clock.at)
    at_ana.open(new)
    at_ana.press(button, body="One more letter")
    assert at_ana.status == 200
    assert "There is no room for one more letter that waits." in at_ana.text
    Letter.objects.filter(author=ana_place.person).first().delete()
    at_ana.press(button)
    assert [row.body for row in Letter.objects.all()].count("One more letter") == 1


# --- The page on which a letter was begun, once more --------------------------------------------


@pytest.mark.parametrize("button", ["draft", "hold"])
def test_an_old_page_takes_no_newer_words_away_and_takes_nothing_back(
    ana_client, ana_place, button
):
    """The later asks: both texts are there, and saving then replaces."""
    begun = {"key": uuid4(), "version": 1}
    new = reverse("conversations:write", args=[ana_place.pair_id])
    ana_client.post(new, {**begun, "body": "first words", "draft": "1"})
    letter = Letter.objects.get()
    own = reverse("conversations:letter", args=[ana_place.pair_id, letter.pk])
    ana_client.post(own, {**begun, "body": "a whole evening of others", "hold": "1"})
    answer = ana_client.post(new, {**begun, "body": "first words", button: "1"})
    letter.refresh_from_db()
    assert (letter.state, letter.body) == ("held", "a whole evening of others")
    page = answer.content.decode()
    assert "a whole evening of others" in page
    assert "first words" in page
    assert f'name="version" value="{letter.version}"' in page
    assert Letter.objects.count() == 1


def test_words_for_a_letter_that_was_changed_elsewhere_and_then_deleted_are_given_back(
    ana_client, new, ana_place, monkeypatch
):
    letter = factories.letter(by=ana_place, body="there", hold=False)

    write = actions.write_letter

    def write_and_be_deleted(**words):
        try:
            return write(**words)
        except ChangedElsewhereError:
            actions.delete_letter(by=ana_place, letter_id=letter.pk)
            raise

    monkeypatch.setattr(views.actions, "write_letter", write_and_be_deleted)
    typed = {"body": WORDS, "key": letter.key, "version": 9, "draft": "1"}
    answer = ana_client.post(new, typed)
    assert answer.status_code == 404
    assert answer.context["form"]["body"].value() == WORDS
    assert not Letter.objects.exists()


@pytest.mark.parametrize("button", ["hold", "draft"])
@pytest.mark.parametrize("kept", [0, 1, 2])
def test_what_was_kept_while_it_was_typed_gives_way_once_it_is_saved_if_it_is_as_it_was(
    ana_client, ana_place, button, kept
):
    letter, aside = factories.letter(by=ana_place, body="as it was"), uuid4()
    actions.keep_words(by=ana_place, key=aside, version=0, body="as it was, and")
    typed = {"body": WORDS, "key": letter.key, "version": 1, "aside": aside, "kept": kept}
    ana_client.post(page_of(letter), typed | {button: "1"})
    bodies = {each.body for each in Letter.objects.all()}
    assert bodies == ({WORDS} if kept == 1 else {WORDS, "as it was, and"})


@pytest.mark.parametrize("changes", [{"aside": "\x00"}, {"kept": "many"}, {"kept": "9" * 5000}])
def test_what_was_kept_is_named_by_nothing_else(at_ana, ana_place, changes):
    letter = factories.letter(by=ana_place)
    sent = {"body": WORDS, "key": letter.key, "version": 1, "hold": "1", "kept": 1}
    at_ana.send(page_of(letter), **sent | changes)
    assert at_ana.status == 200
    assert Letter.objects.count() == 1
