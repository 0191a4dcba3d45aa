"""A database of an earlier Repair becomes one of today, with all that is in it.

Migrations that have landed are never rewritten; each that moves rows is tried here.
"""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from accounts import vault
from accounts.models import Membership, Pair, Person
from accounts.vault import UnreadableError
from boundaries import actions as boundaries
from boundaries import guards
from boundaries.models import Proposal, TimeApart
from boundaries.queries import load_situation
from boundaries.rules.checkins import Answer
from boundaries.rules.time_apart import EVERYWHERE, begin_of
from boundaries.rules.ways import Less, More
from checkins import actions as checkins
from checkins.models import CheckIn
from checkins.queries import base_of
from conversations.actions import look_for_matters, open_and_release
from conversations.models import Letter, Notice
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)

OPEN_WORDS = [
    ("conversations", "0002_guards"),
    ("boundaries", "0002_guards"),
    ("accounts", "0001_initial"),
]
"""The last state in which words were kept as they were typed."""


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def before():
    """Yields the models of then; afterwards the database is of today again."""
    yield migrate(OPEN_WORDS)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


def two_in_a_pair(apps, at):
    pair = apps.get_model("accounts", "Pair").objects.create(created_at=at)
    for seat, name in ((1, "Ben"), (2, "Ana")):
        person = apps.get_model("accounts", "Person").objects.create(email=f"{name}@example.org")
        apps.get_model("accounts", "Membership").objects.create(
            pair=pair, person=person, seat=seat, name_for_other=name
        )
    return pair, person


@pytest.mark.proof
def test_words_are_sealed_and_are_the_same(before, clock):
    pair, author = two_in_a_pair(before, clock.at)
    body = "Rhabarber\n\n  and more \U0001f33f"
    before.get_model("conversations", "Letter").objects.create(
        pair=pair, author=author, key=uuid4(), body=body, length=len(body),
        written_at=clock.at, changed_at=clock.at + timedelta(hours=1),
    )  # fmt: skip
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert [letter.body for letter in Letter.objects.all()] == [body]
    assert [place.name_for_other for place in Membership.objects.order_by("seat")] == ["Ben", "Ana"]
    keys = [*Person.objects.values_list("wrapped_key", flat=True)]
    keys += Pair.objects.values_list("wrapped_key", flat=True)
    assert len(set(keys)) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM conversations_letter")
        assert b"Rhabarber" not in bytes(cursor.fetchone()[0])


@pytest.mark.proof
def test_the_guards_are_up_again(before):
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        up = {name for (name,) in cursor.fetchall()}
    names = {guard.name for guard in guards.ALL}
    missing = names - up
    assert missing == (set() if connection.vendor == "postgresql" else {"record_is_not_emptied"})


@pytest.mark.proof
def test_words_can_be_opened_again(clock, ana_place):
    """Going back, where a host must: nothing is lost on the way."""
    factories.letter(by=ana_place, body="there and back")
    apps = migrate(OPEN_WORDS)
    try:
        bodies = apps.get_model("conversations", "Letter").objects.values_list("body", flat=True)
        assert list(bodies) == ["there and back"]
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


ONE_KIND = [
    ("conversations", "0006_read_again"),
    ("boundaries", "0005_zone_data"),
    ("accounts", "0004_words_sealed_only"),
]
"""The last state in which notices told of openings alone, and were tried once."""


