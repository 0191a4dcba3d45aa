"""What the database's own guards refuse, tried with raw SQL; and that without them it would be."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Pair
from boundaries import actions, guards
from boundaries.models import (
    Consent,
    Proposal,
    RecordEntry,
    TimeApart,
    Window,
)
from boundaries.rules.canonical import terms_to_json
from boundaries.rules.limits import cut
from boundaries.rules.proposals import End
from boundaries.rules.rhythm import Monthly
from boundaries.rules.terms import NO_CONTACT, Terms
from boundaries.rules.windows import State
from conversations.actions import say
from conversations.models import Envelope, Letter
from tests import agreeing, beginnings, factories, raw
from tests.agreeing import MOMENT, SOON, Rows
from tests.beginnings import Begun, beginning
from tests.boundaries.strategies import all_limits, some_terms, wider

pytestmark = pytest.mark.django_db

ALL = guards.ALL
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def fill(begun: Begun) -> None:
    """One row of each kind: an open conversation with a letter, another to come, a draft."""
    beginnings.agree_to_all(begun)
    clock, (ana_place, ben_place) = begun.clock, begun.places
    declined = factories.propose(by=ben_place)
    actions.decline(by=ana_place, proposal_id=declined.pk)
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
    begun.rows = {
        "agreement": begun.agreement,
        "pair": ana_place.pair,
        "proposal": begun.agreement.proposal,
        "declined": Proposal.objects.get(pk=declined.pk),
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


BEGINNINGS = {"rows": fill}

rows = beginning("rows")


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def next_entry(it: Rows, **changes: Any) -> None:
    """A copy of the last entry, as the next one of the chain but for these changes."""
    last = it["last"]
    goes_on = {"number": last.number + 1, "previous": last.hash, "hash": "f" * 64}
    raw.copy(last, **(goes_on | changes))


def release(it: Rows, *, at: datetime | None = None, **envelope: Any) -> None:
    """Release the held letter, in an envelope of the open conversation but for these changes."""
    if envelope != {"window_id": None}:
        of = {"letter_id": it["held"].pk, "window_id": it["open"].pk} | envelope
        raw.copy(it["envelope"], **of)
    raw.change(it["held"], state="released", released_at=at or it["open"].opens_at + SOON)


def say_again(it: Rows, **changes: Any) -> None:
    raw.copy(it["said"], **({"number": 2, "key": uuid4()} | changes))


def after_it_closed(it: Rows) -> None:
    raw.change(it["open"], state="cut_short", ended_at=it["open"].opens_at + SOON)
    say_again(it)


def another_pair() -> Pair:
    return Pair.objects.create(created_at=NOON)


def after_the_end(it: Rows, **changes: Any) -> None:
    raw.change(it["pair"], ended_at=NOON)
    raw.change(it["pair"], **changes)


def after_one_that_was_held(it: Rows) -> None:
    raw.change(it["open"], state="held", ended_at=it["open"].closes_at)
    overlapping = {"opens_at": it["open"].closes_at - MOMENT, "closes_at": it["planned"].opens_at}
    raw.copy(it["planned"], **overlapping)


ATTEMPTS: dict[str, list[Callable[[Rows], object]]] = agreeing.ATTEMPTS | {
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
    "time_apart_stays": [
        lambda it: raw.change(it["apart"], day="2030-01-01"),
        lambda it: raw.change(it["apart"], ends_at=it["apart"].ends_at + SOON),
        lambda it: raw.change(it["apart"], ends_at=it["apart"].ends_at - SOON),
        lambda it: raw.change(it["apart"], agreed_at=None),
        lambda it: raw.change(it["apart"], agreed_at=it["apart"].agreed_at + SOON),
        lambda it: raw.change(it["apart"], suggested_at=it["apart"].suggested_at - SOON),
        lambda it: raw.change(it["apart"], end="over", ended_at=it["apart"].ends_at - SOON),
    ],
    "pair_stays_ended": [
        lambda it: after_the_end(it, ended_at=None),
        lambda it: after_the_end(it, ended_at=NOON + SOON),
    ],
    "consent_carries": [
        lambda it: raw.change(it["consent"], withdrawn_at=it["agreement"].in_force_from),
        lambda it: raw.change(it["consent"], withdrawn_at=it["consent"].given_at),
    ],
    "window_stays_opened": [
        lambda it: raw.change(it["open"], opened_at=None, state="cancelled"),
        lambda it: raw.change(it["open"], opened_at=it["open"].opened_at + SOON),
        lambda it: raw.change(it["planned"], pair_id=another_pair().pk),
    ],
    "release_stays": [
        lambda it: raw.change(it["released"], state="held", released_at=None),
        lambda it: raw.change(it["released"], released_at=it["released"].released_at + MOMENT),
    ],
    "envelope_stays_as_it_is": [
        lambda it: raw.change(it["envelope"], window_id=it["planned"].pk),
        lambda it: raw.change(it["envelope"], letter_id=it["held"].pk),
        lambda it: raw.change(it["envelope"], recipient_id=it["consent"].person_id),
    ],
    "envelope_stays": [
        lambda it: it["envelope"].delete(),
        lambda it: run("DELETE FROM conversations_envelope"),
    ],
    "windows_apart_insert": [
        lambda it: raw.copy(
            it["open"],
            opens_at=it["open"].opens_at - MOMENT,
            state="held",
            ended_at=it["open"].closes_at,
        ),
        after_one_that_was_held,
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
        lambda it: say_again(it, pair_id=another_pair().pk),
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
        lambda it: release(it, at=it["open"].opens_at - SOON),
    ],
}
"""For each guard, by its name, what it refuses."""


def stale(pair: Pair) -> Pair:
    """The pair's row as some shell may still hold it from the beginning."""
    return Pair(pk=pair.pk, created_at=pair.created_at)


