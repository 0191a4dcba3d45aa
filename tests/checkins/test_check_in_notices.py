"""R28: one neutral mail for each check-in, for who asked for it; never more than pages show."""

from datetime import time, timedelta

import pytest

from boundaries import actions as boundaries
from boundaries.queries import load_situation
from boundaries.rules.checkins import Answer
from boundaries.rules.terms import NO_CONTACT
from checkins import actions, queries
from conversations.models import Notice
from tests import factories, zones
from tests.cases import shared

# What is told of whom is decided alike on every database, and it is many sweeps.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def asked(window, ana_place):
    """Ana wants a mail when a check-in begins, at any time of the day."""
    factories.ask_for_notices(by=ana_place, only=["wants_notice_check_in"])
    return window


@pytest.fixture
def go_on(sweep, clock):
    """The worker sweeps every six hours until an instant."""

    def go(until):
        while clock.at < until:
            clock.go_to(min(clock.at + 6 * HOUR, until))
            sweep()

    return go


def test_r28_one_mail_for_each_check_in_and_no_reminder(
    asked, go_on, sweep, clock, ana_place, mailoutbox
):
    clock.go_to(asked.opens_at - 3 * DAY - HOUR)
    sweep()
    assert mailoutbox == []
    go_on(asked.opens_at - HOUR)
    assert len(mailoutbox) == 1
    go_on(asked.opens_at)
    go_on(asked.closes_at + 5 * DAY)
    assert len(mailoutbox) == 2
    assert {tuple(mail.to) for mail in mailoutbox} == {(ana_place.person.email,)}
    first, second = ((mail.subject, mail.body) for mail in mailoutbox)
    assert first == second
    assert "check" not in "".join(first).lower()


def test_who_did_not_ask_gets_none(window, go_on, clock, mailoutbox):
    clock.go_to(window.opens_at - 4 * DAY)
    go_on(window.closes_at + 2 * DAY)
    assert mailoutbox == []
    assert not Notice.objects.exists()


def test_where_check_ins_are_switched_off_there_is_none(asked, go_on, clock, ana_place, mailoutbox):
    actions.save_wish(by=ana_place, is_wanted=False, days_ahead=3)
    clock.go_to(asked.opens_at - 4 * DAY)
    go_on(asked.closes_at + 2 * DAY)
    assert mailoutbox == []


def test_what_was_given_before_the_mail_went_is_not_told(
    window, go_on, sweep, clock, ana_place, mailoutbox
):
    quiet = {"quiet_from": time(0), "quiet_until": time(23)}
    factories.ask_for_notices(by=ana_place, only=["wants_notice_check_in"], **quiet)
    clock.go_to(window.opens_at - 3 * DAY)
    sweep()
    assert Notice.objects.get().end == ""
    said = factories.said(Answer.GO_AHEAD)
    actions.give_before(by=ana_place, window_id=window.pk, said=said)
    go_on(window.opens_at - HOUR)
    assert mailoutbox == []
    assert Notice.objects.get().end == "cancelled"


def test_a_go_ahead_on_the_pair_s_page_answers_it_too(asked, go_on, clock, ana_place, mailoutbox):
    clock.go_to(asked.opens_at - 3 * DAY - HOUR)
    boundaries.go_ahead(by=ana_place, window_id=asked.pk)
    go_on(asked.opens_at - HOUR)
    assert mailoutbox == []


@pytest.fixture
def needed(window, ana_place, clock):
    """Ana wants to be asked before each, from seven days ahead, and both mails."""
    factories.allow(by=(ana_place,), ask_before_each=True)
    actions.save_wish(by=ana_place, is_wanted=True, days_ahead=7)
    both = ["wants_notice_check_in", "wants_notice_to_decide"]
    factories.ask_for_notices(by=ana_place, only=both)
    clock.go_to(window.opens_at - 8 * DAY)
    return window


def test_r24_of_one_question_there_is_one_mail(needed, go_on, mailoutbox):
    go_on(needed.opens_at - 7 * DAY + 6 * HOUR)
    assert len(mailoutbox) == 1
    go_on(needed.opens_at - HOUR)
    assert len(mailoutbox) == 1
    assert {*Notice.objects.values_list("kind", flat=True)} == {"check_in"}


@shared("left_out", ["the check-ins", "their mail"])
def test_r24_where_no_check_in_is_told_of_the_question_is_as_many_days_ahead(
    needed, go_on, ana_place, mailoutbox, left_out
):
    if left_out == "the check-ins":
        actions.save_wish(by=ana_place, is_wanted=False, days_ahead=7)
    else:
        factories.ask_for_notices(by=ana_place, only=["wants_notice_to_decide"])
    go_on(needed.opens_at - 7 * DAY - HOUR)
    assert mailoutbox == []
    go_on(needed.opens_at - 7 * DAY + 6 * HOUR)
    assert len(mailoutbox) == 1
    go_on(needed.opens_at - HOUR)
    assert len(mailoutbox) == 1
    assert {*Notice.objects.values_list("kind", flat=True)} == {"to_decide"}


