"""R25: whoever holds somebody's phone makes nobody their supporter; and no page promises too much.

Inviting, another code, more than before and a later day need the password; less needs none.
"""

from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.actions import use_any_code
from accounts.models import Invitation, Support
from accounts.queries import MOST_LINES
from accounts.scopes import Scope
from accounts.support_actions import end_support
from boundaries import actions as boundaries
from tests import factories
from tests.factories import PASSWORD
from tests.pages.check_ins import LINK_AFTER, start
from tests.pages.visitor import ClientVisitor

# Who may do what is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

ASKED = "Please type your password"
INCORRECT = "This is not your password."
CODE = 'class="code">'
WORDS = "Please listen, and no advice."


@pytest.fixture
def cem(make_person):
    return make_person("cem")


def code_on(visitor):
    return visitor.answer.content.decode().split(CODE)[1].split("<")[0]


def invite(visitor, password=""):
    visitor.open("/trusted/invite/")
    visitor.press(
        "Make a code for them",
        name="C.",
        body=WORDS,
        sees_check_ins=True,
        ends_on="2027-03-31",
        password=password,
    )


def waits_in_a_session(text):
    return any(text in str(each.get_decoded()) for each in Session.objects.all())


def test_asking_somebody_needs_the_password_beside_and_keeps_what_was_typed(at_ana, ana):
    invite(at_ana)
    for said in (ASKED, INCORRECT):
        assert said in at_ana.text
        held = at_ana.filled("Make a code for them")
        assert (held["name"], held["body"]) == (["C."], [WORDS])
        assert (held["sees_check_ins"], held["ends_on"]) == (["on"], ["2027-03-31"])
        assert held["password"] == [""]
        assert not Support.objects.exists()
        at_ana.press("Make a code for them", password="not this one")
    at_ana.press("Make a code for them", password=PASSWORD)
    assert code_on(at_ana)
    row = Support.objects.get(person=ana)
    assert (row.words, row.allowed) == (WORDS, ["Read the check-ins that I give from now on"])


@pytest.mark.parametrize("password", ["", "not this one", PASSWORD])
def test_nothing_that_was_typed_for_a_supporter_waits_in_a_session(at_ana, ana, cem, password):
    row = factories.support(of=ana, by=cem)
    invite(at_ana, password)
    for path, button, typed in (
        ("change_support", "Save", {"name": "Rhabarber", "body": WORDS, "may_pause": True}),
        ("renew_support", "Set this day", {"ends_on": "2027-03-31"}),
    ):
        at_ana.open(reverse(f"accounts:{path}", args=[row.pk]))
        at_ana.press(button, **typed)
        assert ASKED in at_ana.text
        at_ana.press(button, password=password)
    assert Session.objects.exists()
    for text in ("C.", WORDS, "Rhabarber", "2027-03-31", "not this one", PASSWORD):
        assert not waits_in_a_session(text), text


def test_the_look_into_sessions_bites(at_ana, ana):
    """A form that the password page interrupts does wait there, and is found."""
    factories.asked_support(of=ana)
    row = Support.objects.get()
    at_ana.send(reverse("accounts:make_support_code", args=[row.pk]), seed="Rhabarber")
    assert waits_in_a_session("Rhabarber")


def test_wrong_passwords_are_limited_with_those_of_the_password_page(at_ana, ana):
    for _ in range(10):
        invite(at_ana, "not this one")
    invite(at_ana, PASSWORD)
    assert "Please wait a few minutes." in at_ana.text
    assert at_ana.filled("Make a code for them")["body"] == [WORDS]
    at_ana.send("/account/reauthenticate/", password=PASSWORD)
    assert at_ana.status == 429
    assert not Support.objects.exists()


@pytest.mark.parametrize("password", ["\x00", "é" * 5000, " "])
def test_a_strange_password_is_a_wrong_one(at_ana, password):
    invite(at_ana, password)
    assert at_ana.status == 200
    assert not Support.objects.exists()


