"""R26: a pair begins with a one-time code, and every code that does not work answers alike."""

from datetime import timedelta

import pytest

from accounts.actions import (
    TRIES,
    TRIES_WITHIN,
    CodeRefused,
    create_code,
    use_code,
    withdraw_code,
)
from accounts.models import CodeAttempt, Invitation, Membership, Pair, Person

pytestmark = pytest.mark.django_db

WRONG = "ABCD-EFGH-JKLM-NPQR"


def refused(person, code):
    with pytest.raises(CodeRefused) as refusal:
        use_code(by=person, code=code)
    assert refusal.value.args == (), "nothing is said beyond that it is refused"
    return True


def test_r26_a_code_joins_the_two_and_nothing_more(ana, ben, clock):
    membership = use_code(by=ben, code=create_code(by=ana))
    assert (membership.person, membership.seat) == (ben, 2)
    assert membership.pair.created_at == clock.at
    seats = membership.pair.memberships.order_by("seat").values_list("seat", "person")
    assert list(seats) == [(1, ana.pk), (2, ben.pk)]
    invitation = Invitation.objects.get()
    assert (invitation.pair, invitation.used_at) == (membership.pair, clock.at)


def test_r23_each_first_sees_a_neutral_name_for_the_other(pair):
    names = {place.name_for_other for place in pair.memberships.all()}
    assert names == {"the other person"}


def test_r26_a_wrong_code_is_refused(ben):
    assert refused(ben, WRONG)


def test_r26_a_used_code_is_refused(ana, ben, outsider):
    code = create_code(by=ana)
    use_code(by=ben, code=code)
    assert refused(outsider, code)
    assert Pair.objects.count() == 1


def test_r26_an_expired_code_is_refused_from_the_very_instant(ana, ben, clock):
    code = create_code(by=ana)
    clock.move(days=7)
    assert refused(ben, code)


def test_r26_a_code_works_until_the_last_moment(ana, ben, clock):
    code = create_code(by=ana)
    clock.move(days=7, microseconds=-1)
    assert use_code(by=ben, code=code).person == ben


def test_r26_ones_own_code_is_refused_and_stays_good_for_the_other(ana, ben):
    code = create_code(by=ana)
    assert refused(ana, code)
    assert use_code(by=ben, code=code).person == ben


def test_r26_a_code_from_somebody_with_whom_a_pair_stands_is_refused(pair, ana, ben):
    assert refused(ben, create_code(by=ana))
    assert refused(ana, create_code(by=ben))
    assert Pair.objects.count() == 1


@pytest.mark.parametrize("days", [0, 3, 40, 4000])
def test_r16_after_a_pair_has_ended_no_code_begins_one_between_these_two(
    pair, ana, ben, outsider, clock, days
):
    """They begin again by their doors, which wait: a code would be at once."""
    Pair.objects.update(ended_at=clock.move(days=1))
    clock.move(days=days)
    assert refused(ben, create_code(by=ana))
    assert refused(ana, create_code(by=ben))
    assert Pair.objects.count() == 1
    assert use_code(by=outsider, code=create_code(by=ana)).pair != pair


def test_r16_a_code_that_was_on_its_way_when_the_pair_ended_begins_none(pair, ana, ben, clock):
    code = create_code(by=ana)
    Pair.objects.update(ended_at=clock.move(hours=1))
    assert refused(ben, code)


def test_r26_a_code_of_somebody_who_is_switched_off_is_refused(ana, ben):
    code = create_code(by=ana)
    Person.objects.filter(pk=ana.pk).update(is_active=False)
    assert refused(ben, code)


def test_a_person_may_be_in_several_pairs(pair, ana, outsider):
    assert use_code(by=ana, code=create_code(by=outsider)).pair != pair


def test_the_same_code_sent_twice_by_the_same_person_gives_the_same_pair(ana, ben, clock):
    code = create_code(by=ana)
    first = use_code(by=ben, code=code)
    assert use_code(by=ben, code=code) == first
    assert Pair.objects.count() == 1
    assert not CodeAttempt.objects.exists()


def test_r26_a_used_code_is_refused_to_its_maker_and_after_the_pair_has_ended(ana, ben, clock):
    code = create_code(by=ana)
    use_code(by=ben, code=code)
    assert refused(ana, code)
    Pair.objects.update(ended_at=clock.move(days=1))
    assert refused(ben, code)


def test_r26_after_too_many_tries_also_a_good_code_is_refused(ana, ben, clock):
    code = create_code(by=ana)
    for _ in range(TRIES):
        assert refused(ben, WRONG)
    assert refused(ben, code)
    assert not Membership.objects.exists()


def test_r26_tries_count_for_an_hour_and_are_then_forgotten(ana, ben, clock):
    code = create_code(by=ana)
    for _ in range(TRIES):
        refused(ben, WRONG)
        clock.move(minutes=1)
    clock.at = clock.start + TRIES_WITHIN - timedelta(microseconds=1)
    assert refused(ben, code)
    clock.move(microseconds=1)
    assert use_code(by=ben, code=code).person == ben
    assert CodeAttempt.objects.count() == TRIES - 1


def test_r26_trying_on_during_the_rest_does_not_make_it_longer(ana, ben, clock):
    code = create_code(by=ana)
    for _ in range(TRIES + 20):
        refused(ben, WRONG)
        clock.move(minutes=1)
    clock.at = clock.start + TRIES_WITHIN + timedelta(minutes=TRIES)
    assert use_code(by=ben, code=code).person == ben


def test_r26_one_persons_tries_do_not_count_for_another(ana, ben, outsider):
    for _ in range(TRIES):
        refused(outsider, WRONG)
    assert use_code(by=ben, code=create_code(by=ana)).person == ben


def test_r26_every_kind_of_refusal_counts_alike(pair, ana, ben, clock):
    withdrawn = create_code(by=ana)
    withdraw_code(by=ana)
    used = create_code(by=ana)
    Person.objects.create_user("third@example.org")
    use_code(by=Person.objects.get(email="third@example.org"), code=used)
    own, standing = create_code(by=ben), create_code(by=ana)
    for count, code in enumerate((WRONG, withdrawn, used, own, standing), start=1):
        assert refused(ben, code)
        assert CodeAttempt.objects.filter(person=ben).count() == count


def test_r26_a_refusal_leaves_no_trace_with_who_made_the_code(ana, ben, clock):
    code = create_code(by=ana)
    before = Invitation.objects.values().get(), Person.objects.filter(pk=ana.pk).values().get()
    for _ in range(TRIES):
        refused(ben, WRONG)
    refused(ben, code)
    assert before == (
        Invitation.objects.values().get(),
        Person.objects.filter(pk=ana.pk).values().get(),
    )


@pytest.mark.parametrize("typed", ["", "-", "\x00", "é" * 100, "x" * 100_000, "🙂", "\ud7ff"])
def test_r26_a_strange_code_is_refused_like_any_other(ben, typed):
    assert refused(ben, typed)