def less_is_taken(ana, ben, clock):
    boundaries.take_less(by=ben, terms=factories.terms(minutes=20))


def what_is_agreed_is_renewed(ana, ben, clock):
    factories.agree(by=ana, other=ben, clock=clock)


@shared("agreed", [less_is_taken, what_is_agreed_is_renewed])
def test_after_a_conversation_there_is_a_mail_also_where_something_else_is_agreed_since(
    asked, go_on, clock, ana_place, ben_place, pair, mailoutbox, agreed
):
    factories.hold(pair=pair, clock=clock)
    agreed(ana_place, ben_place, clock)
    go_on(clock.at + DAY)
    assert len(mailoutbox) == 1
    go_on(clock.at + 3 * DAY)
    assert len(mailoutbox) == 1


def nothing_more(ben):
    """What was agreed has lapsed."""


def pause(ben):
    boundaries.pause(by=ben)


def pause_and_lift(ben):
    boundaries.pause(by=ben)
    boundaries.lift(by=ben)


@shared("after", [nothing_more, pause, pause_and_lift])
def test_r15_after_the_last_conversation_no_mail_tells_a_lapse_from_a_pause(
    asked, go_on, clock, ana_place, ben_place, pair, mailoutbox, after
):
    """While a pause stands none goes; so if one went after a lapse, none would tell of a pause."""
    for _ in range(6):
        factories.hold(pair=pair, clock=clock)
    go_on(clock.at + HOUR)
    mailoutbox.clear()
    assert load_situation(pair, clock.at).agreement is None
    after(ben_place)
    go_on(clock.at + 2 * DAY)
    situation = load_situation(pair, clock.at)
    assert [each.kind for each in queries.due_for(ana_place, situation, clock.at)] == ["after"]
    assert mailoutbox == []


def lower_to_nothing(ben):
    boundaries.take_less(by=ben, terms=NO_CONTACT)


@shared("between", [lower_to_nothing, pause_and_lift])
def test_r15_when_they_agreed_again_no_mail_tells_what_had_ended_it(
    asked, go_on, clock, ana_place, ben_place, pair, mailoutbox, between
):
    factories.hold(pair=pair, clock=clock)
    between(ben_place)
    go_on(clock.at + DAY)
    assert mailoutbox == []
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    go_on(clock.at + 6 * HOUR)
    assert len(mailoutbox) == 1


def test_r13_r15_that_the_other_lifted_a_pause_is_told_by_no_mail(
    asked, go_on, clock, ben_place, pair, mailoutbox
):
    """While it stands none goes. One that came when it is lifted would say that it was."""
    clock.go_to(asked.opens_at - HOUR)
    factories.hold(pair=pair, clock=clock)
    boundaries.pause(by=ben_place)
    go_on(asked.closes_at + 2 * DAY)
    boundaries.lift(by=ben_place)
    go_on(asked.closes_at + 4 * DAY)
    assert mailoutbox == []


def test_r24_the_other_s_skip_and_check_ins_make_no_difference(
    asked, go_on, clock, ben_place, mailoutbox
):
    clock.go_to(asked.opens_at - 3 * DAY - HOUR)
    boundaries.skip(by=ben_place, window_id=asked.pk)
    go_on(asked.opens_at - HOUR)
    assert len(mailoutbox) == 1


@shared("answered", [True, False])
def test_a_conversation_that_moves_is_told_of_once(
    asked, go_on, clock, ana_place, mailoutbox, tmp_path, answered
):
    """Who said "go ahead" is asked again on their page, and gets no second mail for it."""
    clock.go_to(asked.opens_at - 3 * DAY - HOUR)
    go_on(asked.opens_at - 2 * DAY)
    if answered:
        said = factories.said(Answer.GO_AHEAD)
        actions.give_before(by=ana_place, window_id=asked.pk, said=said)
    was = asked.opens_at
    with zones.other(folder=tmp_path / "2099a", version="2099a", Berlin="CEST-2"):
        go_on(was - 3 * HOUR)
        asked.refresh_from_db()
        assert asked.opens_at == was - HOUR
        situation = load_situation(ana_place.pair, clock.at)
        assert len(queries.due_for(ana_place, situation, clock.at)) == 1
    assert len(mailoutbox) == 1