def test_what_was_changed_on_the_page_that_asked_is_what_holds(at_ana, ana, cem, client_of):
    """Gone back to, changed and sent again: never the first code with the first choices."""
    at_ana.open("/trusted/invite/")
    first_page = at_ana.page
    typed = {"name": "C.", "body": WORDS, "password": PASSWORD, "ends_on": "2027-03-31"}
    more = {"sees_check_ins": True, "sees_reflections": True, "may_pause": True}
    at_ana.press("Make a code for them", **typed, **more)
    first = code_on(at_ana)
    at_ana.page = first_page
    changed = typed | {"body": "Only listen.", "ends_on": "2026-12-01", "sees_calendar": True}
    at_ana.press("Make a code for them", **changed)
    assert "only this code works. The next page shows what they may see and do" in at_ana.text
    assert (second := code_on(at_ana)) != first
    row = Support.objects.get()
    assert (row.words, row.allowed) == ("Only listen.", ["See when my conversations are"])
    assert f"{row.last_minute.astimezone(ZoneInfo(ana.time_zone)):%d %B %Y}" == "01 December 2026"
    use = client_of(cem)
    assert use.post("/code/use/", {"code": first}).status_code == 200
    assert use.post("/code/use/", {"code": second}).status_code == 302


@pytest.mark.parametrize("is_used", [False, True], ids=["taken back", "used"])
def test_where_the_code_of_the_page_is_gone_what_was_typed_stays(at_ana, ana, cem, is_used):
    at_ana.open("/trusted/invite/")
    page = at_ana.page
    typed = {"name": "C.", "body": WORDS, "password": PASSWORD, "ends_on": "2027-03-31"}
    at_ana.press("Make a code for them", **typed)
    code, row = code_on(at_ana), Support.objects.get()
    use_any_code(by=cem, code=code) if is_used else end_support(by=row)
    at_ana.page = page
    long = "Many words. " * 100
    at_ana.press("Make a code for them", **(typed | {"body": long, "may_pause": True}))
    assert "The code of this page was used or taken back before" in at_ana.text
    held = at_ana.filled("Make a code for them")
    assert (held["body"][0].strip(), held["may_pause"]) == (long.strip(), ["on"])
    assert held["password"] == [""]
    at_ana.press("Make a code for them", password=PASSWORD)
    assert code_on(at_ana) != code
    new = Support.objects.exclude(pk=row.pk).get()
    assert (new.words, new.may_pause) == (long.strip(), True)


def test_another_code_needs_the_password(at_ana, ana):
    factories.asked_support(of=ana)
    row, first = Support.objects.get(), Invitation.objects.get()
    at_ana.open(reverse("accounts:change_support", args=[row.pk]))
    at_ana.press("Make a new one instead")
    assert "You are about to: Make a new code" in at_ana.text
    first.refresh_from_db()
    assert first.withdrawn_at is None
    at_ana.prove()
    assert code_on(at_ana)


def test_more_needs_the_password_and_less_none(at_ana, ana, cem):
    row = factories.support(of=ana, by=cem, allowed=[Scope.CALENDAR])
    path = reverse("accounts:change_support", args=[row.pk])
    at_ana.open(path)
    assert "Your password" not in at_ana.text
    typed = {"name": "Mira", "body": WORDS, "may_pause": True, "sees_reflections": True}
    at_ana.press("Save", **typed)
    for said in (ASKED, INCORRECT):
        assert said in at_ana.text
        held = at_ana.filled("Save")
        assert (held["name"], held["body"], held["may_pause"]) == (["Mira"], [WORDS], ["on"])
        row.refresh_from_db()
        assert not row.may_pause
        at_ana.press("Save", password="not this one")
    at_ana.press("Save", password=PASSWORD)
    row.refresh_from_db()
    assert (row.name, row.words) == ("Mira", WORDS)
    assert row.may_pause
    assert row.sees_reflections
    at_ana.open(path)
    at_ana.press("Save", may_pause=False, sees_calendar=False, sees_reflections=False)
    assert ASKED not in at_ana.text
    row.refresh_from_db()
    assert row.allowed == []