@pytest.mark.proof
def test_notices_of_one_kind_become_some_of_many_and_back_again(clock, ana_place, ben_place):
    """What waits goes on waiting, what may have gone is not sent again, and wishes stay."""
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    for place in (ana_place, ben_place):
        factories.ask_for_notices(by=place)
    factories.letter(by=ben_place)
    factories.propose(by=ben_place)
    clock.go_to(factories.next_window(pair=ana_place.pair).opens_at)
    open_and_release([ana_place.pair_id])
    look_for_matters()
    window = Notice.objects.filter(kind="window_opened").first().window_id
    Notice.objects.filter(person=ana_place.person, kind="window_opened").update(
        end="claimed", ended_at=clock.at
    )
    assert {*Notice.objects.values_list("kind", flat=True)} >= {"arrived", "to_decide"}
    before = migrate(ONE_KIND)
    try:
        old = before.get_model("conversations", "Notice").objects.values_list("kind", "end")
        assert sorted(old) == [("window_opened", ""), ("window_opened", "sent")]
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    new = Notice.objects.values_list("end", "about", "window", "next_try_at", "attempts")
    assert sorted(new) == [(end, window, window, clock.at, 0) for end in ("", "sent")]
    wishes = Person.objects.values_list("wants_notice_on_opening", "wants_notice_to_decide")
    assert {*wishes} == {(True, False)}


BEFORE_AGREED_AT = [("boundaries", "0007_last_words")]


def test_when_both_had_agreed_is_counted_from_their_consents_once_for_all(
    clock, ana_place, ben_place
):
    """Of what was open then nothing is said; and there and back the guards are what they were."""
    factories.allow(by=(ana_place, ben_place))
    proposal = factories.propose(by=ana_place)
    clock.move(hours=5)
    agreed_at, due = clock.at, factories.consent(by=ben_place, to=proposal).takes_force_at
    migrate(BEFORE_AGREED_AT)
    try:
        with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("UPDATE boundaries_consent SET digest = ''")
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    proposal.refresh_from_db()
    assert (proposal.agreed_at, proposal.takes_force_at) == (agreed_at, due)
    assert due is not None
    clock.go_to(due)
    boundaries.sweep()
    other = factories.propose(by=ben_place)
    with pytest.raises(IntegrityError, match="refused by proposal_stays"):
        Proposal.objects.filter(pk=other.pk).update(digest="")
    assert other.agreed_at is None


BEFORE_CHECK_INS = [("conversations", "0007_notices")]


@pytest.mark.proof
def test_going_back_notices_of_check_ins_are_gone_and_others_stay(clock, ana_place, ben_place):
    """A kind that an earlier Repair does not know would stop its worker."""
    clock.move(days=6)
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    clock.go_to(factories.next_window(pair=ana_place.pair).opens_at - timedelta(hours=20))
    factories.ask_for_notices(by=ana_place)
    look_for_matters()
    assert {*Notice.objects.values_list("kind", flat=True)} == {"check_in", "day_before"}
    migrate(BEFORE_CHECK_INS)
    try:
        assert [*Notice.objects.values_list("kind", flat=True)] == ["day_before"]
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())


BEFORE_ANSWERED_AGAIN = [("checkins", "0001_initial")]


@pytest.mark.proof
def test_going_back_what_could_not_be_kept_then_goes_and_the_rest_stays(
    clock, ana_place, ben_place
):
    """Of several answers before one conversation the last stays; less without a number goes."""
    clock.move(days=6)
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    window = factories.next_window(pair=ana_place.pair)
    clock.go_to(window.opens_at - timedelta(hours=20))
    for answer in (Answer.GO_AHEAD, Answer.SKIP):
        checkins.give_before(by=ana_place, window_id=window.pk, said=factories.said(answer))
        clock.move(minutes=1)
    base = base_of(load_situation(ana_place.pair, clock.at))
    less = factories.said(Answer.LESS, way=Less.HALF_AS_LONG, base=base)
    checkins.give_own(by=ana_place, said=less)
    factories.check_in(by=ana_place, body="Quiet.")
    apps = migrate(BEFORE_ANSWERED_AGAIN)
    try:
        rows = apps.get_model("checkins", "CheckIn").objects
        assert {*rows.values_list("kind", "answer")} == {("before", "skip"), ("own", "same")}
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert CheckIn.objects.get(kind="own").body == "Quiet."


ANSWERS_IN_THE_OPEN = [("checkins", "0003_for_oneself")]


