"""The pages of a conversation: talking, leaving, and reading it afterwards."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import SIGNED_OUT
from boundaries import actions as boundaries
from boundaries.queries import load_situation_of_talk
from boundaries.rules.letters import MOST_WAITING
from conversations import actions as conversations
from conversations import live, talk
from conversations.models import Letter, Message
from tests import factories
from tests.beginnings import begin_to_talk, beginning

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


BEGINNINGS = {"window": begin_to_talk}
window = beginning("window")


def page_of(window, part=""):
    return f"/pairs/{window.pair_id}/conversations/{window.pk}/{part}"


def test_both_read_what_was_said_and_by_whom(at_ana, at_ben, window):
    at_ana.open("/")
    at_ana.follow("Talk")
    assert "Nothing has been said yet." in at_ana.text
    at_ana.press("Say it", body="The apples are ripe.")
    assert "You, " in at_ana.text
    at_ben.open(page_of(window))
    assert "The apples are ripe." in at_ben.text
    assert "You, " not in at_ben.text
    at_ben.press("Say it", body="I saw.")
    texts = [message.body for message in Message.objects.order_by("number")]
    assert texts == ["The apples are ripe.", "I saw."]


def test_the_stream_begins_where_the_page_ended(at_ana, at_ben, window):
    at_ben.open(page_of(window))
    at_ben.press("Say it", body="Shown already.")
    at_ana.open(page_of(window))
    stream, page = page_of(window, "stream/"), at_ana.answer.content.decode()
    assert f'data-stream="{stream}"' in page
    assert 'data-last="1"' in page
    at_ben.press("Say it", body="Now.")
    answer = at_ana.client.get(f"{stream}?after=1")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    assert answer["Cache-Control"] == "private, no-store"
    told = answer.content.decode()
    assert "Now." in told
    assert "Shown already." not in told


def test_a_stream_begins_with_a_sign_that_one_is_here(at_ana, window):
    """Where nothing was said yet nothing else may follow for minutes."""
    at_ana.open(page_of(window))
    seen = re.search(r'data-seen="([^"]*)"', at_ana.answer.content.decode())[1]
    told = at_ana.client.get(page_of(window, f"stream/?seen={seen}")).content.decode()
    assert told == live.RETRY + live.ALIVE


@pytest.mark.parametrize("id_", ["2", "99", "-1", "x" * 9000, "\u0663"])
def test_an_event_id_from_elsewhere_loses_no_word(at_ana, window, id_):
    at_ana.open(page_of(window))
    at_ana.press("Say it", body="Kept.")
    answer = at_ana.client.get(page_of(window, "stream/"), headers={"Last-Event-ID": id_})
    assert answer.status_code == 200
    assert "Kept." in answer.content.decode()


def test_a_page_is_not_told_the_state_that_it_shows(at_ana, window, clock):
    at_ana.open(page_of(window))
    seen = re.search(r'data-seen="([^"]*)"', at_ana.answer.content.decode())[1]
    stream = page_of(window, f"stream/?after=0&seen={seen}")
    assert "event: state" not in at_ana.client.get(stream).content.decode()
    clock.go_to(window.closes_at - timedelta(minutes=9))
    assert "event: state" in at_ana.client.get(stream).content.decode()
    for other in ("", "x", "open-10%00", "held-None"):
        told = at_ana.client.get(page_of(window, f"stream/?seen={other}")).content.decode()
        assert "Less than ten minutes are left." in told


def test_nobody_is_told_who_is_not_signed_in(client, outsider_client, window):
    """A browser that asks for events is told in one; a page could not be shown there."""
    assert client.get(page_of(window, "stream/")).status_code == 302
    answer = client.get(page_of(window, "stream/"), headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.content.decode()) == (200, SIGNED_OUT)
    assert outsider_client.get(page_of(window, "stream/")).status_code == 404


BY_HTMX = {"HX-Request": "true"}


def say_by_htmx(visitor, window, **sent):
    sent = {"csrfmiddlewaretoken": visitor.token(), "key": uuid4()} | sent
    return visitor.client.post(page_of(window, "say/"), sent, headers=BY_HTMX)


def test_by_htmx_what_was_said_is_answered_by_an_empty_form(at_ana, window):
    """And not by what was said: that comes by the stream, in its place among the other's."""
    answer = say_by_htmx(at_ana, window, body="The apples are ripe.")
    html = answer.content.decode()
    assert Message.objects.get().body == "The apples are ripe."
    assert "apples" not in html
    assert html.lstrip().startswith("<form")
    assert str(Message.objects.get().key) not in html