def test_who_was_asked_and_then_wants_less_needs_none(at_ana, ana, cem):
    """Also with a wrong one still in the field."""
    row = factories.support(of=ana, by=cem, allowed=[Scope.CALENDAR])
    at_ana.open(reverse("accounts:change_support", args=[row.pk]))
    at_ana.press("Save", may_pause=True)
    at_ana.press("Save", may_pause=False, sees_calendar=False, password="not this one")
    row.refresh_from_db()
    assert row.allowed == []


def test_a_password_for_one_more_thing_is_none_for_another(at_ana, ana, cem):
    row = factories.support(of=ana, by=cem)
    path = reverse("accounts:change_support", args=[row.pk])
    at_ana.open(path)
    at_ana.press("Save", may_pause=True)
    at_ana.press("Save", password=PASSWORD)
    at_ana.open(path)
    at_ana.press("Save", sees_check_ins=True)
    assert ASKED in at_ana.text


def test_a_later_day_needs_the_password_and_a_sooner_one_none(at_ana, ana, cem, clock):
    row = factories.support(of=ana, by=cem)
    was, path = row.ends_at, reverse("accounts:renew_support", args=[row.pk])
    at_ana.open(path)
    at_ana.press("Set this day", ends_on="2027-03-31")
    assert ASKED in at_ana.text
    row.refresh_from_db()
    assert row.ends_at == was
    at_ana.press("Set this day", password=PASSWORD)
    row.refresh_from_db()
    assert row.ends_at > was
    later = row.ends_at
    at_ana.open(path)
    at_ana.press("Set this day", ends_on=f"{clock.at:%Y-%m-%d}")
    assert ASKED not in at_ana.text
    row.refresh_from_db()
    assert row.ends_at < later


def test_ending_needs_no_password(at_ana, ana, cem):
    row = factories.support(of=ana, by=cem)
    at_ana.open("/trusted/")
    at_ana.press("End it with A friend")
    assert ASKED not in at_ana.text
    row.refresh_from_db()
    assert row.ended_at


def test_that_a_code_was_used_is_told_until_it_is_let_go(at_ana, ana, cem):
    factories.support(of=ana, by=cem)
    at_ana.open("/")
    assert "Somebody used your code for A friend" in at_ana.text
    at_ana.press("I have read this")
    at_ana.open("/")
    assert "used your code" not in at_ana.text
    at_ana.open("/trusted/log/")
    assert "A friend: Used your code" in at_ana.text


# --- What pages promise ----------------------------------------------------------------------


@pytest.fixture
def trust(ana, cem):
    return lambda *scopes: factories.support(of=ana, by=cem, allowed=scopes)


def test_r25_what_was_written_under_only_you_is_read_by_nobody_else(at_ana, after, trust):
    """Also where a code was used while the page lay open."""
    start(at_ana, LINK_AFTER)
    assert "Only you see what you answer here." in at_ana.text
    row = trust(Scope.CHECK_INS)
    at_ana.press("Keep it", safe="3", body="Private halcyon.")
    assert "It is kept. Only you can see it." in at_ana.text
    at_cem = ClientVisitor(row.supporter)
    at_cem.open(reverse("checkins:supported_check_ins", args=[row.pk]))
    assert "halcyon" not in at_cem.text
    at_ana.open(reverse("checkins:give_own", args=[after.pair_id]))
    at_ana.press("Keep it", safe="4", body="For both halcyon.")
    at_cem.open(reverse("checkins:supported_check_ins", args=[row.pk]))
    assert "For both halcyon." in at_cem.text
    assert "Private" not in at_cem.text