def test_what_was_wanted_in_a_check_in_is_sealed_and_there_and_back_the_same(
    clock, ana_place, ben_place, monkeypatch
):
    """Of somebody whose key was destroyed nothing can be read, then as now."""
    sealing = import_module("checkins.migrations.0004_answers_sealed")
    monkeypatch.setattr(sealing, "BATCH", 2)
    factories.allow(by=(ana_place, ben_place))
    for number in range(4):
        factories.check_in(by=ana_place, safe=number + 1)
    more = factories.more(by=ana_place, way=More.LONGER, safe=5)
    checkins.give_own(by=ana_place, said=more)
    factories.check_in(by=ben_place)
    Person.objects.filter(pk=ben_place.person_id).update(wrapped_key="")
    wanted = [*[("same", "")] * 4, ("more", "longer")]
    apps = migrate(ANSWERS_IN_THE_OPEN)
    try:
        rows = apps.get_model("checkins", "CheckIn").objects
        assert sorted(rows.values_list("answer", "way")) == sorted(wanted)
        rows.create(
            membership_id=ben_place.pk, kind="own", key=uuid4(), given_at=clock.at,
            answer="same", safe=b"3",
        )  # fmt: skip
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    rows = CheckIn.objects.select_related("membership__person")
    ana_s = rows.filter(membership=ana_place)
    assert sorted((row.answer, row.way) for row in ana_s) == sorted(wanted)
    assert all(row.how_safe for row in ana_s)
    assert rows.get(membership=ben_place).wanted is None
    stored = CheckIn.objects.filter(membership=ana_place).values_list("answer", "way")
    assert len({tuple(len(bytes(each)) for each in row) for row in stored}) == 1


def test_with_a_key_that_cannot_be_opened_nothing_is_sealed_and_nothing_lost(ana_place, settings):
    """The host's keys may be wrong: it stops, and goes on once they are right."""
    factories.check_in(by=ana_place)
    apps = migrate(ANSWERS_IN_THE_OPEN)
    right = settings.REPAIR_KEYS
    settings.REPAIR_KEYS = {1: Fernet.generate_key()}
    vault._cipher.cache_clear()
    try:
        with pytest.raises(UnreadableError):
            migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
        rows = apps.get_model("checkins", "CheckIn").objects
        assert rows.values_list("answer", flat=True).get() == "same"
    finally:
        settings.REPAIR_KEYS = right
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert CheckIn.objects.get().answer == "same"


WHERE_ITS_AUTHOR_WAS = [("boundaries", "0008_agreed_at")]


def test_a_time_apart_from_before_tells_nobodys_zone_either_and_back_again_it_stays(ana_place):
    """What is over already stays so: nothing of it is shown to anybody any more."""
    apps = migrate(WHERE_ITS_AUTHOR_WAS)
    rows = apps.get_model("boundaries", "TimeApart").objects
    day, tokyo = date(2120, 6, 1), datetime(2120, 5, 31, 15, tzinfo=UTC)
    chosen, open_one = (
        rows.create(
            pair_id=ana_place.pair_id,
            author_id=ana_place.person_id,
            day=day,
            ends_at=tokyo,
            suggested_at=at,
            agreed_at=agreed_at,
        )
        for at, agreed_at in ((tokyo - 90 * DAY, tokyo - 80 * DAY), (tokyo - 9 * DAY, None))
    )
    over = rows.create(
        pair_id=ana_place.pair_id,
        author_id=ana_place.person_id,
        day=date(2020, 6, 1),
        ends_at=datetime(2020, 5, 31, 15, tzinfo=UTC),
        suggested_at=datetime(2020, 5, 1, tzinfo=UTC),
    )
    where_it_begins_last = begin_of(day, EVERYWHERE)
    wanted = {
        chosen.pk: where_it_begins_last,
        open_one.pk: where_it_begins_last,
        over.pk: over.ends_at,
    }
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert dict(TimeApart.objects.values_list("pk", "ends_at")) == wanted
    try:
        migrate(WHERE_ITS_AUTHOR_WAS)
        assert dict(TimeApart.objects.values_list("pk", "ends_at")) == wanted
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
