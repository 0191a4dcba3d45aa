"""R25: a supporter reaches exactly what the scopes say, and nothing of the other person.

Every address of the URL table is asked for, by a supporter with each combination of scopes, and by
those who are none any more.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.cookies import SimpleCookie
from itertools import chain, combinations
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.actions import create_code, rename_other, use_code
from accounts.models import Membership, Person, Support, SupportLook
from accounts.scopes import FIELDS, Scope
from accounts.support_actions import end_support, rename_supported
from boundaries import actions
from boundaries.actions import pauses
from boundaries.models import Pause, Window
from boundaries.rules.checkins import Answer
from checkins import actions as checkins
from tests import factories, seen
from tests.beginnings import agree, beginning
from tests.factories import PASSWORD
from tests.pages import addresses
from tests.pages.everything import Addresses, Asked, Reader, differences, routes
from tests.pages.visitor import ClientVisitor

# Who may see what is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SCOPES = list(chain.from_iterable(combinations(Scope, number) for number in range(len(Scope) + 1)))
ALL = addresses.ours()
WITH_SUPPORT = [each for each in ALL if "support_id" in each.keys]
NEEDS = {
    "boundaries:supported_calendar": Scope.CALENDAR,
    "boundaries:pause_for": Scope.PAUSE,
    "checkins:supported_check_ins": Scope.CHECK_INS,
    "checkins:supported_reflections": Scope.REFLECTIONS,
}
ONLY_POSTED = {"boundaries:pause_for", "accounts:rename_supported", "accounts:leave_support"}
LEAVE = "accounts:leave_support"

BEN_TO_ANA, ANA_TO_BEN = "I have mended the fence zebrafinch", "The garden is quiet marmalade"
DRAFT, HIS_DRAFT = "half a word kohlrabi", "half a word periwinkle"
NAME_OF_BEN, NAME_OF_ANA = "Quincunx", "Syzygy"
CEM = {"name": "cem", "time_zone": "Europe/Lisbon"}
ANAS_BODY, BENS_BODY = "my hands were cold halcyon", "my hands were warm marzipan"
MARKED, UNMARKED, BENS_MARKED = "Calm mornings verbena", "Only mine ocarina", "His own tamarisk"
NEVER = (UNMARKED, BENS_BODY, BENS_MARKED)
PLANTED = (
    *(BEN_TO_ANA, ANA_TO_BEN, DRAFT, HIS_DRAFT, NAME_OF_BEN, NAME_OF_ANA, "ben@", "ana@"),
    *NEVER,
)


@dataclass
class Life:
    """A pair in which much has happened, and Cem."""

    ana: Person
    ben: Person
    cem: Person
    pair_id: object


def live(begun) -> None:
    """One conversation was held and brought letters; words are planted wherever some can be."""
    agree(begun)
    ana, ben, ana_place, ben_place = begun.ana, begun.ben, begun.ana_place, begun.ben_place
    begun.cem = factories.person(**CEM)
    begun.life = Life(ana, ben, begun.cem, begun.pair.pk)
    rename_other(membership=ana_place, name=NAME_OF_BEN)
    rename_other(membership=ben_place, name=NAME_OF_ANA)
    factories.letter(by=ana_place, body=ANA_TO_BEN)
    factories.letter(by=ben_place, body=BEN_TO_ANA)
    factories.hold(pair=begun.pair, clock=begun.clock)
    factories.letter(by=ana_place, body=DRAFT, hold=False)
    factories.letter(by=ben_place, body=HIS_DRAFT, hold=False)
    factories.propose(by=ben_place, minutes=60)
    factories.feed(of=ana)
    factories.check_in(by=ana_place, body=ANAS_BODY)
    factories.check_in(by=ben_place, body=BENS_BODY)
    factories.reflection(by=ana, body=MARKED, is_marked=True)
    factories.reflection(by=ana, body=UNMARKED)
    factories.reflection(by=ben, body=BENS_MARKED, is_marked=True)
    begun.clock.move(days=2)


BEGINNINGS = {"life": live}
life = beginning("life")


@pytest.fixture
def cem(begun, make_person) -> Person:
    return begun.cem if hasattr(begun, "cem") else make_person(**CEM)


@pytest.fixture
def at_cem(cem) -> ClientVisitor:
    return ClientVisitor(cem)


def support(life, *scopes, **changes) -> Support:
    return factories.support(of=life.ana, by=life.cem, allowed=scopes or Scope, **changes)


def answers(person, asked):
    """What somebody is answered for each address, with GET and with POST, as if it had not been."""
    client, found = _signed_in(person), {}
    cookies = {name: each.value for name, each in client.cookies.items()}
    for path in asked:
        for method in ("get", "post"):
            client.cookies = SimpleCookie(cookies)
            with factories.undone():
                found[path, method] = getattr(client, method)(path).status_code
    return found


def test_the_table_of_addresses_is_not_empty():
    assert {each.name for each in WITH_SUPPORT} >= {"accounts:support", *NEEDS, LEAVE}


def expected(name: str, scopes, method: str) -> int:
    """What the address of this support answers to who supports with these scopes."""
    if name in NEEDS and NEEDS[name] not in scopes:
        return 404
    if method == "get":
        return 405 if name in ONLY_POSTED else 200
    redirects = {"boundaries:pause_for", LEAVE}
    # A name that is missing is asked for again; what is only looked at is not posted.
    return 302 if name in redirects else 200 if name == "accounts:rename_supported" else 405


def name_of(scopes) -> str:
    return "-".join(scopes) or "none"


WHOLE = [
    pytest.param(scopes, marks=pytest.mark.long if len(scopes) == len(Scope) else pytest.mark.proof)
    for scopes in SCOPES
]
"""Each combination; for every change the whole table is asked for with all of them."""


@pytest.mark.long
@pytest.mark.parametrize("scopes", SCOPES, ids=name_of)
def test_r25_each_page_of_a_support_is_open_to_its_scope(life, scopes):
    row = factories.support(of=life.ana, by=life.cem, allowed=scopes)
    names = {each.path({"support_id": row.pk}): each.name for each in WITH_SUPPORT}
    for (path, method), status in answers(life.cem, names).items():
        assert status == expected(names[path], scopes, method), (path, method)


@pytest.mark.parametrize("scopes", WHOLE, ids=name_of)
def test_r25_every_address_answers_what_the_scopes_say_and_nothing_else(
    life, outsider, make_person, scopes
):
    """What is not under this very support answers as to somebody who supports nobody.

    To them each address answers alike, whichever key is in it.
    """
    row = factories.support(of=life.ana, by=life.cem, allowed=scopes)
    factories.support(of=life.ben, by=outsider, allowed=Scope)
    own = {each.path({"support_id": row.pk}): each.name for each in WITH_SUPPORT}
    every = Addresses({})
    of_routes = [addresses.unlike(every.of(route)) for route in routes()]
    natural = {path: paths[0] for paths in of_routes for path in paths}
    assert own.keys() <= natural.keys()
    theirs = answers(life.cem, natural)
    nobodys = answers(make_person("nobody"), {*natural.values()})
    for (path, method), status in theirs.items():
        is_own = path in own
        wanted = expected(own[path], scopes, method) if is_own else nobodys[natural[path], method]
        assert status == wanted, (path, method)


TOLD_BY: dict[str, set[Scope]] = {
    "5 December 2026": {Scope.CALENDAR},
    "2026-12-05": {Scope.CALENDAR},
    "Before the conversation of 5 December 2026": {Scope.CALENDAR, Scope.CHECK_INS},
    "After the conversation of 7 November 2026": {Scope.CALENDAR, Scope.CHECK_INS},
    "my jaw is tight verdigris": {Scope.CHECK_INS},
    MARKED: {Scope.REFLECTIONS},
    "Pause for them": {Scope.PAUSE},
}
"""What is read on the pages of a support with all these scopes, and on none of them without one."""


def read_by(row) -> str:
    """All that this supporter reads on the pages of the support."""
    client = _signed_in(row.supporter)
    paths = [each.path({"support_id": row.pk}) for each in WITH_SUPPORT]
    pages = [client.get(path) for path in paths]
    return " ".join(page.content.decode() for page in pages if page.status_code == 200)


def test_r25_what_a_scope_tells_no_other_scope_tells(life, ana_place, clock):
    """Also not on a page of the other scope: a check-in stands around a conversation."""
    row = support(life)
    past, coming = Window.objects.filter(pair=life.pair_id).order_by("opens_at")[:2]
    safe = {"safe": 2, "body": "my jaw is tight verdigris"}
    said_after = factories.said(Answer.SAME, **safe)
    checkins.give_after(by=ana_place, window_id=past.pk, said=said_after)
    clock.go_to(coming.opens_at - timedelta(days=2))
    go_ahead = factories.said(Answer.GO_AHEAD)
    checkins.give_before(by=ana_place, window_id=coming.pk, said=go_ahead)
    for scopes in SCOPES:
        with factories.undone():
            factories.change(support=row, allowed=scopes)
            text = read_by(row)
        for fact, needed in TOLD_BY.items():
            assert (fact in text) == needed.issubset(scopes), (scopes, fact)
        kinds = [kind in text for kind in ("Before a conversation", "After a conversation")]
        is_without_day = Scope.CHECK_INS in scopes and Scope.CALENDAR not in scopes
        assert kinds == [is_without_day] * 2, scopes


def ended(life):
    row = support(life)
    end_support(by=row)
    return life.cem


def left(life):
    row = support(life)
    ClientVisitor(life.cem).send(reverse(LEAVE, args=[row.pk]))
    return life.cem


def run_out(life):
    row = support(life)
    Support.objects.filter(pk=row.pk).update(
        renewed_at=row.made_at - timedelta(days=9), ends_at=row.made_at
    )
    return life.cem


def foreign(life):
    support(life)
    other = Person.objects.create_user("foreign@example.org")
    factories.support(of=Person.objects.create_user("else@example.org"), by=other, allowed=Scope)
    return other


def the_other(life):
    support(life)
    return life.ben


def not_begun(life):
    factories.asked_support(of=life.ana, allowed=Scope)
    return life.cem


def switched_off(life):
    support(life)
    Person.objects.filter(pk=life.ana.pk).update(is_active=False)
    return life.cem


@pytest.mark.long
@pytest.mark.parametrize("who", [ended, left, run_out, foreign, the_other, not_begun, switched_off])
def test_r25_who_is_no_supporter_is_answered_like_an_outsider(life, who, clock):
    person = who(life)
    row = Support.objects.get(person=life.ana)
    mine = [each.path({"support_id": row.pk}) for each in WITH_SUPPORT]
    guessed = [each.path({"support_id": uuid4()}) for each in WITH_SUPPORT]
    found = answers(person, mine)
    over = {(reverse(LEAVE, args=[row.pk]), "post"): 302} if who in (ended, left, run_out) else {}
    if who is switched_off:
        over = {(reverse(LEAVE, args=[row.pk]), "post"): 302}
    for asked, status in found.items():
        is_leave = asked[0] == reverse(LEAVE, args=[row.pk])
        wanted = over.get(asked, 405 if is_leave and over else 404)
        assert status == wanted, asked
    assert set(answers(person, guessed).values()) == {404}
    assert not SupportLook.objects.exclude(what="began").exists()


def test_who_is_not_signed_in_is_sent_to_sign_in_whatever_the_key(life, client):
    row = support(life)
    for each in WITH_SUPPORT:
        real, guessed = (client.get(each.path({"support_id": key})) for key in (row.pk, uuid4()))
        assert real.status_code == guessed.status_code == 302
        assert real.url.split("?")[0] == guessed.url.split("?")[0] == reverse("account_login")


@pytest.mark.long
def test_r25_no_page_holds_anything_of_the_other(life, ana_place, ben_place, clock):
    """Planted are their names, addresses and words; only what Ana asks for is there."""
    row = support(life, request="Please only listen to me.")
    actions.pause_for(by=row)
    reader = Reader(_signed_in(life.cem))
    pages = reader.ask(Addresses({}).all())
    read = {asked.path for asked, answer in pages.items() if answer.status == 200}
    assert reverse("boundaries:supported_calendar", args=[row.pk]) in read
    for asked, answer in pages.items():
        for planted in PLANTED:
            assert planted.encode() not in answer.body, (asked, planted)
        for key in (life.pair_id, life.ana.pk, life.ben.pk):
            if str(key) not in asked.path:
                assert str(key).encode() not in answer.body, asked
    page = pages[Asked(reverse("accounts:support", args=[row.pk]))].body.decode()
    assert "Please only listen to me." in page


def _signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_what_the_other_does_changes_nothing_that_a_supporter_reads(
    life, ana_place, ben_place, clock
):
    """Ben writes, skips, answers, reflects and raises his limits; the supporter reads the same."""
    row = support(life)
    reader = Reader(_signed_in(life.cem))
    asked = [Asked(each.path({"support_id": row.pk})) for each in WITH_SUPPORT]
    asked += [Asked("/"), Asked("/supporting/"), Asked("/trusted/")]
    before = reader.ask(asked)
    with factories.undone():
        factories.letter(by=ben_place, body="another")
        window = factories.next_window(pair=ana_place.pair)
        actions.skip(by=ben_place, window_id=window.pk)
        factories.allow(by=(ben_place,), minutes=240)
        factories.check_in(by=ben_place, safe=1, body="My jaw is tight.")
        factories.reflection(by=life.ben, body="What I did.", is_marked=True)
        assert differences(before, reader.ask(asked)) == []
        # Of Ana's own the same two are read, or it would say nothing.
        factories.check_in(by=ana_place, safe=1, body="My jaw is tight.")
        factories.reflection(by=life.ana, body="What he did.", is_marked=True)
        found = differences(before, reader.ask(asked))
        assert [line.split(":")[0].rsplit("/", 2)[-2] for line in found] == [
            "check-ins",
            "reflections",
        ]


# --- The calendar ----------------------------------------------------------------------------


def test_the_calendar_has_days_times_and_lengths_in_the_supporters_zone(life, at_cem, clock):
    row = support(life, Scope.CALENDAR)
    at_cem.open(reverse("boundaries:supported_calendar", args=[row.pk]))
    assert "Saturday 5 December 2026, 17:00, 45 minutes" in at_cem.text
    assert "Past Saturday 7 November 2026, 17:00, 45 minutes" in at_cem.text
    assert "Europe/Lisbon" in at_cem.text


def test_a_conversation_that_somebody_left_stays_until_its_end(life, at_cem, ben_place, clock):
    row = support(life, Scope.CALENDAR)
    path = reverse("boundaries:supported_calendar", args=[row.pk])
    opened = factories.open_next(pair=ben_place.pair, clock=clock)
    at_cem.open(path)
    while_open = at_cem.text
    actions.leave(by=ben_place, window_id=opened.pk)
    at_cem.open(path)
    assert at_cem.text == while_open
    clock.go_to(opened.closes_at)
    at_cem.open(path)
    assert "Past Saturday 5 December 2026" in at_cem.text


def test_a_conversation_that_did_not_take_place_is_not_among_the_past(
    life, at_cem, ana_place, clock
):
    row = support(life, Scope.CALENDAR)
    window = factories.next_window(pair=ana_place.pair)
    actions.skip(by=ana_place, window_id=window.pk)
    path = reverse("boundaries:supported_calendar", args=[row.pk])
    at_cem.open(path)
    assert "5 December 2026" in at_cem.text, "until it is due a skip is silent"
    clock.go_to(window.closes_at)
    actions.sweep()
    at_cem.open(path)
    assert "5 December 2026" not in at_cem.text


def test_without_any_it_says_so(cem, outsider, at_cem, clock):
    row = factories.support(of=outsider, by=cem, allowed=Scope)
    at_cem.open(reverse("boundaries:supported_calendar", args=[row.pk]))
    assert "No conversation is scheduled." in at_cem.text


# --- Pausing for somebody --------------------------------------------------------------------


def pause_by_post(row):
    client = _signed_in(row.supporter)
    assert client.post(reverse("boundaries:pause_for", args=[row.pk])).status_code == 302


@pytest.mark.long
def test_r25_to_the_other_their_pause_is_her_own_to_the_byte(life, watch, ana_place, clock):
    row = support(life)
    own = watch.after(partial(actions.pause, by=ana_place), 1, 20, 40)
    theirs = watch.after(partial(pause_by_post, row), 1, 20, 40)
    assert theirs == own


def test_r25_it_is_the_persons_pause_in_every_respect(life, ana_place, make_person, clock):
    second = use_code(by=life.ana, code=create_code(by=make_person("dora")))
    row = support(life)
    pause_by_post(row)
    paused = Pause.objects.filter(person=life.ana, lifted_at=None)
    assert {each.pair_id for each in paused} == {life.pair_id, second.pair_id}
    assert Pause.objects.count() == 2
    act, actor, _ = seen.last_entry(in_=ana_place.pair)
    assert (act, actor) == ("paused", life.ana.pk)
    pause_by_post(row)
    assert Pause.objects.count() == 2
    assert SupportLook.objects.filter(what="pause").count() == 2


@pytest.fixture
def faulty(life, monkeypatch):
    """The pair in which the database fails, and its transaction with it, whoever pauses."""
    real = pauses.contact_in

    def failing(pair, at):
        if pair.pk == life.pair_id:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nothing FROM nowhere")
        return real(pair, at)

    monkeypatch.setattr(pauses, "contact_in", failing)
    return life.pair_id


def paused_pairs(person):
    return {*Pause.objects.filter(person=person, lifted_at=None).values_list("pair", flat=True)}


def test_r13_a_fault_in_one_pair_stops_no_pause_by_a_supporter_in_another(
    life, faulty, at_ana, at_cem, make_person, caplog
):
    second = use_code(by=life.ana, code=create_code(by=make_person("dora")))
    row = support(life, Scope.PAUSE)
    at_cem.open(reverse("accounts:support", args=[row.pk]))
    for _ in range(2):
        at_cem.press("Pause for them")
        assert "it may be that not everything is paused" in at_cem.text
        assert "You paused for them" not in at_cem.text
        assert paused_pairs(life.ana) == {second.pair_id}
        assert SupportLook.objects.filter(what="pause").count() == 1, (
            "what was not done is not told"
        )
    assert str(faulty) in caplog.text
    at_ana.open("/")
    assert "A friend paused for you on" in at_ana.text
    at_ana.open("/trusted/log/")
    assert "A friend: Paused for you" in at_ana.text


def test_a_pause_by_a_supporter_that_failed_in_all_is_told_as_none(life, faulty, at_ana, at_cem):
    row = support(life, Scope.PAUSE)
    at_cem.open(reverse("accounts:support", args=[row.pk]))
    at_cem.press("Pause for them")
    assert "it may be that not everything is paused" in at_cem.text
    assert paused_pairs(life.ana) == set()
    at_ana.open("/")
    assert "paused for you" not in at_ana.text
    at_ana.open("/trusted/log/")
    assert "A friend: Paused for you" not in at_ana.text


def test_r25_the_person_is_told_until_they_let_it_go_and_lifts_it_alone(life, at_ana, at_cem):
    row = support(life)
    factories.change(support=row, name="My friend C.", allowed=[Scope.PAUSE])
    at_cem.open(reverse("accounts:support", args=[row.pk]))
    at_cem.press("Pause for them")
    assert "You paused for them. They can read that you did." in at_cem.text
    assert "Lift" not in at_cem.text
    at_cem.send(reverse("boundaries:lift", args=[life.pair_id]))
    assert at_cem.status == 404
    at_ana.open("/")
    assert "My friend C. paused for you on" in at_ana.text
    assert "You have paused" in at_ana.text
    at_ana.press("I have read this")
    assert "paused for you" not in at_ana.text
    at_ana.press("Lift my pause")
    at_ana.open("/trusted/log/")
    assert "My friend C.: Paused for you" in at_ana.text


def test_a_person_without_pairs_is_told_on_the_first_page(cem, outsider, clock):
    """That their code was used; a pause that stopped nothing is in the log."""
    pause_by_post(factories.support(of=outsider, by=cem, allowed=Scope))
    at_outsider = ClientVisitor(outsider)
    at_outsider.open("/")
    assert "Somebody used your code for A friend" in at_outsider.text
    assert "paused for you" not in at_outsider.text
    at_outsider.press("I have read this")
    assert "used your code" not in at_outsider.text


def test_a_pause_by_somebody_signed_out_does_not_look_like_one(life, client):
    row = support(life)
    answer = client.post(reverse("boundaries:pause_for", args=[row.pk]))
    assert answer.status_code == 403
    assert "nothing is paused yet" in answer.content.decode()
    assert not Pause.objects.exists()


def test_a_supporter_does_not_flood_the_first_page(life, at_ana, ana_place, clock):
    """However often they press, and however often she lifts it, it is one line, of the last."""
    row = support(life, Scope.PAUSE)
    for _ in range(3):
        for _again in range(4):
            pause_by_post(row)
        last = f"{clock.at.astimezone(ZoneInfo(life.ana.time_zone)):%H:%M}"
        actions.lift(by=ana_place)
        clock.move(hours=1)
    at_ana.open("/")
    assert at_ana.text.count("paused for you on") == 1
    assert f"{last}." in at_ana.text
    assert SupportLook.objects.filter(what="pause").count() == 12


def test_a_pause_that_changed_nothing_stands_in_the_log_alone(life, at_ana, ana_place, clock):
    row = support(life, Scope.PAUSE)
    actions.pause(by=ana_place)
    pause_by_post(row)
    at_ana.open("/")
    assert "paused for you" not in at_ana.text
    at_ana.open("/trusted/log/")
    assert "Paused for you" in at_ana.text


# --- The log ---------------------------------------------------------------------------------


def test_r25_check_ins_and_what_was_marked_are_read_and_nothing_else(life, at_cem, ana_place):
    row = support(life, Scope.CHECK_INS, Scope.REFLECTIONS)
    at_cem.open(reverse("accounts:support", args=[row.pk]))
    at_cem.follow("Their check-ins")
    assert ANAS_BODY not in at_cem.text, "given when nobody else was to read it"
    factories.check_in(by=ana_place, body="my hands are calm now")
    at_cem.open(reverse("checkins:supported_check_ins", args=[row.pk]))
    assert "my hands are calm now" in at_cem.text
    at_cem.open(reverse("checkins:supported_reflections", args=[row.pk]))
    assert MARKED in at_cem.text
    assert not [words for words in NEVER if words in at_cem.text]


def test_r25_every_look_and_every_pause_is_in_the_log(life, cem, ana_client, clock):
    row = support(life)
    client, looked = _signed_in(cem), []
    for each in WITH_SUPPORT:
        for method in ("get", "head", "post"):
            before = SupportLook.objects.count()
            with factories.undone():
                answer = getattr(client, method)(each.path({"support_id": row.pk}))
                noted = SupportLook.objects.count() - before
            is_noted = answer.status_code == 200 or each.name == "boundaries:pause_for"
            assert noted == (is_noted and answer.status_code in (200, 302)), (each, method)
            looked.append(noted)
    assert sum(looked) >= 5
    clock.move(hours=3)
    client.get(reverse("boundaries:supported_calendar", args=[row.pk]))
    looked_at = clock.at
    clock.move(days=1, hours=5)
    page = " ".join(strip_tags(ana_client.get("/trusted/log/").content.decode()).split())
    told = f"{looked_at.astimezone(ZoneInfo(life.ana.time_zone)):%A %-d %B %Y, %H:%M}"
    assert f"{told} A friend: Looked at when your conversations are" in page


def test_what_was_refused_is_no_look(life, cem):
    row = support(life, Scope.PAUSE)
    assert _signed_in(cem).get(f"/supporting/{row.pk}/calendar/").status_code == 404
    assert not SupportLook.objects.exclude(what="began").exists()


def test_nobody_but_the_person_sees_the_log(life, ana_client, cem, ben_client):
    row = support(life)
    _signed_in(cem).get(reverse("accounts:support", args=[row.pk]))
    assert "Read what you ask of them" in ana_client.get("/trusted/log/").content.decode()
    for client in (_signed_in(cem), ben_client):
        assert "Nothing yet." in client.get("/trusted/log/").content.decode()


def test_a_long_log_is_shown_in_parts_with_as_many_queries(life, ana_client, clock):
    row = support(life)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert ana_client.get("/trusted/log/").status_code == 200
        return len(asked)

    rows = [
        SupportLook(support=row, what="page", at=clock.at + timedelta(hours=n)) for n in range(90)
    ]
    SupportLook.objects.bulk_create(rows[:31])
    few = queries()
    SupportLook.objects.bulk_create(rows[31:])
    assert queries() == few == 5
    assert "Later ones" in ana_client.get("/trusted/log/?page=2").content.decode()


# --- The person's pages ----------------------------------------------------------------------

FILLED = {
    "name": "My sister",
    "body": "Please listen.\r\nDo not write to him.",
    "sees_calendar": "on",
    "ends_on": "2026-12-24",
    "seed": "a seed",
    "password": PASSWORD,
}


def test_a_doubled_click_on_asking_shows_the_same_code(at_ana, clock):
    pages = []
    for _ in range(2):
        at_ana.send("/trusted/invite/", **FILLED)
        pages.append(at_ana.answer.content)
    codes = [page.split(b'class="code">')[1].split(b"<")[0] for page in pages]
    assert codes[0] == codes[1]
    row = Support.objects.get()
    assert row.words == "Please listen.\nDo not write to him."
    assert (row.sees_calendar, row.sees_check_ins, row.may_pause) == (True, False, False)
    assert row.ends_at.isoformat() == "2026-12-24T23:00:00+00:00", "midnight in Berlin"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("ends_on", "2026-11-01", "Please choose a day that is not over yet"),
        ("ends_on", "2028-01-01", "within one year from now"),
        ("ends_on", "9999-12-31", "within one year from now"),
        ("ends_on", "0001-01-01", "Please choose a day that is not over yet"),
        ("ends_on", "soon", "Please choose a day, such as"),
        ("ends_on", "", "Please choose a day, such as"),
        ("name", "", "Please type a name."),
        ("name", "n" * 61, "at most 60 characters"),
        ("body", "  ", "Please write a few words"),
        ("body", "w" * 2001, "at most 2000 characters"),
    ],
)
def test_what_cannot_be_is_said_plainly_and_what_was_typed_is_kept(
    ana_client, clock, field, typed, said
):
    page = ana_client.post("/trusted/invite/", FILLED | {field: typed}).content.decode()
    assert said in page
    for name, value in (FILLED | {field: typed}).items():
        assert name in ("sees_calendar", "password") or value.split("\r")[0].strip() in page
    assert re.search('name="sees_calendar"[^>]* checked', page)
    assert PASSWORD not in page
    assert not Support.objects.exists()


@pytest.mark.parametrize("typed", ["2026-11-01", "2028-01-01", "never"])
def test_a_last_day_in_the_past_is_refused_also_for_renewing(life, at_ana, typed):
    row = support(life)
    at_ana.open(f"/trusted/{row.pk}/renew/")
    at_ana.press("Set this day", ends_on=typed)
    assert "Please choose a day" in at_ana.text
    assert typed in at_ana.answer.content.decode()
    assert Support.objects.get().ends_at == row.ends_at


def test_a_sixth_is_refused_plainly_and_what_was_typed_is_kept(ana, at_ana, clock):
    for number in range(5):
        factories.asked_support(of=ana, seed=str(number))
    at_ana.send("/trusted/invite/", **FILLED)
    page = at_ana.answer.content.decode()
    assert "End one of them first." in page
    assert "My sister" in page
    assert Support.objects.count() == 5
    at_ana.open("/trusted/")
    assert "Ask somebody" not in at_ana.text


def test_forged_scopes_change_nothing(life, cem, ben_client):
    row = support(life, Scope.CALENDAR)
    before = Support.objects.values().get()
    forged = dict.fromkeys(FIELDS.values(), "on") | FILLED | {"scope": "pause", "name": "x"}
    client = _signed_in(cem)
    for each in WITH_SUPPORT:
        if each.name not in (LEAVE, "accounts:rename_supported"):
            client.post(each.path({"support_id": row.pk}), forged)
    for name in ("change_support", "renew_support", "end_support", "make_support_code"):
        path = reverse(f"accounts:{name}", args=[row.pk])
        assert client.post(path, forged).status_code == 404
        assert ben_client.post(path, forged).status_code == 404
    assert Support.objects.values().get() == before
    client.post(reverse("accounts:rename_supported", args=[row.pk]), forged)
    changed = {**Support.objects.values().get(), "name_for_person": before["name_for_person"]}
    assert changed == before
    assert not Pause.objects.exists()


def test_what_is_over_is_not_changed_by_an_old_page(life, at_ana):
    row = support(life)
    at_ana.open(f"/trusted/{row.pk}/")
    page = at_ana.page
    end_support(by=row)
    at_ana.page = page
    at_ana.press("Save", name="changed")
    assert "This has ended" in at_ana.text
    assert Support.objects.get().name == "A friend"
    at_ana.send(f"/trusted/{row.pk}/end/")
    assert "It has ended." in at_ana.text


def test_a_request_that_cannot_be_read_any_more_says_so(life, at_cem):
    row = support(life)
    Support.objects.filter(pk=row.pk).update(request=b"cut")
    at_cem.open(reverse("accounts:support", args=[row.pk]))
    assert "These words cannot be shown." in at_cem.text


def test_words_that_were_typed_while_signed_out_come_back(client):
    page = client.post("/trusted/invite/", FILLED).content.decode()
    assert "Do not write to him." in page


def test_pages_ask_as_often_with_many_as_with_few(life, ana_client, cem, make_person, clock):
    row = support(life)
    rename_supported(by=row, name="A.")

    def queries(client, path) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    def counts():
        paths = ("/trusted/", f"/trusted/{row.pk}/", f"/trusted/{row.pk}/renew/")
        client = _signed_in(cem)
        theirs = ("/", "/supporting/", f"/supporting/{row.pk}/", f"/supporting/{row.pk}/calendar/")
        return {path: queries(ana_client, path) for path in paths} | {
            path: queries(client, path) for path in theirs
        }

    few = counts()
    for number in range(4):
        factories.support(of=life.ana, by=make_person(f"p{number}"))
        factories.support(of=make_person(f"q{number}"), by=cem, allowed=Scope)
    assert counts() == few
    assert max(few.values()) <= 13, few


# --- The story -------------------------------------------------------------------------------


def test_the_story_of_a_friend_who_stands_by(ana, at_ana, at_ben, agreement, ana_place, mailoutbox):
    """Through the pages alone: a newcomer who comes to support, pauses once, and leaves."""
    at_ana.open("/")
    at_ana.follow("People")
    at_ana.follow("Ask somebody")
    at_ana.press(
        "Make a code for them",
        name="Mira",
        body="Sit with me after the conversation. No advice, please.",
        sees_calendar=True,
        may_pause=True,
        ends_on="2027-01-31",
        password=PASSWORD,
    )
    code = at_ana.answer.content.decode().split('class="code">')[1].split("<")[0]
    at_ben.open("/code/use/")
    at_ben.press("Use the code", code=code)
    assert "This code did not work." in at_ben.text

    mira = ClientVisitor()
    mira.open("/begin/")
    mira.follow("This way")
    mira.press("Continue")
    mira.press(
        "Make the account",
        email="mira@example.org",
        password1="a-quiet-password",
        password2="a-quiet-password",
        time_zone="Europe/Lisbon",
    )
    person = Person.objects.get(email="mira@example.org")
    assert person.came_to_support
    person.emailaddress_set.update(verified=True)
    mira.client.force_login(person)
    mira.open("/")
    mira.follow("I was given a code")
    mira.press("Use the code", code=code)
    assert "Sit with me after the conversation." in mira.text
    mira.press("Save the name", name="My sister")
    mira.follow("When their conversations are")
    assert "Saturday 7 November 2026, 17:00, 45 minutes" in mira.text
    mira.follow("Back")
    mira.press("Pause for them")

    at_ana.open("/")
    assert "Mira paused for you on" in at_ana.text
    assert "You have paused" in at_ana.text
    at_ben.open("/")
    assert "No conversation is scheduled." in at_ben.text
    assert "Mira" not in at_ben.text
    at_ana.open("/trusted/log/")
    assert "Mira: Looked at when your conversations are" in at_ana.text

    mira.open("/code/")
    assert "Before you begin" in mira.text, "contact of her own begins with the questions"
    mira.open("/")
    mira.follow("My sister")
    mira.press("Leave")
    assert "This has ended" in mira.text
    at_ana.open("/trusted/")
    assert "Mira This has ended" in at_ana.text
    mira.get(f"/supporting/{Support.objects.get().pk}/")
    assert mira.status == 404
    assert Membership.objects.filter(person=person).count() == 0


@pytest.mark.parametrize(("order", "fear"), [("yes", "no"), ("no", "yes")])
def test_r27_who_came_to_support_and_then_says_yes_is_stopped_and_stays_a_supporter(
    cem, order, fear
):
    Person.objects.filter(pk=cem.pk).update(came_to_support=True)
    before = Person.objects.filter(pk=cem.pk).values().get()
    visitor = ClientVisitor(cem)
    visitor.open("/code/")
    visitor.press("Continue", order_stands=order, fears_other=fear)
    assert "Repair is not for this" in visitor.text
    assert Person.objects.filter(pk=cem.pk).values().get() == before
    visitor.open("/supporting/")
    assert "People you support" in visitor.text


def test_r27_who_came_to_support_and_answers_no_twice_can_begin(cem):
    Person.objects.filter(pk=cem.pk).update(came_to_support=True)
    visitor = ClientVisitor(cem)
    visitor.open("/code/use/")
    visitor.follow("answer two questions first")
    visitor.press("Continue", order_stands="no", fears_other="no")
    assert "Begin with a code" in visitor.text
    visitor.press("Make a code")
    assert "Your code" in visitor.text