def test_pages_of_check_ins_say_who_reads(at_ana, after, trust):
    path = reverse("checkins:check_ins", args=[after.pair_id])
    start(at_ana, LINK_AFTER)
    assert "Only you see what you answer here." in at_ana.text
    at_ana.open(path)
    assert "Only you can read them." in at_ana.text
    row = trust(Scope.CHECK_INS)
    at_ana.open(path)
    assert "somebody you trust can read those that you gave since" in at_ana.text
    assert "Only you" not in at_ana.text
    start(at_ana, LINK_AFTER)
    assert "You and somebody you trust see what you answer here." in at_ana.text
    assert "Only you" not in at_ana.text
    at_ana.press("Keep it", safe="3", body="Private halcyon.")
    assert "You can see it, and somebody you trust." in at_ana.text
    at_cem = ClientVisitor(row.supporter)
    at_cem.open(reverse("checkins:supported_check_ins", args=[row.pk]))
    assert "Private halcyon." in at_cem.text


def test_the_page_before_a_conversation_says_who_reads(at_ana, before, trust):
    path = reverse("checkins:give_before", args=[before.pair_id, before.pk])
    at_ana.open(path)
    assert "Only you see what you answer here." in at_ana.text
    trust(Scope.CHECK_INS)
    at_ana.open(path)
    assert "You and somebody you trust see what you answer here." in at_ana.text


def test_pages_of_reflections_say_who_reads(at_ana, trust):
    new = "/reflections/new/?question=safe"
    at_ana.open("/reflections/")
    assert "Nobody else can read what you write here." in at_ana.text
    trust(Scope.REFLECTIONS)
    at_ana.open("/reflections/")
    assert (
        "What you mark can be read by somebody you trust. Nobody else can read the rest."
        in at_ana.text
    )
    at_ana.open(new)
    at_ana.press("Save", body="Not marked")
    assert "Only you can see it." in at_ana.text
    at_ana.open(new)
    at_ana.press("Save", body="Marked", is_marked=True)
    assert "Only you" not in at_ana.text
    assert "Somebody whom you let read what you mark can see it." in at_ana.text


def test_the_picture_says_who_reads_what_it_is_made_of(at_ana, pair, trust):
    """The picture is theirs alone, and a supporter reads the answers."""
    path = reverse("checkins:picture", args=[pair.pk])
    at_ana.open(path)
    assert "Only you see this." in at_ana.text
    trust(Scope.CHECK_INS)
    at_ana.open(path)
    assert "Only you see this." not in at_ana.text
    assert (
        "Only you see this picture; somebody you trust can read the check-ins that you gave since "
        "you allowed it." in at_ana.text
    )


def test_after_an_end_and_with_help_no_page_says_that_reflections_are_read_by_one(
    at_ana, pair, trust
):
    trust(Scope.REFLECTIONS)
    for path in ("/help/", reverse("conversations:part", args=[pair.pk])):
        at_ana.open(path)
        assert "eflections" in at_ana.text
        assert "or you alone" not in at_ana.text


# --- What is told on the first page ----------------------------------------------------------


def test_a_pause_by_one_supporter_is_not_hidden_by_that_of_another(
    at_ana, ana, ana_place, make_person, clock
):
    for name in ("cem", "dora"):
        row = factories.support(of=ana, by=make_person(name), allowed=[Scope.PAUSE])
        factories.change(support=row, name=name.title(), allowed=[Scope.PAUSE])
        for _ in range(2):
            clock.move(hours=1)
            boundaries.pause_for(by=row)
            boundaries.lift(by=ana_place)
    at_ana.open("/")
    assert [at_ana.text.count(f"{name} paused for you on") for name in ("Cem", "Dora")] == [1, 1]


def test_no_number_of_pauses_hides_that_a_code_was_used(at_ana, ana, ana_place, cem, clock):
    """Nor is it let go unread with the lines that were shown."""
    row = factories.support(of=ana, by=cem, allowed=[Scope.PAUSE])
    for _ in range(MOST_LINES + 1):
        clock.move(hours=1)
        boundaries.pause_for(by=row)
        boundaries.lift(by=ana_place)
    at_ana.open("/")
    assert "Somebody used your code for A friend" in at_ana.text
    assert at_ana.text.count("paused for you on") == 1
