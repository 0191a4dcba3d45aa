"""Two at once, on two real connections: one code makes one pair, whoever is faster."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from accounts import actions
from accounts.actions import TRIES, CodeRefused, create_code, use_code, withdraw_code
from accounts.clock import now
from accounts.models import CodeAttempt, Invitation, Membership, Pair, Person

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
]
ROUNDS = 12


def at_once(*acts):
    """Run the acts in threads that start together; return what each returned or raised."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            connection.ensure_connection()
            barrier.wait(10)
            return act()
        except CodeRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def start_again():
    for model in Invitation, Pair, CodeAttempt:
        model.objects.all().delete()


def test_r26_of_two_persons_who_use_a_code_at_once_exactly_one_succeeds(ana, ben, outsider):
    for _ in range(ROUNDS):
        code = create_code(by=ana)
        answers = at_once(
            lambda code=code: use_code(by=ben, code=code),
            lambda code=code: use_code(by=outsider, code=code),
        )
        assert sum(isinstance(answer, Membership) for answer in answers) == 1
        assert sum(isinstance(answer, CodeRefused) for answer in answers) == 1
        assert Pair.objects.count() == 1
        start_again()


def test_r26_two_who_use_each_others_codes_at_once_end_up_in_one_pair(ana, ben):
    for _ in range(ROUNDS):
        codes = {person: create_code(by=person) for person in (ana, ben)}
        answers = at_once(
            lambda codes=codes: use_code(by=ana, code=codes[ben]),
            lambda codes=codes: use_code(by=ben, code=codes[ana]),
        )
        assert sum(isinstance(answer, Membership) for answer in answers) == 1
        assert Pair.objects.count() == 1
        start_again()


def test_a_doubled_click_on_using_a_code_gives_the_same_pair_twice(ana, ben):
    for _ in range(ROUNDS):
        code = create_code(by=ana)
        answers = at_once(*[lambda code=code: use_code(by=ben, code=code)] * 2)
        assert answers[0] == answers[1]
        assert isinstance(answers[0], Membership)
        assert not CodeAttempt.objects.exists()
        start_again()


def test_a_doubled_click_on_making_a_code_gives_the_same_code_twice(ana):
    for number in range(ROUNDS):
        answers = at_once(*[lambda number=number: create_code(by=ana, seed=str(number))] * 2)
        assert answers[0] == answers[1]
        assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_r26_two_codes_made_at_once_leave_one_that_works(ana):
    for number in range(ROUNDS):
        at_once(
            lambda number=number: create_code(by=ana, seed=f"a{number}"),
            lambda number=number: create_code(by=ana, seed=f"b{number}"),
        )
        assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_r26_a_code_that_is_withdrawn_while_it_is_used_is_either_used_or_withdrawn(ana, ben):
    for _ in range(ROUNDS):
        code = create_code(by=ana)
        used, _none = at_once(
            lambda code=code: use_code(by=ben, code=code), lambda: withdraw_code(by=ana)
        )
        invitation = Invitation.objects.get()
        assert isinstance(used, Membership) == (invitation.used_at is not None)
        assert (invitation.used_at is None) == (invitation.withdrawn_at is not None)
        start_again()


def test_r26_tries_at_once_are_all_counted(ben):
    wrong = "ABCD-EFGH-JKLM-NPQR"
    for _ in range(4):
        at_once(*[lambda: use_code(by=ben, code=wrong)] * 4)
    assert CodeAttempt.objects.count() == TRIES


def test_the_lock_is_what_keeps_it_to_one_pair(ana, ben, outsider, monkeypatch):
    """Without the locks, two uses do both succeed or fail on a constraint: the tests above bite."""
    both_have_read = Barrier(2)
    join = actions._join

    @contextmanager
    def unlocked(*_persons):
        with transaction.atomic():
            yield now()

    def join_after_both_have_read(*args):
        both_have_read.wait(10)
        return join(*args)

    monkeypatch.setattr(actions, "locked_persons", unlocked)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(actions, "_join", join_after_both_have_read)
    code = create_code(by=ana)

    def use(by):
        try:
            return use_code(by=by, code=code)
        except IntegrityError as fault:
            return fault

    answers = at_once(lambda: use(ben), lambda: use(outsider))
    assert not any(isinstance(answer, CodeRefused) for answer in answers)
    assert Pair.objects.count() == 2 or any(isinstance(a, IntegrityError) for a in answers)
    assert Person.objects.count() == 3
