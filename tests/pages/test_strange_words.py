"""Whatever is said live, or typed as a name: no fault, no lost word, and nothing else that changes.

Letters are in `test_letter_pages`, and what any form does with anything in `test_any_input`.
"""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Membership
from conversations.forms import LONGEST_BODY
from conversations.models import Letter, Message
from tests import factories
from tests.beginnings import begin_to_talk, beginning
from tests.pages.test_any_input import few, values

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

FAMILY = "👩\u200d👩\u200d👧🏽 🏳️\u200d🌈 e\u0301 🇩🇪"
TURNED = "\u202eturned\u2066 round"
STRANGE = [
    ("a\x00b", "ab"),
    ("\x1b[31mred\x7f\x9b", "[31mred"),
    ("a\rb\x0bc\x0cd\x85e\r\nf\tg", "a\nb\nc\nd\ne\nf\tg"),
    (TURNED, TURNED),
    (FAMILY, FAMILY),
    ("<script>alert(1)</script> {{ x }} %s", "<script>alert(1)</script> {{ x }} %s"),
    ("https://example.org/a", "https://example.org/a"),
]
TOO_LONG = "too long to be said at once"


BEGINNINGS = {"window": begin_to_talk}
window = beginning("window")


@pytest.fixture(params=["said", "too late"])
def became(request, window, clock):
    """Reads what the words became: a message, or a draft of their writer."""
    if request.param == "too late":
        clock.go_to(window.closes_at)
        return lambda: list(Letter.objects.order_by("written_at", "pk"))
    return lambda: list(Message.objects.order_by("number"))


def page_of(window, part=""):
    return f"/pairs/{window.pair_id}/conversations/{window.pk}/{part}"


def say(visitor, window, body, key=None):
    visitor.send(page_of(window, "say/"), body=body, key=str(key or uuid4()))
    assert visitor.status == 200


@pytest.mark.parametrize(("typed", "kept"), STRANGE)
def test_what_is_said_loses_controls_alone(at_ana, at_ben, window, became, typed, kept):
    say(at_ana, window, typed)
    (made,) = became()
    assert made.body == kept
    if isinstance(made, Message):
        at_ben.open(page_of(window))
        html = at_ben.answer.content.decode()
        assert "<script>alert" not in html
        assert "example.org/a</a>" not in html
        assert " ".join(kept.split()) in at_ben.text


def test_what_turns_the_direction_of_writing_stays_within_its_words(at_ana, at_ben, window):
    say(at_ana, window, TURNED)
    at_ben.open(page_of(window))
    assert f'dir="auto">{TURNED}</' in at_ben.answer.content.decode()


def test_ten_megabytes_come_back_with_a_sentence(ana_client, window, became):
    """As the page sends them or, without its scripts, as any form does: no more than a draft may
    have is kept as a draft either.
    """
    body = "é" * (5 * 1024 * 1024)
    answer = ana_client.post(page_of(window, "say/"), {"body": body, "key": uuid4()})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert body in page
    assert became() == []


def test_words_that_are_too_long_and_too_late_are_a_draft(at_ana, window, clock):
    clock.go_to(window.closes_at)
    body = "word " * (LONGEST_BODY // 5)
    say(at_ana, window, body)
    assert Letter.objects.get().body == body
    say(at_ana, window, body + "!")
    assert "These words were not sent." in at_ana.text
    assert body + "!" in at_ana.answer.content.decode()
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("body", ["x" * 2001, FAMILY * 200])
def test_too_long_for_a_message_comes_back_as_it_was(at_ana, window, body):
    say(at_ana, window, body)
    assert TOO_LONG in at_ana.text
    assert at_ana.filled("Say it")["body"] == [body]
    assert not Message.objects.exists()
    assert not Letter.objects.exists()


def test_the_same_page_in_two_tabs_says_what_was_typed_in_each(at_ana, window, became):
    """A tab that was copied, or a page that one went back to, has the same key."""
    key = uuid4()
    for body in ("from one tab", "from the other", "from one tab"):
        say(at_ana, window, body, key)
    assert sorted(made.body for made in became()) == ["from one tab", "from the other"]


@pytest.mark.parametrize("key", ["", "many", "\x00", "9" * 5000])
def test_a_form_that_was_tampered_with_keeps_the_words(at_ana, window, key):
    at_ana.send(page_of(window, "say/"), body="Still here", key=key)
    assert at_ana.status == 200
    assert "Still here" in at_ana.answer.content.decode()
    assert not Message.objects.exists()


@few
@given(
    fields=st.fixed_dictionaries({}, optional={"body": values, "key": values, "other": values}),
    is_late=st.booleans(),
)
def test_nothing_that_is_said_is_a_fault(at_ana, window, clock, fields, is_late):
    clock.go_to(window.closes_at if is_late else window.opens_at)
    with factories.undone():
        at_ana.send(page_of(window, "say/"), **{"key": str(uuid4())} | fields)
        assert at_ana.status == 200


# --- Names ---------------------------------------------------------------------------------------


def test_ten_megabytes_are_no_name_and_come_back(at_ana, pair):
    name = "n" * (10 * 1024 * 1024)
    at_ana.send(f"/pairs/{pair.pk}/name/", name=name)
    assert at_ana.status == 200
    assert "at most 60 characters" in at_ana.text
    assert {place.name_for_other for place in Membership.objects.all()} == {"the other person"}


@pytest.mark.parametrize("name", [TURNED, FAMILY, "<b>B</b> & {{ x }}", "محمد"])
def test_any_name_is_shown_as_it_was_typed_on_every_page_that_has_it(at_ana, pair, window, name):
    at_ana.send(f"/pairs/{pair.pk}/name/", name=name)
    for path in ("/", f"/pairs/{pair.pk}/letters/new/", f"/pairs/{pair.pk}/copy/"):
        at_ana.get(path)
        assert at_ana.status == 200
    say(at_ana, window, "a word")
    at_ana.open("/")
    assert name in at_ana.text
    assert "<b>B</b>" not in at_ana.answer.content.decode()
