"""How often each page asks the database: a fixed number, with much behind it as with little."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boundaries import guards
from boundaries.models import Consent, Proposal, TimeApart, Window
from boundaries.rules.proposals import End
from boundaries.rules.windows import State
from checkins.models import CheckIn, Reflection
from conversations.models import Envelope, Letter, Message
from tests import factories
from tests.pages import addresses

pytestmark = pytest.mark.django_db

LITTLE, MUCH = 2, 60
# Session, person and the person's place in the pair are in each.
QUERIES = {
    "boundaries:agreement": 8,
    "boundaries:pause_with_words": 4,
    "boundaries:record": 7,
    "boundaries:renew": 7,
    "boundaries:limits": 4,
    "boundaries:proposal": 9,
    "boundaries:propose": 8,
    "checkins:check_ins": 6,
    "checkins:copy": 4,
    "checkins:give_before": 12,
    "checkins:give_after": 12,
    "checkins:give_own": 9,
    "checkins:picture": 9,
    "checkins:save_wish": 4,
    "boundaries:suggest_time_apart": 8,
    "boundaries:time_apart": 9,
    "conversations:conversation": 11,
    "conversations:copy": 6,
    "conversations:envelope": 4,
    "conversations:letter": 10,
    "conversations:letters": 6,
    "conversations:now": 10,
    "conversations:pair": 23,
    "conversations:part": 3,
    "conversations:past": 7,
    "conversations:stream": 9,
    "conversations:write": 9,
}


@pytest.fixture
def keys(past, ana_place, ben_place, clock):
    """Keys of things that stand in the pair when `make` adds what is behind them."""
    clock.move(days=20)
    return {
        "pair_id": past.window.pair_id,
        "letter_id": factories.letter(by=ana_place, body="one of many").pk,
        "envelope_id": past.to_ana.pk,
        "window_id": past.window.pk,
        "proposal_id": factories.propose(by=ben_place, minutes=60).pk,
        "time_apart_id": factories.suggest(by=ben_place).pk,
    }


@pytest.fixture
def make(past, keys, agreement, ana, ben, ana_place):
    """Put so many conversations, letters and proposals behind the pair."""

    def make(*, first: int, last: int) -> None:
        for number in range(first, last):
            before = past.window.opens_at - timedelta(days=7 * (number + 1))
            window = _window(agreement, before)
            _message(past.window, ana, number + 1)
            _check_in(ana_place, window)
            for author, reader in ((ana, ben), (ben, ana)):
                _letter(author, window.pair, before)
                _release(_letter(author, window.pair, before), window, reader)
            # Young enough to matter still, and old enough that nobody has to rest.
            made_at = past.window.opens_at - timedelta(days=60) + timedelta(hours=number)
            _declined(agreement, ben, ana, made_at)
            _declined_time_apart(window.pair, ben, made_at)

    return make


def _window(agreement, at):
    return Window.objects.create(
        pair=agreement.pair,
        agreement=agreement,
        opens_at=at,
        closes_at=at + timedelta(minutes=45),
        opened_at=at,
        ended_at=at + timedelta(minutes=45),
        state=State.HELD,
    )


def _message(window, author, number):
    """Something that was said while it was open, as a row."""
    with guards.down(connection, "message_in_the_open"):
        Message.objects.create(
            pair=window.pair,
            window=window,
            author=author,
            key=uuid4(),
            number=number,
            body="said",
            said_at=window.opens_at,
        )


def _check_in(place, window):
    """What she answered after it, as a row."""
    CheckIn.objects.create(
        membership=place,
        window=window,
        kind="after",
        key=uuid4(),
        given_at=window.closes_at,
        answer="same",
        safe="3",
        body="quiet",
    )


def _release(letter, window, reader):
    Envelope.objects.create(letter=letter, window=window, recipient=reader)
    letter.state, letter.released_at = Letter.State.RELEASED, window.opens_at
    letter.save()


def _letter(author, pair, at):
    return Letter.objects.create(
        pair=pair,
        author=author,
        key=uuid4(),
        body="a letter",
        length=8,
        state=Letter.State.HELD,
        written_at=at,
        changed_at=at,
        held_at=at,
    )


def _declined(agreement, author, other, at):
    proposal = Proposal.objects.create(
        pair=agreement.pair,
        author=author,
        base=agreement,
        terms=agreement.terms,
        digest=agreement.digest,
        made_at=at,
        end=End.DECLINED,
        ended_at=at,
        ended_by=other,
    )
    Consent.objects.create(proposal=proposal, person=author, digest=proposal.digest, given_at=at)


def _declined_time_apart(pair, author, at):
    TimeApart.objects.create(
        pair=pair,
        author=author,
        day=(at + timedelta(days=60)).date(),
        ends_at=at + timedelta(days=60),
        suggested_at=at,
        end="declined",
        ended_at=at,
    )


def counts(client, keys):
    found = {}
    for each in addresses.in_a_pair():
        if each.name in QUERIES:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(each.path(keys)).status_code == 200
            found[each.name] = len(queries)
    return found


@pytest.mark.long
def test_pages_ask_as_often_with_much_behind_them_as_with_little(ana_client, keys, make):
    make(first=0, last=LITTLE)
    little = counts(ana_client, keys)
    make(first=LITTLE, last=MUCH)
    assert counts(ana_client, keys) == little == QUERIES


def test_the_front_page_of_somebody_in_one_pair_leads_on_at_once(ana_client, pair, clock):
    with CaptureQueriesContext(connection) as queries:
        assert ana_client.get("/").status_code == 302
    assert len(queries) == 3


def test_the_page_of_reflections_asks_as_often_with_much_as_with_little(ana_client, ana, clock):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert ana_client.get("/reflections/").status_code == 200
            assert ana_client.get("/reflections/copy/").status_code == 200
        return len(queries)

    factories.reflection(by=ana)
    little = asked()
    for _ in range(MUCH):
        factories.reflection(by=ana)
    assert Reflection.objects.count() == MUCH + 1
    assert asked() == little
