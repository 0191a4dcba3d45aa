"""What the database's own guards refuse, tried with raw SQL; and that without them it would be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Pair
from boundaries import guards
from boundaries.models import (
    Agreement,
    Consent,
    Pause,
    Proposal,
    RecordEntry,
    TimeApart,
    Window,
)
from boundaries.rules.windows import State
from conversations.actions import say
from conversations.models import Envelope, Letter
from tests import factories, raw

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)
SOON = timedelta(seconds=1)
ALL = guards.ALL
Rows = dict[str, Any]


@pytest.fixture
def rows(ana_place, ben_place, clock) -> Rows:
    """One row of each kind: an open conversation with a letter, another to come, a draft."""
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    factories.letter(by=ana_place)
    opened = factories.open_next(pair=ana_place.pair, clock=clock)
    held = factories.letter(by=ben_place)
    said = say(by=ana_place, window_id=opened.pk, key=uuid4(), body="Good evening")
    clock.move(seconds=1)
    apart = TimeApart.objects.create(
        pair=ana_place.pair,
        author=ana_place.person,
        day=(clock.at - timedelta(days=100)).date(),
        ends_at=clock.at - timedelta(days=100),
        suggested_at=clock.at - timedelta(days=200),
        agreed_at=clock.at - timedelta(days=199),
    )
    connection.check_constraints()  # PostgreSQL empties no table that still waits to be checked
    return {
        "agreement": Agreement.objects.get(),
        "pair": ana_place.pair,
        "proposal": Proposal.objects.get(),
        "consent": Consent.objects.get(person=ana_place.person),
        "open": opened,
        "planned": factories.next_window(pair=ana_place.pair),
        "first": RecordEntry.objects.get(number=1),
        "last": RecordEntry.objects.order_by("-number")[0],
        "released": Letter.objects.get(state="released"),
        "envelope": Envelope.objects.get(),
        "held": held,
        "said": said,
        "apart": apart,
    }


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def next_entry(it: Rows, **changes: Any) -> None:
    """A copy of the last entry, as the next one of the chain but for these changes."""
    last = it["last"]
    goes_on = {"number": last.number + 1, "previous": last.hash, "hash": "f" * 64}
    raw.copy(last, **(goes_on | changes))


def another_agreement(it: Rows, **changes: Any) -> None:
    """After the end of the one in force, by a copy of the proposal that made it."""
    raw.change(it["agreement"], ended_at=it["agreement"].in_force_from + SOON)
    raw.copy(it["agreement"], **({"number": 2, "ended_at": None} | changes))


def by_a_proposal(it: Rows, *, consents: int = 2, digest: str = "", **changes: Any) -> None:
    """Another agreement with another proposal, to which so many said yes."""
    key = uuid4()
    raw.copy(it["proposal"], id=key, **changes)
    for consent in Consent.objects.filter(proposal=it["proposal"])[:consents]:
        raw.copy(consent, proposal_id=key)
    another_agreement(it, proposal_id=key, **({"digest": digest} if digest else {}))


def withdrawn(it: Rows) -> None:
    raw.change(it["consent"], withdrawn_at=it["agreement"].in_force_from)
    by_a_proposal(it)


def after_parting(it: Rows) -> None:
    raw.change(it["pair"], ended_at=it["agreement"].in_force_from)
    by_a_proposal(it)


def during_a_pause(it: Rows) -> None:
    person, at = it["consent"].person, it["agreement"].in_force_from
    Pause.objects.create(pair=it["pair"], person=person, began_at=at)
    by_a_proposal(it)


def during_a_time_apart(it: Rows, **changes: Any) -> None:
    at = it["agreement"].in_force_from
    columns = {"suggested_at": at - SOON, "agreed_at": at, "ends_at": at + SOON, "end": None}
    raw.change(it["apart"], end="over", ended_at=it["apart"].ends_at)
    raw.copy(it["apart"], **(columns | {"ended_at": None} | changes))
    by_a_proposal(it)


def withdrawn_and_given_again(it: Rows) -> None:
    raw.change(it["consent"], withdrawn_at=it["agreement"].in_force_from)
    raw.change(it["consent"], withdrawn_at=None)


def release(it: Rows, **envelope: Any) -> None:
    """Release the held letter, in an envelope of the open conversation but for these changes."""
    if envelope != {"window_id": None}:
        of = {"letter_id": it["held"].pk, "window_id": it["open"].pk} | envelope
        raw.copy(it["envelope"], **of)
    raw.change(it["held"], state="released", released_at=it["open"].opens_at + SOON)


def say_again(it: Rows, **changes: Any) -> None:
    raw.copy(it["said"], **({"number": 2, "key": uuid4()} | changes))


def after_it_closed(it: Rows) -> None:
    raw.change(it["open"], state="cut_short", ended_at=it["open"].opens_at + SOON)
    say_again(it)


ATTEMPTS: dict[str, list[Callable[[Rows], object]]] = {
    "record_goes_on": [
        lambda it: next_entry(it, number=it["last"].number + 2),
        lambda it: next_entry(it, previous="0" * 64),
        lambda it: next_entry(it, previous=it["first"].hash),
    ],
    "record_ends_where_it_does": [
        lambda it: raw.change(it["pair"], record_length=1),
        lambda it: raw.change(it["pair"], record_head="0" * 64),
        lambda it: stale(it["pair"]).save(force_update=True),
    ],
    "record_stays_as_it_is": [
        lambda it: raw.change(it["first"], act="paused"),
        lambda it: raw.change(it["last"], at=it["last"].at + SOON),
    ],
    "record_stays": [
        lambda it: run("DELETE FROM boundaries_recordentry"),
        lambda it: it["last"].delete(),
    ],
    "record_is_not_emptied": [lambda it: run("TRUNCATE boundaries_recordentry")],
    "agreement_is_made": [
        lambda it: another_agreement(it, number=3, proposal_id=None),
        lambda it: by_a_proposal(it, consents=1),
        lambda it: by_a_proposal(it, consents=0),
        lambda it: by_a_proposal(it, digest="0" * 64),
        lambda it: by_a_proposal(
            it,
            takes_force_at=it["agreement"].in_force_from + SOON,
            ended_at=it["agreement"].in_force_from + SOON,
        ),
        withdrawn,
        lambda it: another_agreement(
            it, proposal_id=None, in_force_from=it["agreement"].in_force_from + 2 * SOON
        ),
        after_parting,
        during_a_pause,
    ],
    "agreement_after_time_apart": [during_a_time_apart],
    "time_apart_stays": [
        lambda it: raw.change(it["apart"], day="2030-01-01"),
        lambda it: raw.change(it["apart"], ends_at=it["apart"].ends_at + SOON),
        lambda it: raw.change(it["apart"], ends_at=it["apart"].ends_at - SOON),
        lambda it: raw.change(it["apart"], agreed_at=None),
        lambda it: raw.change(it["apart"], agreed_at=it["apart"].agreed_at + SOON),
        lambda it: raw.change(it["apart"], suggested_at=it["apart"].suggested_at - SOON),
        lambda it: raw.change(it["apart"], end="over", ended_at=it["apart"].ends_at - SOON),
    ],
    "consent_stays": [
        lambda it: raw.change(it["consent"], digest="0" * 64),
        lambda it: raw.change(it["consent"], given_at=it["consent"].given_at - SOON),
        withdrawn_and_given_again,
    ],
    "agreement_stays": [
        lambda it: raw.change(it["agreement"], digest="0" * 64),
        lambda it: raw.change(it["agreement"], terms="{}"),
        lambda it: raw.change(it["agreement"], in_force_from=it["agreement"].in_force_from - SOON),
        lambda it: raw.change(it["agreement"], proposal_id=None),
        lambda it: raw.change(it["agreement"], review_at=it["agreement"].review_at + SOON),
        lambda it: end_and_begin(it["agreement"]),
    ],
    "consent_is_exact": [
        lambda it: without(it["consent"], digest="0" * 64),
    ],
    "windows_apart_insert": [
        lambda it: raw.copy(it["planned"], opens_at=it["planned"].closes_at - MOMENT, **later(it)),
        lambda it: raw.copy(
            it["open"], opens_at=it["open"].opens_at + SOON, state="planned", opened_at=None
        ),
    ],
    "windows_apart_update": [
        lambda it: raw.change(it["open"], closes_at=it["planned"].opens_at + MOMENT),
        lambda it: raw.change(it["planned"], opens_at=it["open"].closes_at - MOMENT),
    ],
    "message_in_the_open": [
        lambda it: say_again(it, window_id=it["planned"].pk),
        lambda it: say_again(it, said_at=it["open"].closes_at),
        lambda it: say_again(it, said_at=it["open"].opened_at - MOMENT),
        lambda it: say_again(it, pair_id=Pair.objects.create(created_at=it["open"].opens_at).pk),
        after_it_closed,
    ],
    "message_stays": [
        lambda it: raw.change(it["said"], said_at=it["said"].said_at + SOON),
        lambda it: raw.change(it["said"], number=7),
    ],
    "release_in_the_open_insert": [lambda it: raw.copy(it["released"], key=uuid4())],
    "release_in_the_open_update": [
        lambda it: release(it, window_id=None),
        lambda it: release(it, window_id=it["planned"].pk),
        lambda it: raw.change(
            it["released"], released_at=it["open"].opens_at - SOON, state="released"
        ),
    ],
}
"""For each guard, by its name, what it refuses."""


def stale(pair: Pair) -> Pair:
    """The pair's row as some shell may still hold it from the beginning."""
    return Pair(pk=pair.pk, created_at=pair.created_at)