def test_by_htmx_a_refusal_keeps_the_words_in_the_form(at_ana, window):
    answer = say_by_htmx(at_ana, window, body="x" * 2001)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "too long to be said at once" in html
    assert "x" * 2001 in html
    assert "<html" not in html


def test_by_htmx_words_that_come_too_late_are_a_draft_and_their_writer_is_told(
    at_ana, window, clock
):
    at_ana.open(page_of(window))
    clock.go_to(window.closes_at)
    answer = say_by_htmx(at_ana, window, body="One more thing")
    draft = Letter.objects.get()
    assert draft.body == "One more thing"
    assert answer["HX-Redirect"] == f"/pairs/{window.pair_id}/letters/{draft.pk}/"
    at_ana.open(answer["HX-Redirect"])
    assert "Your words are kept as a draft, for you alone." in at_ana.text


def test_by_htmx_who_was_signed_out_keeps_their_words(at_ana, window):
    at_ana.open(page_of(window))
    sent = {"csrfmiddlewaretoken": at_ana.token(), "key": uuid4(), "body": "half a sentence"}
    del at_ana.client.cookies[settings.SESSION_COOKIE_NAME]
    answer = at_ana.client.post(page_of(window, "say/"), sent, headers=BY_HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#words-status")
    assert "Your words are still here." in answer.content.decode()
    assert not Message.objects.exists()


def test_by_htmx_a_page_grown_old_gets_a_token_that_counts(at_ana, ana_place, window):
    """Its writer signed in again in another tab."""
    sent = {"csrfmiddlewaretoken": "x" * 64, "writer": ana_place.pk}
    answer = say_by_htmx(at_ana, window, body="half a sentence", **sent)
    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#words-status")
    assert "csrfmiddlewaretoken" in answer.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (11, None),
        (10, "Less than ten minutes are left."),
        (2.5, "Less than ten minutes are left."),
        (2, "Less than two minutes are left."),
        (0.1, "Less than two minutes are left."),
    ],
)
def test_the_time_that_is_left_is_said_at_ten_and_at_two_minutes(
    at_ana, window, clock, minutes, says
):
    clock.go_to(window.closes_at)
    clock.move(minutes=-minutes)
    at_ana.open(page_of(window))
    assert says is None or says in at_ana.text
    assert ("minutes are left" in at_ana.text) == (says is not None)


def test_words_that_come_too_late_are_a_draft_and_their_writer_is_told(at_ana, window, clock):
    at_ana.open(page_of(window))
    clock.go_to(window.closes_at)
    at_ana.press("Say it", body="One more thing")
    assert "Your words are kept as a draft, for you alone." in at_ana.text
    assert "One more thing" in at_ana.answer.content.decode()
    assert Letter.objects.get().body == "One more thing"


def test_where_there_is_no_room_for_a_draft_words_that_come_too_late_come_back(
    at_ana, ana_place, window, clock
):
    factories.held_letters(by=[ana_place], each=MOST_WAITING, at=clock.at)
    at_ana.open(page_of(window))
    clock.go_to(window.closes_at)
    at_ana.press("Say it", body="One more thing")
    assert "There is no room for one more letter that waits." in at_ana.text
    assert "One more thing" in at_ana.answer.content.decode()
    answer = say_by_htmx(at_ana, window, body="And one more", key=uuid4())
    assert "There is no room for one more letter that waits." in answer.content.decode()
    assert "And one more</textarea>" in answer.content.decode()
    assert Letter.objects.count() == MOST_WAITING


def test_after_a_pause_both_read_the_same_as_after_the_other_left(at_ana, ben_place, window):
    """The words for what ended it are one and the same (R15, R21)."""
    seen = []
    for end in (
        lambda: boundaries.pause(by=ben_place),
        lambda: boundaries.leave(by=ben_place, window_id=window.pk),
    ):
        with factories.undone():
            end()
            at_ana.open(page_of(window))
            seen.append(at_ana.text)
    assert seen[0] == seen[1]
    assert "This conversation is closed." in seen[0]


