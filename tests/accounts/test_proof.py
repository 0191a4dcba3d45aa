"""A proof of who one is counts for what was asked, on the page that said so, for ten minutes (R2).

Through the password page of the sign-in library, as a browser would.
"""

import pytest

from accounts.proof import ASKED, LASTS
from tests.factories import PASSWORD
from tests.pages.visitor import ClientVisitor

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls_with_proof")]

EMAIL, AGAIN = "/account/email/", "/account/reauthenticate/"
MEANWHILE = "Something else was asked meanwhile. Please go back and look again."


@pytest.fixture
def at_ana(ana):
    return ClientVisitor(ana)


def do(visitor, what="this", path="/act/"):
    visitor.send(path, what=what)
    return visitor.answer.content.decode()


def is_asked(visitor):
    return "Please type your password" in visitor.text


def wait(visitor, seconds):
    """Let what was asked be so much older."""
    session = visitor.client.session
    session[ASKED] = session[ASKED] | {"at": session[ASKED]["at"] - seconds}
    session.save()


def test_the_password_page_says_what_it_confirms_and_then_it_is_done(at_ana):
    do(at_ana)
    assert "You are about to: Do this" in at_ana.text
    at_ana.prove()
    assert at_ana.answer.content == b"done: this"


def test_the_words_are_text_and_not_markup(at_ana):
    assert "&lt;b&gt;" in do(at_ana, "<b>")


def test_the_page_for_something_else_says_nothing_of_it(at_ana):
    do(at_ana)
    for page in AGAIN, f"{AGAIN}?next={EMAIL}":
        at_ana.get(page)
        assert is_asked(at_ana)
        assert "You are about to" not in at_ana.text


def test_a_wrong_password_is_no_proof_and_a_right_one_after_it_is(at_ana):
    do(at_ana)
    at_ana.press("Continue", password="something else")
    assert "You are about to: Do this" in at_ana.text
    at_ana.prove()
    assert at_ana.answer.content == b"done: this"


def test_a_password_typed_for_changing_the_address_does_not_count(at_ana):
    at_ana.send(EMAIL, action_add="", email="new@example.org")
    at_ana.prove()
    do(at_ana)
    assert is_asked(at_ana)


def test_nor_does_it_once_the_act_was_asked(at_ana):
    do(at_ana)
    at_ana.send(EMAIL, action_add="", email="new@example.org")
    at_ana.prove()
    do(at_ana)
    assert is_asked(at_ana)


def test_the_password_page_opened_by_itself_does_not_count(at_ana):
    do(at_ana)
    at_ana.get(AGAIN)
    at_ana.prove()
    do(at_ana)
    assert is_asked(at_ana)


def test_a_page_that_shows_nothing_cannot_be_posted_for_what_is_asked(at_ana):
    do(at_ana)
    at_ana.send(AGAIN, password=PASSWORD, next="/act/")
    assert MEANWHILE in at_ana.text
    do(at_ana)
    assert is_asked(at_ana)


@pytest.mark.parametrize("confirms", ["0" * 64, "x" * 9000, "\x00", "é"])
def test_a_made_up_field_confirms_nothing(at_ana, confirms):
    do(at_ana)
    at_ana.send(AGAIN, password=PASSWORD, next="/act/", confirms=confirms)
    assert at_ana.status == 200
    do(at_ana)
    assert is_asked(at_ana)


@pytest.mark.parametrize("path", ["/act/", "/act/elsewhere/"])
def test_a_password_in_one_tab_never_confirms_what_another_tab_asked(at_ana, path):
    do(at_ana, "this")
    first_tab = at_ana.page
    do(at_ana, "that", path)
    second_tab = at_ana.page
    at_ana.page = first_tab
    at_ana.prove()
    assert MEANWHILE in at_ana.text
    assert "You are about to" not in at_ana.text
    at_ana.page = second_tab
    at_ana.prove()
    assert at_ana.answer.content == b"done: that"


def test_what_was_asked_too_long_ago_is_asked_again(at_ana):
    do(at_ana)
    wait(at_ana, LASTS)
    at_ana.prove()
    assert MEANWHILE in at_ana.text
    do(at_ana)
    assert "You are about to: Do this" in at_ana.text


def test_a_parked_act_expires(at_ana):
    """Its page is opened again later: the password alone does not carry it out."""
    do(at_ana)
    wait(at_ana, LASTS)
    at_ana.get(f"{AGAIN}?next=/act/")
    at_ana.prove()
    assert "You are about to: Do this" in at_ana.text
    at_ana.prove()
    assert at_ana.answer.content == b"done: this"


def test_a_proof_lasts_no_longer_than_what_was_asked(at_ana):
    do(at_ana)
    at_ana.prove()
    wait(at_ana, LASTS - 5)
    assert do(at_ana) == "done: this"
    wait(at_ana, 5)
    do(at_ana)
    assert is_asked(at_ana)


def test_a_doubled_act_is_answered_alike(at_ana):
    do(at_ana)
    at_ana.prove()
    assert do(at_ana) == do(at_ana) == "done: this"


def test_once_something_else_is_asked_the_proof_is_gone(at_ana):
    do(at_ana, "this")
    at_ana.prove()
    for what in "that", "this":
        do(at_ana, what)
        assert is_asked(at_ana)


def test_signing_in_does_not_count(ana):
    visitor = ClientVisitor()
    visitor.open("/account/login/")
    visitor.press("Sign in", login=ana.email, password=PASSWORD)
    do(visitor)
    assert is_asked(visitor)


def test_somebody_else_in_this_browser_finds_no_proof(at_ana, ben):
    do(at_ana)
    at_ana.prove()
    at_ana.client.force_login(ben)
    do(at_ana)
    assert is_asked(at_ana)


def test_what_somebody_else_was_asked_does_not_count_in_this_session(at_ana, ben):
    """As if a session had been carried over."""
    do(at_ana)
    at_ana.prove()
    session = at_ana.client.session
    session[ASKED] = session[ASKED] | {"person": str(ben.pk)}
    session.save()
    do(at_ana)
    assert is_asked(at_ana)


def test_another_session_of_the_same_person_has_a_proof_of_its_own(at_ana, ana):
    do(at_ana)
    at_ana.prove()
    elsewhere = ClientVisitor(ana)
    do(elsewhere)
    assert is_asked(elsewhere)
