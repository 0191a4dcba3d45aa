"""Two at once, on two real connections: one code makes one supporter, and nobody supports both."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.actions import CodeGone, CodeRefused, create_code, use_any_code, use_code
from accounts.clock import now
from accounts.locks import locked_pair
from accounts.models import CodeAttempt, Invitation, Membership, Pair, Support, SupportLook
from accounts.queries import open_supports_of
from accounts.scopes import MOST_AT_ONCE, Scope
from accounts.support_actions import TooManySupports, end_support
from boundaries.actions import pause_for
from boundaries.models import Pause
from tests.accounts.test_code_races import at_once
from tests.factories import asked_support, support

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
]
ROUNDS = 15


def start_again():
    for model in Invitation, Support, Pair, CodeAttempt:
        model.objects.all().delete()


def count(answers, kind):
    return sum(isinstance(answer, kind) for answer in answers)


def test_r25_of_two_who_use_a_code_at_once_one_is_the_supporter(ana, ben, outsider):
    for _ in range(ROUNDS):
        code = asked_support(of=ana)
        answers = at_once(
            lambda code=code: use_any_code(by=ben, code=code),
            lambda code=code: use_any_code(by=outsider, code=code),
        )
        assert (count(answers, Support), count(answers, CodeRefused)) == (1, 1)
        row = Support.objects.get()
        assert row.supporter in (ben, outsider)
        start_again()


def test_a_doubled_click_on_using_a_code_gives_the_same_twice(ana, ben):
    for _ in range(ROUNDS):
        code = asked_support(of=ana)
        answers = at_once(*[lambda code=code: use_any_code(by=ben, code=code)] * 2)
        assert answers[0] == answers[1]
        assert not CodeAttempt.objects.exists()
        start_again()


def test_r25_two_supports_and_a_pair_at_once_never_stand_together(ana, ben, outsider):
    """The outsider for both of them, while they begin a pair: one of the three is refused."""
    for _ in range(ROUNDS):
        of_pair, of_ana, of_ben = create_code(by=ana), asked_support(of=ana), asked_support(of=ben)
        answers = at_once(
            lambda code=of_pair: use_code(by=ben, code=code),
            lambda code=of_ana: use_any_code(by=outsider, code=code),
            lambda code=of_ben: use_any_code(by=outsider, code=code),
        )
        assert count(answers, CodeRefused) == 1
        assert count(answers, Membership) + count(answers, Support) == 2
        start_again()


def test_r25_a_code_that_is_used_while_it_is_taken_back_gives_access_or_nothing(ana, ben):
    for _ in range(ROUNDS):
        code = asked_support(of=ana)
        row = Support.objects.get()
        used, _none = at_once(
            lambda code=code: use_any_code(by=ben, code=code), lambda row=row: end_support(by=row)
        )
        row.refresh_from_db()
        assert row.ended_at is not None
        assert isinstance(used, Support) == (row.began_at is not None)
        start_again()


def test_r25_a_code_that_is_used_while_its_page_asks_for_less_gives_the_first_or_nothing(ana, ben):
    """And the page says which: what it was told is done is never what somebody else has begun."""

    def ask_for_less():
        try:
            return asked_support(of=ana, allowed=[Scope.CALENDAR])
        except CodeGone as gone:
            return gone

    for _ in range(ROUNDS):
        code = asked_support(of=ana, allowed=Scope)
        used, asked = at_once(lambda code=code: use_any_code(by=ben, code=code), ask_for_less)
        row = Support.objects.get()
        assert isinstance(used, Support) == isinstance(asked, CodeGone) == bool(row.began_at)
        assert row.sees_check_ins == bool(row.began_at)
        start_again()


def test_no_more_than_five_also_at_once(ana, make_person):
    for number in range(MOST_AT_ONCE - 1):
        support(of=ana, by=make_person(f"p{number}"))

    def ask(seed):
        try:
            return asked_support(of=ana, seed=seed)
        except TooManySupports as refusal:
            return refusal

    answers = at_once(*[lambda seed=seed: ask(seed) for seed in "abc"])
    assert count(answers, TooManySupports) == 2
    assert open_supports_of(ana, Support.objects.latest("made_at").made_at).count() == MOST_AT_ONCE


def test_the_lock_is_what_keeps_it_so(ana, ben, outsider, pair, monkeypatch):
    """Without it the outsider comes to support both of a pair: the tests above bite."""
    both_have_read = Barrier(2)
    begin = actions._begin_support

    @contextmanager
    def unlocked(*_persons):
        with transaction.atomic():
            yield now()

    def begin_after_both_have_read(*args):
        both_have_read.wait(10)
        return begin(*args)

    codes = [asked_support(of=ana), asked_support(of=ben)]
    monkeypatch.setattr(actions, "locked_persons", unlocked)
    monkeypatch.setattr(actions, "_begin_support", begin_after_both_have_read)
    answers = at_once(*[lambda code=code: use_any_code(by=outsider, code=code) for code in codes])
    assert count(answers, Support) == 2


def test_r25_a_supporter_who_is_removed_while_a_pause_waits_pauses_nothing(
    pair, ana, ana_place, outsider
):
    """It waits for the lock that a worker holds, and is then no longer theirs."""
    row = support(of=ana, by=outsider, allowed=["pause"])
    told = SupportLook.objects.filter(what="pause")

    def pause():
        try:
            return pause_for(by=row)
        except Http404 as gone:
            return gone
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with locked_pair(pair.pk):
            answer = pool.submit(pause)
            wait_until_somebody_waits()
            with ThreadPoolExecutor(1) as other:
                other.submit(end_and_close, row).result(10)
        assert isinstance(answer.result(10), Http404)
    assert not Pause.objects.exists()
    assert not told.exists()


def end_and_close(row):
    try:
        end_support(by=Support.objects.get(pk=row.pk))
    finally:
        connection.close()


def wait_until_somebody_waits():
    """Until another connection waits for a lock of the database."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for the lock")


def test_r25_all_pairs_of_a_person_are_locked_in_one_query(
    pair, ana, ana_place, outsider, make_person
):
    """In one order, or two such pauses could wait for each other."""
    row = support(of=ana, by=outsider, allowed=["pause"])
    use_code(by=ana, code=create_code(by=make_person("dora")))
    with CaptureQueriesContext(connection) as asked:
        pause_for(by=row)
    locks = [each["sql"] for each in asked if "FOR UPDATE" in each["sql"]]
    assert len([sql for sql in locks if "accounts_pair" in sql]) == 1