def test_a_pause_while_the_page_is_made_is_a_conversation_that_is_closed(
    at_ben, ana_place, window, monkeypatch
):
    """And not one that is open and in which one may not talk: that would be neither."""

    def load_just_before_it(pair):
        situation = load_situation_of_talk(pair)
        boundaries.pause(by=ana_place)
        return situation

    monkeypatch.setattr(talk, "load_situation_of_talk", load_just_before_it)
    at_ben.open(page_of(window))
    assert "This conversation is closed." in at_ben.text
    assert "Only letters belong" not in at_ben.text


def test_leaving_is_one_tap_and_closes_it(at_ana, at_ben, window):
    at_ana.open(page_of(window))
    at_ana.press("Leave now")
    assert "The conversation is closed." in at_ana.text
    at_ben.open(page_of(window))
    assert "This conversation is closed." in at_ben.text
    assert "Leave now" not in at_ben.text


def test_what_was_said_stays_readable_and_can_be_copied(at_ana, at_ben, window, clock):
    at_ana.open(page_of(window))
    at_ana.press("Say it", body="Keep this.")
    clock.go_to(window.closes_at)
    boundaries.sweep()
    at_ben.open("/")
    at_ben.follow("What was said")
    assert "Keep this." in at_ben.text
    assert "Say it" not in at_ben.text
    copy = at_ben.client.get(f"/pairs/{window.pair_id}/copy/").content.decode()
    assert "--- Said in the conversation of 7 November 2026" in copy
    assert "The other, 17:00:\n  Keep this." in copy


def test_r22_empty_lines_do_not_push_what_was_said_out_of_sight(at_ana, window):
    at_ana.open(page_of(window))
    at_ana.press("Say it", body="\n\nOne" + "\n \n" * 400 + "two\n\nthree\n\n\n")
    assert Message.objects.get().body == "One\n\ntwo\n\nthree"


@pytest.mark.parametrize("body", ["", "   ", "\n\n", "\x00"])
def test_without_words_nothing_is_said(at_ana, window, body):
    at_ana.open(page_of(window))
    at_ana.press("Say it", body=body)
    assert "There are no words yet." in at_ana.text
    assert not Message.objects.exists()


def test_what_is_too_long_comes_back_with_a_clear_sentence(at_ana, window):
    at_ana.open(page_of(window))
    at_ana.press("Say it", body="x" * 2001)
    assert "too long to be said at once" in at_ana.text
    assert "x" * 2001 in at_ana.answer.content.decode()
    assert not Message.objects.exists()


def test_ten_megabytes_come_back_with_a_sentence(at_ana, window):
    """In the other encoding these would be thirty, and Repair takes twelve at once (record 21)."""
    at_ana.open(page_of(window))
    form = re.search(r'<form id="say".*?>', at_ana.answer.content.decode(), re.DOTALL)[0]
    assert 'enctype="multipart/form-data"' in form
    sent = {"body": "é" * (5 * 1024 * 1024), "key": uuid4(), "csrfmiddlewaretoken": at_ana.token()}
    answer = at_ana.client.post(page_of(window, "say/"), sent)
    assert answer.status_code == 200
    assert "too long to be said at once" in answer.content.decode()
    assert sent["body"] in answer.content.decode()


def test_too_many_within_a_minute_come_back_with_a_clear_sentence(at_ana, ana_place, window):
    for number in range(20):
        conversations.say(by=ana_place, window_id=window.pk, key=uuid4(), body=f"{number}")
    at_ana.send(page_of(window, "say/"), body="The next one", key=uuid4())
    assert "Too many messages within a minute." in at_ana.text
    assert "The next one" in at_ana.answer.content.decode()
    assert Message.objects.count() == 20


def test_nobody_else_has_such_a_page(outsider_client, at_ana, window, pair):
    for part in ("", "stream/"):
        assert outsider_client.get(page_of(window, part)).status_code == 404
    planned = factories.next_window(pair=pair)
    assert at_ana.client.get(page_of(planned)).status_code == 404


def test_by_script_nothing_more_is_asked_of_the_database_once_it_was_said(ana_client, window):
    """It would take turns with sending it to the other."""
    words = {"body": "Now.", "key": uuid4()}
    with CaptureQueriesContext(connection) as asked:
        answer = ana_client.post(page_of(window, "say/"), words, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert Message.objects.count() == 1
    assert asked.captured_queries[-1]["sql"].startswith("RELEASE SAVEPOINT")
