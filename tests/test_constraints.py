"""What the database itself refuses, whoever writes: an action, a shell, or a fault."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from boundaries import actions, guards
from boundaries.models import (
    Agreement,
    Consent,
    Farewell,
    LetBe,
    Pause,
    PersonalLimits,
    Proposal,
    TimeApart,
)
from boundaries.models import RecordEntry as Entry
from boundaries.rules.checkins import Answer
from boundaries.rules.phrases import Phrase
from boundaries.rules.windows import State
from checkins import actions as checkins
from checkins.models import CheckIn
from conversations.actions import say
from conversations.models import Envelope, Letter, Notice
from tests import factories, raw

pytestmark = pytest.mark.django_db

SOON = timedelta(seconds=1)

CONSTRAINTS = sorted(
    constraint.name
    for app in ("boundaries", "conversations", "checkins")
    for model in apps.get_app_config(app).get_models()
    for constraint in model._meta.constraints
)


@pytest.fixture
def rows(ana_place, ben_place, clock):
    """One row of each kind, from a pair in which much has happened."""
    factories.ask_for_notices(by=ana_place, only=["wants_notice_on_opening"])
    factories.allow(by=(ana_place, ben_place))
    actions.pause(by=ana_place)
    actions.lift(by=ana_place)
    proposal = factories.cooling_off(by=ana_place, other=ben_place)
    clock.go_to(proposal.takes_force_at)
    actions.sweep()
    held = factories.letter(by=ana_place)
    coming = factories.next_window(pair=ana_place.pair)
    clock.go_to(coming.opens_at - SOON)
    checkins.give_before(by=ben_place, window_id=coming.pk, said=factories.said(Answer.GO_AHEAD))
    checkins.save_wish(by=ben_place, is_wanted=True, days_ahead=7)
    opened = factories.open_next(pair=ana_place.pair, clock=clock)
    draft = factories.letter(by=ben_place, hold=False)
    said = say(by=ben_place, window_id=opened.pk, key=uuid4(), body="Good evening")
    clock.move(seconds=1)
    apart = time_apart_long_ago(ana_place, said.said_at)
    let_be = LetBe.objects.create(time_apart=apart, person=ana_place.person)
    farewell = Farewell.objects.create(
        pair=ana_place.pair, person=ana_place.person, phrase=Phrase.WELL, left_at=said.said_at
    )
    return {
        "apart": apart,
        "let_be": let_be,
        "farewell": farewell,
        "limits": PersonalLimits.objects.get(membership=ana_place),
        "agreement": Agreement.objects.get(),
        "proposal": Proposal.objects.get(),
        "consent": Consent.objects.get(person=ana_place.person),
        "pause": Pause.objects.get(),
        "open": opened,
        "planned": factories.next_window(pair=ana_place.pair),
        "entry": Entry.objects.order_by("number")[0],
        "released": Letter.objects.get(pk=held.pk),
        "draft": draft,
        "envelope": Envelope.objects.get(),
        "said": said,
        "notice": Notice.objects.get(),
        "wish": ben_place.check_in_wish,
        "before": CheckIn.objects.get(),
        "own check-in": factories.check_in(by=ben_place),
        "reflection": factories.reflection(by=ben_place.person),
    }


def time_apart_long_ago(place, at):
    """One that both chose, and that is over; not in the way of what the pair has agreed since."""
    return TimeApart.objects.create(
        pair=place.pair,
        author=place.person,
        day=(at - timedelta(days=100)).date(),
        ends_at=at - timedelta(days=100),
        suggested_at=at - timedelta(days=200),
        agreed_at=at - timedelta(days=199),
    )


def twice(act):
    act()
    act()


ATTEMPTS = {
    "agreement_one_in_force": [lambda it: raw.copy(it["agreement"], number=2, proposal_id=None)],
    "agreement_numbered": [
        lambda it: raw.copy(it["agreement"], ended_at=later(it["agreement"]), proposal_id=None)
    ],
    "agreement_ends_after_it_began": [
        lambda it: raw.change(it["agreement"], ended_at=it["agreement"].in_force_from - SOON)
    ],
    "proposal_ends_with_its_instant": [
        lambda it: raw.change(it["proposal"], end=None),
        lambda it: raw.change(it["proposal"], ended_at=None),
    ],
    "proposal_in_force_after_cooling_off": [
        lambda it: raw.change(it["proposal"], ended_at=it["proposal"].takes_force_at - SOON),
        lambda it: raw.change(it["proposal"], agreed_at=None, takes_force_at=None),
    ],
    "proposal_one_in_cooling_off": [
        lambda it: twice(lambda: raw.copy(it["proposal"], end=None, ended_at=None))
    ],
    "consent_once": [lambda it: raw.copy(it["consent"])],
    "consent_withdrawn_after_given": [
        lambda it: raw.change(it["consent"], withdrawn_at=it["consent"].given_at - SOON)
    ],
    "pause_one_standing": [lambda it: twice(lambda: raw.copy(it["pause"], lifted_at=None))],
    "pause_lifted_after_it_began": [
        lambda it: raw.change(it["pause"], lifted_at=it["pause"].began_at - SOON)
    ],
    "window_in_a_state": [lambda it: raw.change(it["planned"], state="lost")],
    "proposal_cools_off": [
        lambda it: raw.change(
            it["proposal"],
            takes_force_at=it["proposal"].agreed_at + timedelta(hours=72) - SOON,
        ),
        lambda it: raw.change(it["proposal"], agreed_at=it["proposal"].agreed_at + SOON),
        lambda it: raw.change(it["proposal"], agreed_at=it["proposal"].made_at - SOON),
        lambda it: raw.change(it["proposal"], agreed_at=None),
    ],
    "proposal_ended_in_a_way": [lambda it: raw.change(it["proposal"], end="lost")],
    "pause_with_a_known_phrase": [lambda it: raw.change(it["pause"], phrase="lost")],
    "time_apart_one_standing": [lambda it: raw.copy(it["apart"])],
    "time_apart_agreed_after_suggested": [
        lambda it: raw.change(it["apart"], agreed_at=it["apart"].suggested_at - SOON)
    ],
    "time_apart_ends_after_agreed": [
        lambda it: raw.change(it["apart"], ends_at=it["apart"].agreed_at),
        lambda it: raw.change(it["apart"], agreed_at=None, ends_at=it["apart"].suggested_at),
    ],
    "time_apart_taken_back_or_agreed": [
        lambda it: raw.change(it["apart"], taken_back_at=it["apart"].ends_at),
        lambda it: raw.change(
            it["apart"], agreed_at=None, taken_back_at=it["apart"].suggested_at - SOON
        ),
    ],
    "time_apart_ends_with_its_instant": [
        lambda it: raw.change(it["apart"], end="over"),
        lambda it: raw.change(it["apart"], ended_at=it["apart"].ends_at),
    ],
    "time_apart_ended_in_a_way": [
        lambda it: raw.change(it["apart"], end="lost", ended_at=it["apart"].ends_at),
        lambda it: raw.change(it["apart"], end="declined", ended_at=it["apart"].ends_at),
        lambda it: raw.change(
            it["apart"], end="over", ended_at=it["apart"].ends_at, agreed_at=None
        ),
    ],
    "time_apart_with_known_phrases": [
        lambda it: raw.change(it["apart"], phrase_of_author="lost"),
        lambda it: raw.change(it["apart"], phrase_of_other="thanks"),
    ],
    "let_be_once": [lambda it: raw.copy(it["let_be"])],
    "farewell_with_a_known_phrase": [
        lambda it: raw.change(it["farewell"], phrase="lost"),
        lambda it: raw.change(it["farewell"], phrase=""),
    ],
    "envelope_in_a_state": [lambda it: raw.change(it["envelope"], state="lost")],
    "window_once_at_an_instant": [lambda it: raw.copy(it["planned"])],
    "window_one_open": [
        lambda it: raw.copy(it["open"], opens_at=it["open"].opens_at - SOON, opened_at=soon(it))
    ],
    "window_closes_after_it_opens": [
        lambda it: raw.change(it["planned"], closes_at=it["planned"].opens_at),
        lambda it: raw.change(it["planned"], closes_at=it["planned"].opens_at - SOON),
    ],
    "window_opened_while_it_may": [
        lambda it: raw.change(it["open"], opened_at=it["open"].opens_at - SOON),
        lambda it: raw.change(it["open"], opened_at=it["open"].closes_at),
        lambda it: raw.change(it["open"], opened_at=None),
        lambda it: raw.change(it["open"], state=State.HELD, opened_at=None),
        lambda it: raw.change(it["open"], state=State.CUT_SHORT, opened_at=it["open"].closes_at),
    ],
    "record_numbered": [lambda it: raw.copy(it["entry"])],
    "message_numbered": [lambda it: raw.copy(it["said"], key=uuid4())],
    "message_once_for_a_form": [lambda it: raw.copy(it["said"], number=2)],
    "letter_once_for_a_form": [lambda it: raw.copy(it["draft"])],
    "letter_only_after_reading_if_asked": [
        lambda it: raw.change(it["draft"], only_after_reading=True),
    ],
    "letter_state_with_its_instants": [
        lambda it: raw.change(it["released"], released_at=None),
        lambda it: raw.change(it["released"], held_at=None),
        lambda it: raw.change(it["released"], state="held"),
        lambda it: raw.change(it["released"], state="draft"),
        lambda it: raw.change(it["draft"], state="held"),
        lambda it: raw.change(it["draft"], state="released"),
        lambda it: raw.change(it["draft"], state="lost"),
    ],
    "wish_some_days_ahead": [
        lambda it: raw.change(it["wish"], days_ahead=0),
        lambda it: raw.change(it["wish"], days_ahead=8),
    ],
    "checkin_once_after_a_window": [
        lambda it: twice(
            lambda: raw.copy(it["own check-in"], key=uuid4(), kind="after", window_id=it["open"].pk)
        )
    ],
    "checkin_once_for_a_form": [lambda it: raw.copy(it["own check-in"])],
    "checkin_with_its_window": [
        lambda it: raw.change(it["own check-in"], kind="after"),
        lambda it: raw.change(it["own check-in"], window_id=it["open"].pk),
        lambda it: raw.change(it["own check-in"], kind="lost"),
    ],
    "checkin_says_how_it_was_afterwards": [
        lambda it: raw.change(it["before"], safe=b"3"),
        lambda it: raw.change(it["before"], body=b"words"),
    ],
    "reflection_once_for_a_form": [lambda it: raw.copy(it["reflection"])],
    "reflection_on_a_question": [lambda it: raw.change(it["reflection"], question="lost")],
    "notice_once": [lambda it: raw.copy(it["notice"])],
    "notice_once_without_a_window": [
        lambda it: twice(lambda: raw.copy(it["notice"], window_id=None))
    ],
    "notice_ended_in_a_way": [lambda it: raw.change(it["notice"], end="lost")],
    "notice_ends_with_its_instant": [
        lambda it: raw.change(it["notice"], end="", ended_at=later(it["agreement"])),
        lambda it: raw.change(it["notice"], end="sent", ended_at=None),
    ],
}
"""For each constraint, by its name, what it refuses."""


def later(agreement):
    return agreement.in_force_from + SOON


def soon(rows):
    return rows["open"].opens_at + SOON


@pytest.fixture
def unguarded(rows):
    """Without the triggers, which would refuse some of it first: see `test_guards`."""
    with guards.down(connection, *(each.name for each in guards.ALL)):
        yield rows


def test_the_database_refuses(unguarded, subtests):
    for name, attempts in ATTEMPTS.items():
        for number, attempt in enumerate(attempts):
            with subtests.test(name, number=number):
                with pytest.raises(IntegrityError) as refusal, transaction.atomic():
                    attempt(unguarded)
                if connection.vendor == "postgresql":
                    assert f'"{name}"' in str(refusal.value)


def test_each_constraint_is_tried_and_no_other():
    assert sorted(name for name, attempts in ATTEMPTS.items() if attempts) == CONSTRAINTS


def test_the_database_refuses_a_second_one_for_the_same(unguarded, subtests):
    """One set of limits for a place, one agreement for a proposal, one envelope for a letter, and
    one farewell for a pair.
    """
    another = {"number": 2, "ended_at": later(unguarded["agreement"])}
    for kind, others in {
        "limits": {},
        "agreement": another,
        "envelope": {},
        "farewell": {},
    }.items():
        with subtests.test(kind), pytest.raises(IntegrityError), transaction.atomic():
            raw.copy(unguarded[kind], **others)


def test_a_copy_with_nothing_wrong_is_let_in(rows):
    """Or the refusals above could be about something else."""
    raw.copy(rows["draft"], key=uuid4())
    raw.copy(rows["planned"], state=State.CANCELLED)
    raw.change(rows["agreement"], ended_at=later(rows["agreement"]))
    raw.copy(rows["agreement"], number=2, ended_at=later(rows["agreement"]), proposal_id=None)
    assert Letter.objects.filter(state="draft").count() == 2