def later(it: Rows) -> dict[str, Any]:
    return {"closes_at": it["planned"].closes_at + timedelta(hours=1)}


@contextmanager
def refused(name: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=f"refused by {name}"), transaction.atomic():
        yield


def each_attempt(rows: Rows) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """Each with the name of its guard, its number, and rows of its own, which it may change."""
    for guard in ALL:
        if "emptied" in guard.name and connection.vendor != "postgresql":
            continue  # SQLite has no way to empty a table but to delete its rows
        for number, attempt in enumerate(ATTEMPTS[guard.name]):
            yield guard.name, number, partial(attempt, deepcopy(rows))


def test_the_database_refuses(rows, subtests):
    for name, number, attempt in each_attempt(rows):
        with subtests.test(name, number=number), refused(name):
            attempt()


def test_without_the_guard_nothing_else_refuses_it(rows, subtests):
    """Or the guard would not be what is tested. Keys that lead nowhere are refused at the end."""
    for name, number, attempt in each_attempt(rows):
        with subtests.test(name, number=number), factories.undone(), guards.down(connection, name):
            attempt()


def test_each_guard_is_tried_and_no_other():
    assert sorted(name for name, attempts in ATTEMPTS.items() if attempts) == sorted(
        each.name for each in ALL
    )


def test_what_is_right_is_let_in(rows):
    """Or the refusals above could be about something else."""
    with factories.undone():
        next_entry(rows)
        next_entry({**rows, "last": RecordEntry.objects.order_by("-number")[0]})
    with factories.undone():
        agreeing.by_a_proposal(rows)
    with factories.undone():
        agreeing.from_nothing(rows, later=timedelta(days=4))
    with factories.undone():
        raw.change(rows["declined"], end=End.SUPERSEDED)
    with factories.undone():
        agreeing.during_a_time_apart(
            rows, ends_at=rows["agreement"].in_force_from + MOMENT, agreed_at=None
        )
    with factories.undone():
        raw.change(rows["apart"], phrase_of_other="care")
        raw.change(rows["apart"], end="over", ended_at=rows["apart"].ends_at)
    with factories.undone():
        agreeing.another_agreement(rows, proposal_id=None)
    with factories.undone():
        release(rows)
    with factories.undone():
        raw.copy(rows["planned"], opens_at=rows["planned"].closes_at, **later(rows))
        raw.copy(rows["planned"], state=State.CANCELLED)
    assert Window.objects.filter(state=State.OPEN).count() == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (agreeing.EVERY_MONTH, factories.terms(minutes=9, letters=1, letter_length=999)),
        (agreeing.EVERY_MONTH, factories.terms(live=False, ask_before_each=True)),
        (agreeing.EVERY_MONTH, agreeing.SELDOM),
        (agreeing.SELDOM, factories.terms(rhythm=Monthly(6, 4, agreeing.FIRST))),
        (agreeing.EVERY_WEEK, agreeing.EVERY_OTHER_WEEK),
        (agreeing.EVERY_WEEK, agreeing.SELDOM),
    ],
)
def test_r1_what_is_less_is_let_in(rows, before, after):
    assert after < before
    agreeing.alone_after(rows, before, after)


def is_less_in_sql(less: Terms, more: Terms) -> bool:
    is_postgresql = connection.vendor == "postgresql"
    condition = guards.LESS if is_postgresql else guards.for_sqlite(guards.LESS)
    given = "CAST(%s AS JSONB)" if is_postgresql else "%s"
    row = f"(SELECT {given} AS terms, 1 AS review_at)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {condition.replace('%', '%%')} FROM {row} NEW, {row} last",
            [json.dumps(terms_to_json(each)) for each in (less, more)],
        )
        return bool(cursor.fetchone()[0])


@settings(deadline=None)
@given(st.data(), st.lists(all_limits(), max_size=2))
def test_r1_nothing_that_the_rules_call_less_is_refused(data, limits):
    """Terms beside any wider ones, and what limits leave of these."""
    terms = data.draw(some_terms)
    more = data.draw(wider(terms))
    for less in (terms, cut(more, limits)):
        assert less <= more
        assert less == NO_CONTACT or is_less_in_sql(less, more)


def test_r2_a_consent_without_a_proposal_is_refused_twice_over(rows):
    """By the guard, and without it by the key that leads nowhere."""
    Consent.objects.filter(pk=rows["consent"].pk).delete()
    other = Consent.objects.get(proposal=rows["proposal"])
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