def later(it: Rows) -> dict[str, Any]:
    return {"closes_at": it["planned"].closes_at + timedelta(hours=1)}


def end_and_begin(agreement: Agreement) -> None:
    raw.change(agreement, ended_at=agreement.in_force_from + SOON)
    raw.change(agreement, ended_at=None)


def without(consent: Consent, **changes: Any) -> None:
    """The consent again, in place of the first one."""
    kept = {"given_at": consent.given_at, **changes}
    raw.copy(consent, person_id=consent.person_id, **kept)


@contextmanager
def refused(name: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=f"refused by {name}"), transaction.atomic():
        yield


NAMES = [
    pytest.param(each.name, marks=pytest.mark.postgres if "emptied" in each.name else ())
    for each in ALL
]


@pytest.mark.parametrize("name", NAMES)
def test_the_database_refuses(name, rows):
    assert ATTEMPTS.get(name), "a new guard needs an attempt here"
    for attempt in ATTEMPTS[name]:
        with refused(name):
            attempt(rows)


@pytest.mark.parametrize("name", NAMES)
def test_without_the_guard_nothing_else_refuses_it(name, rows):
    """Or the guard would not be what is tested. Keys that lead nowhere are refused at the end."""
    for attempt in ATTEMPTS[name]:
        with factories.undone(), guards.down(connection, name):
            if name == "consent_is_exact":
                Consent.objects.filter(pk=rows["consent"].pk).delete()
                rows["consent"].pk = Consent.objects.get().pk
            attempt(rows)


