"""R25, R26: a supporter's code is like a pair's; whatever does not work answers alike."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actions import (
    TRIES,
    CodeRefused,
    QuestionsFirst,
    answer_questions,
    create_code,
    use_any_code,
    use_code,
    withdraw_code,
)
from accounts.models import CodeAttempt, Invitation, Pair, Person, Support
from accounts.queries import live_invitation_of
from accounts.support_actions import end_support
from accounts.views import CODE_REFUSED
from tests.accounts.pages import steady
from tests.factories import asked_support, support

pytestmark = pytest.mark.django_db

USE = "/code/use/"
WRONG = "ABCD-EFGH-JKLM-NPQR"


@pytest.fixture
def cem(make_person) -> Person:
    return make_person("cem")


def refused(person, code):
    with pytest.raises(CodeRefused) as refusal:
        use_any_code(by=person, code=code)
    assert refusal.value.args == (), "nothing is said beyond that it is refused"
    return True


def test_a_code_for_a_pair_and_codes_for_supporters_stand_side_by_side(ana, ben, cem, clock):
    of_pair, of_support = create_code(by=ana), asked_support(of=ana)
    assert live_invitation_of(ana, clock.at).support is None
    withdraw_code(by=ana)
    assert use_any_code(by=cem, code=of_support).supporter == cem
    assert refused(ben, of_pair)


def test_the_same_code_sent_twice_by_the_same_person_gives_the_same(ana, cem, clock):
    code = asked_support(of=ana)
    first = use_any_code(by=cem, code=code)
    assert use_any_code(by=cem, code=code) == first
    assert not CodeAttempt.objects.exists()
    end_support(by=first)
    assert refused(cem, code)


def test_a_supporters_code_begins_no_pair(ana, ben, clock):
    code = asked_support(of=ana)
    with pytest.raises(CodeRefused):
        use_code(by=ben, code=code)
    assert not Pair.objects.exists()
    assert CodeAttempt.objects.count() == 1
    assert Support.objects.get().supporter is None


def own(ana, cem, ben, clock):
    return asked_support(of=cem)


def withdrawn(ana, cem, ben, clock):
    code = asked_support(of=ana)
    end_support(by=Support.objects.get())
    return code


def expired(ana, cem, ben, clock):
    code = asked_support(of=ana)
    clock.move(days=7)
    return code


def run_out_before_it_was_used(ana, cem, ben, clock):
    code = asked_support(of=ana, ends_at=clock.at + timedelta(days=1))
    clock.move(days=1)
    return code


def used(ana, cem, ben, clock):
    code = asked_support(of=ana)
    use_any_code(by=ben, code=code)
    return code


def of_somebody_whom_they_support_already(ana, cem, ben, clock):
    support(of=ana, by=cem)
    return asked_support(of=ana, seed="again")


def from_the_other_of_a_pair(ana, cem, ben, clock):
    use_code(by=cem, code=create_code(by=ana))
    return asked_support(of=ana)


def from_the_other_of_a_pair_that_has_ended(ana, cem, ben, clock):
    use_code(by=cem, code=create_code(by=ana))
    Pair.objects.update(ended_at=clock.move(days=400))
    return asked_support(of=ana)


def while_they_support_the_other(ana, cem, ben, clock):
    use_code(by=ben, code=create_code(by=ana))
    support(of=ben, by=cem)
    return asked_support(of=ana)


def while_they_support_the_other_of_a_pair_that_has_ended(ana, cem, ben, clock):
    code = while_they_support_the_other(ana, cem, ben, clock)
    Pair.objects.update(ended_at=clock.move(days=1))
    return code


def by_somebody_who_is_switched_off(ana, cem, ben, clock):
    code = asked_support(of=ana)
    Person.objects.filter(pk=ana.pk).update(is_active=False)
    return code


def for_a_pair_with_whom_one_supports(ana, cem, ben, clock):
    support(of=ana, by=cem)
    return create_code(by=ana)


def for_a_pair_with_who_supports_one(ana, cem, ben, clock):
    support(of=cem, by=ana)
    return create_code(by=ana)


def for_a_pair_whose_support_has_run_out_and_was_not_ended(ana, cem, ben, clock):
    support(of=ana, by=cem, ends_at=clock.at + timedelta(days=1))
    clock.move(days=5)
    return create_code(by=ana)


def for_a_pair_while_somebody_supports_both(ana, cem, ben, clock):
    support(of=ana, by=ben)
    support(of=cem, by=ben)
    return create_code(by=ana)


def for_a_pair_without_having_answered(ana, cem, ben, clock):
    Person.objects.filter(pk=cem.pk).update(came_to_support=True)
    return create_code(by=ana)


def good_but_after_too_many_tries(ana, cem, ben, clock):
    CodeAttempt.objects.bulk_create(CodeAttempt(person=cem, at=clock.at) for _ in range(TRIES))
    return asked_support(of=ana)


CAUSES = [
    own,
    withdrawn,
    expired,
    run_out_before_it_was_used,
    used,
    of_somebody_whom_they_support_already,
    from_the_other_of_a_pair,
    from_the_other_of_a_pair_that_has_ended,
    while_they_support_the_other,
    while_they_support_the_other_of_a_pair_that_has_ended,
    by_somebody_who_is_switched_off,
    for_a_pair_with_whom_one_supports,
    for_a_pair_with_who_supports_one,
    for_a_pair_whose_support_has_run_out_and_was_not_ended,
    for_a_pair_while_somebody_supports_both,
    for_a_pair_without_having_answered,
    good_but_after_too_many_tries,
]


@pytest.mark.parametrize("code_that_is", CAUSES)
def test_r25_every_refusal_is_the_very_same_page(ana, ben, cem, client_of, clock, code_that_is):
    """Byte for byte that of a code that never existed, to the same person; and nothing changes."""
    code = code_that_is(ana, cem, ben, clock)
    before = list(Support.objects.order_by("pk").values()), Pair.objects.count()
    browser = client_of(Person.objects.get(pk=cem.pk))
    answer = browser.post(USE, {"code": code})
    never = browser.post(USE, {"code": WRONG})
    assert answer.status_code == never.status_code == 200
    assert str(CODE_REFUSED) in answer.content.decode()
    assert steady(answer.content).replace(code.encode(), WRONG.encode()) == steady(never.content)
    assert {*answer.headers} == {*never.headers}
    assert before == (list(Support.objects.order_by("pk").values()), Pair.objects.count())


def test_r25_the_other_of_any_pair_is_refused_as_for_any_cause(ana, ben, cem, pair, clock):
    assert refused(ben, asked_support(of=ana))
    assert CodeAttempt.objects.filter(person=ben).count() == 1
    assert use_any_code(by=cem, code=asked_support(of=ana)).supporter == cem


def test_r25_nobody_supports_both_of_a_pair(ana, ben, cem, clock):
    """Whichever of the three comes last is refused: two supports, and the pair."""
    support(of=ana, by=cem)
    code = asked_support(of=ben)
    use_code(by=ben, code=create_code(by=ana))
    assert refused(cem, code)
    end_support(by=Support.objects.get(person=ana))
    assert use_any_code(by=cem, code=code).person == ben


def test_once_it_has_ended_the_two_can_begin_a_pair(ana, cem, clock):
    row = support(of=ana, by=cem)
    assert refused(cem, create_code(by=ana))
    end_support(by=row)
    assert use_code(by=cem, code=create_code(by=ana)).person == cem


def test_two_can_support_each_other(ana, cem, clock):
    support(of=ana, by=cem)
    assert support(of=cem, by=ana).supporter == ana


def test_r27_who_came_to_support_begins_no_pair_until_they_have_answered(cem, ben, clock):
    cem.came_to_support = True
    cem.save()
    with pytest.raises(QuestionsFirst):
        create_code(by=cem)
    assert refused(cem, create_code(by=ben))
    answer_questions(by=cem)
    assert use_any_code(by=cem, code=create_code(by=ben)).person == cem


def test_using_a_code_leads_to_what_is_asked(ana, cem, client_of, clock):
    code = asked_support(of=ana, request="Please only listen.")
    answer = client_of(cem).post(USE, {"code": code.lower().replace("-", " ")}, follow=True)
    row = Support.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("accounts:support", args=[row.pk])
    page = answer.content.decode()
    assert "Please only listen." in page
    assert ana.email not in page


def test_of_a_code_only_the_digest_is_kept(ana, clock):
    code = asked_support(of=ana)
    kept = str(Invitation.objects.values().get()) + str(Support.objects.values().get())
    assert code not in kept