def test_no_attempt_is_at_a_guard_that_does_not_exist():
    assert sorted(ATTEMPTS) == sorted(each.name for each in ALL)


def test_what_is_right_is_let_in(rows):
    """Or the refusals above could be about something else."""
    with factories.undone():
        next_entry(rows)
        next_entry({**rows, "last": RecordEntry.objects.order_by("-number")[0]})
    with factories.undone():
        by_a_proposal(rows)
    with factories.undone():
        during_a_time_apart(rows, ends_at=rows["agreement"].in_force_from + MOMENT, agreed_at=None)
    with factories.undone():
        raw.change(rows["apart"], phrase_of_other="care")
        raw.change(rows["apart"], end="over", ended_at=rows["apart"].ends_at)
    with factories.undone():
        another_agreement(rows, proposal_id=None)
    with factories.undone():
        release(rows)
    with factories.undone():
        raw.copy(rows["planned"], opens_at=rows["planned"].closes_at, **later(rows))
        raw.copy(rows["planned"], state=State.CANCELLED)
    assert Window.objects.filter(state=State.OPEN).count() == 1


def test_r2_a_consent_without_a_proposal_is_refused_twice_over(rows):
    """By the guard, and without it by the key that leads nowhere."""
    Consent.objects.filter(pk=rows["consent"].pk).delete()
    other = Consent.objects.get()
    with refused("consent_is_exact"):
        raw.copy(other, proposal_id=uuid4())
    with factories.undone(), pytest.raises(IntegrityError):
        unguarded_consent(other)


def unguarded_consent(other: Consent) -> None:
    with guards.down(connection, "consent_is_exact"):
        raw.copy(other, proposal_id=uuid4())
    connection.check_constraints()


def test_r30_once_a_guard_was_down_it_is_up_again(rows, pair):
    """As when a host deletes a pair as a whole, until people can by themselves (R29)."""
    with factories.undone(), guards.down(connection, "record_stays"):
        RecordEntry.objects.filter(pair=pair).delete()
        assert not RecordEntry.objects.exists()
    with refused("record_stays"):
        RecordEntry.objects.filter(pair=pair).delete()
