"""R1, R6, R8, R9: less is alone and at once; limits cut; the passing of time only lessens."""

from datetime import time, timedelta
from itertools import islice

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries import actions, guards
from boundaries.actions.record import Act
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, PersonalLimits, Window
from boundaries.queries import agreement_in_force, load_situation
from boundaries.rules.canonical import terms_digest
from boundaries.rules.limits import HOURS_OF_THE_WEEK, NOTHING_YET, within
from boundaries.rules.proposals import Standing
from boundaries.rules.reasons import Reason
from boundaries.rules.rhythm import Weekly
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import State, occurrences
from conversations import actions as conversations
from tests import beginnings, factories, raw, seen
from tests.beginnings import beginning
from tests.boundaries.strategies import all_limits
from tests.cases import shared

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)
WEEKLY = {"rhythm": Weekly(1, 0, frozenset({5}))}
NOT_AT_SIX = HOURS_OF_THE_WEEK - {5 * 24 + 18}


BEGINNINGS = {"agreement": beginnings.agree_to_all, "both": beginnings.allow}

agreement, both = map(beginning, BEGINNINGS)


@pytest.fixture
def weekly(both, clock):
    return factories.agree(by=both[0], other=both[1], clock=clock, **WEEKLY)


def planned(pair):
    windows = Window.objects.filter(pair=pair, state=State.PLANNED).order_by("opens_at")
    return [(window.opens_at, window.closes_at) for window in windows]


# --- R1: less is alone and at once ------------------------------------------------------------


def test_r1_less_takes_force_at_once_and_is_recorded(agreement, ben_place, pair, clock):
    clock.move(hours=1)
    actions.take_less(by=ben_place, terms=factories.terms(minutes=30))
    now = agreement_in_force(pair)
    assert now.terms == factories.terms(minutes=30)
    assert (now.number, now.in_force_from, now.proposal) == (2, clock.at, None)
    assert now.digest == terms_digest(now.terms)
    agreement.refresh_from_db()
    assert agreement.ended_at == clock.at
    assert seen.last_entry(in_=pair) == (Act.LESSENED, ben_place.person_id, now.pk)


def test_r1_less_keeps_the_conversations_that_were_planned_shorter(agreement, ben_place, pair):
    before = planned(pair)
    actions.take_less(by=ben_place, terms=factories.terms(minutes=30))
    assert planned(pair) == [(opens, opens + timedelta(minutes=30)) for opens, _ in before]


def test_r1_less_adds_no_conversation_and_never_moves_the_review_away(weekly, ana_place, pair):
    before, review_at = planned(pair), weekly.review_at
    actions.take_less(by=ana_place, terms=factories.terms())
    now = agreement_in_force(pair)
    assert planned(pair) == [each for each in before if each[0].day <= 7]
    assert planned(pair)
    assert now.review_at == planned(pair)[-1][1] <= review_at


def test_r1_less_to_nothing_ends_all_contact(agreement, ana_place, pair, clock):
    actions.take_less(by=ana_place, terms=NO_CONTACT)
    assert agreement_in_force(pair) is None
    assert planned(pair) == []
    assert seen.acts(in_=pair)[-2:] == [Act.ENDED, Act.LESSENED]
    assert seen.last_entry(in_=pair) == (Act.LESSENED, ana_place.person_id, None)


def test_r1_taking_less_twice_is_taking_it_once(agreement, ana_place, pair):
    for terms in (factories.terms(minutes=30), NO_CONTACT):
        actions.take_less(by=ana_place, terms=terms)
        once = seen.everything(in_=pair)
        actions.take_less(by=ana_place, terms=terms)
        assert seen.everything(in_=pair) == once


@shared(
    "more",
    [{"minutes": 46}, {"at": time(17, 0)}, {"zone": "Europe/Paris"}, {"minutes": 30} | WEEKLY],
)
def test_r1_what_is_not_less_in_every_respect_needs_both(agreement, ana_place, pair, more):
    before = seen.everything(in_=pair)
    with pytest.raises(RefusedError) as refusal:
        actions.take_less(by=ana_place, terms=factories.terms(**more))
    assert refusal.value.reasons == (Reason.NOT_LESS,)
    assert seen.everything(in_=pair) == before


def test_r1_without_an_agreement_everything_is_more(both, ana_place):
    with pytest.raises(RefusedError):
        actions.take_less(by=ana_place, terms=factories.terms(minutes=1))


# --- R8: limits cut at once -------------------------------------------------------------------


def test_r8_lowering_a_limit_cuts_what_is_in_force_in_the_same_transaction(
    agreement, ben_place, pair, clock
):
    actions.set_limits(by=ben_place, limits=factories.limits(minutes=20, letters=1))
    assert agreement_in_force(pair).terms == factories.terms(minutes=20, letters=1)
    assert all(closes - opens == timedelta(minutes=20) for opens, closes in planned(pair))
    assert seen.acts(in_=pair)[-3:] == [Act.LIMITS_SET, Act.ENDED, Act.LESSENED]


def test_r8_a_greater_distance_leaves_some_of_the_planned_conversations(weekly, ben_place, pair):
    before = planned(pair)
    actions.set_limits(by=ben_place, limits=factories.limits(days_between=14))
    assert agreement_in_force(pair).terms.rhythm == Weekly(2, 0, frozenset({5}))
    assert planned(pair) in (before[::2], before[1::2])


def test_r8_hours_that_are_taken_away_skip_the_conversations_in_them(
    weekly, ben_place, pair, clock
):
    hours = {"hours": NOT_AT_SIX, "zone": "Europe/Berlin"}
    actions.set_limits(by=ben_place, limits=factories.limits(**hours))
    for opens_at, _ in planned(pair):
        clock.go_to(opens_at)
        actions.sweep()
        conversations.sweep()
    assert set(Window.objects.values_list("state", flat=True)) == {State.SKIPPED}


def test_r8_hours_that_are_taken_away_make_no_date_vanish_from_the_pages_of_the_other(
    weekly, ana_place, ben_place, pair
):
    before = seen.pages(of=ana_place)
    hours = {"hours": NOT_AT_SIX, "zone": "Europe/Berlin"}
    actions.set_limits(by=ben_place, limits=factories.limits(**hours))
    assert seen.pages(of=ana_place) == before


@shared("nothing", [{"days_between": None}, {"minutes": 0}])
def test_r8_a_limit_lowered_to_nothing_ends_all_contact(agreement, ben_place, pair, nothing):
    actions.set_limits(by=ben_place, limits=factories.limits(**nothing))
    assert agreement_in_force(pair) is None
    assert planned(pair) == []
    assert seen.acts(in_=pair)[-3:] == [Act.LIMITS_SET, Act.ENDED, Act.LESSENED]


def test_r8_an_open_conversation_is_shortened_to_what_is_left(agreement, ben_place, pair, clock):
    window = factories.open_next(pair=pair, clock=clock)
    clock.move(minutes=10)
    actions.set_limits(by=ben_place, limits=factories.limits(minutes=20))
    window.refresh_from_db()
    assert window.state == State.OPEN
    assert window.closes_at == window.opens_at + timedelta(minutes=20)


@shared(
    "lower",
    [
        {"minutes": 10},
        {"hours": NOT_AT_SIX, "zone": "Europe/Berlin"},
        {"days_between": None},
        {"letters": 0, "live": False},
    ],
)
def test_r8_an_open_conversation_closes_at_once_where_nothing_is_left_of_it(
    agreement, ben_place, pair, clock, lower
):
    window = factories.open_next(pair=pair, clock=clock)
    clock.move(minutes=10)
    actions.set_limits(by=ben_place, limits=factories.limits(**lower))
    window.refresh_from_db()
    assert (window.state, window.ended_at) == (State.CUT_SHORT, clock.at)
    assert Act.WINDOW_CLOSED in seen.acts(in_=pair)


@shared("minutes", [30, 10])
def test_r1_an_open_conversation_goes_on_only_as_long_as_the_lesser_terms_allow(
    agreement, ben_place, pair, clock, minutes
):
    window = factories.open_next(pair=pair, clock=clock)
    clock.move(minutes=10)
    actions.take_less(by=ben_place, terms=factories.terms(minutes=minutes))
    window.refresh_from_db()
    assert window.state == (State.OPEN if minutes == 30 else State.CUT_SHORT)


def test_r8_before_both_set_limits_nothing_can_be_shown_or_agreed(ana_place, ben_place, clock):
    factories.allow(by=(ana_place,))
    proposal = factories.propose(by=ana_place)
    assert seen.standings(by=ben_place) == []
    with pytest.raises(RefusedError):
        factories.consent(by=ben_place, to=proposal)
    situation = load_situation(ana_place.pair, clock.at)
    assert situation.limits[ben_place.person_id] == NOTHING_YET


def test_r8_limits_are_for_one_pair_and_one_person(both, elsewhere, outsider):
    rows = PersonalLimits.objects.all()
    assert {row.membership for row in rows} == set(both)
    factories.allow(by=(elsewhere,), minutes=1)
    assert PersonalLimits.objects.get(membership=elsewhere).value.minutes == 1
    assert {PersonalLimits.objects.get(membership=each).value.minutes for each in both} == {120}


def test_r8_setting_the_same_limits_twice_is_setting_them_once(agreement, ben_place, pair):
    for _ in range(2):
        actions.set_limits(by=ben_place, limits=factories.limits(minutes=20))
    once = seen.everything(in_=pair)
    actions.set_limits(by=ben_place, limits=factories.limits(minutes=20))
    assert seen.everything(in_=pair) == once


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(all_limits(), st.integers(0, 9).map(lambda n: timedelta(days=n)))
def test_r8_what_is_in_force_is_within_both_limits_whatever_is_set(
    weekly, ben_place, pair, clock, limits, later
):
    clock.go_to(weekly.in_force_from + later)
    before = planned(pair)
    with factories.undone():
        actions.set_limits(by=ben_place, limits=limits)
        situation = load_situation(pair, clock.at)
        assert all(within(situation.in_force, each) for each in situation.limits.values())
        assert situation.in_force <= weekly.terms
        assert {opens for opens, _ in planned(pair)} <= {opens for opens, _ in before}
        if situation.agreement:
            assert agreement_in_force(pair).review_at <= weekly.review_at


# --- R9: raising a limit changes nothing and shows nothing ------------------------------------


def test_r9_raising_a_limit_changes_nothing_and_shows_nothing(
    agreement, ana_place, ben_place, pair
):
    actions.set_limits(by=ben_place, limits=factories.limits(minutes=30))
    theirs, windows, in_force = seen.pages(of=ana_place), planned(pair), agreement_in_force(pair)
    actions.set_limits(by=ben_place, limits=factories.limits(minutes=240, days_between=1))
    assert seen.pages(of=ana_place) == theirs
    assert planned(pair) == windows
    assert agreement_in_force(pair) == in_force
    assert seen.last_entry(in_=pair) == (Act.LIMITS_SET, ben_place.person_id, None)


@shared("late", [timedelta(seconds=1), timedelta(minutes=44)])
def test_r9_raising_a_limit_does_not_cancel_a_conversation_that_a_late_sweep_has_yet_to_open(
    agreement, ben_place, pair, clock, late
):
    window = factories.next_window(pair=pair)
    before = planned(pair)
    clock.go_to(window.opens_at + late)
    actions.set_limits(by=ben_place, limits=factories.limits(minutes=240))
    assert planned(pair) == before


def test_r9_hours_that_are_given_back_bring_no_conversation_back(weekly, ben_place, pair, clock):
    hours = {"hours": NOT_AT_SIX, "zone": "Europe/Berlin"}
    actions.set_limits(by=ben_place, limits=factories.limits(**hours))
    actions.set_limits(by=ben_place, limits=factories.limits())
    clock.go_to(planned(pair)[0][0])
    conversations.sweep()
    assert not Window.objects.filter(pair=pair, state=State.OPEN).exists()


# --- R6: the passing of time never adds contact -----------------------------------------------


def test_r6_an_agreement_holds_for_six_conversations_and_then_lapses(
    agreement, ana_place, pair, clock
):
    assert len(planned(pair)) == 6
    assert agreement.review_at == planned(pair)[-1][1]
    for _ in range(6):
        assert agreement_in_force(pair) == agreement
        factories.hold(pair=pair, clock=clock)
    assert agreement_in_force(pair) is None, "the same sweep that closed the last lets it lapse"
    assert seen.acts(in_=pair)[-3:] == [Act.WINDOW_CLOSED, Act.ENDED, Act.LAPSED]
    clock.move(days=1000)
    actions.sweep()
    assert planned(pair) == []
    assert seen.pages(of=ana_place)["agreement"] is None


@shared("missed", [0, 2, 6])
def test_r2_r7_a_late_worker_plans_no_date_that_was_not_shown(both, pair, clock, missed):
    """The six after the cooling-off were shown; what is over of them falls away."""
    proposal = factories.cooling_off(by=both[0], other=both[1], **WEEKLY)
    shown = islice(occurrences(factories.terms(**WEEKLY), after=proposal.takes_force_at), 6)
    shown = [(span.opens_at, span.closes_at) for span in shown]
    clock.go_to(shown[missed - 1][1] if missed else proposal.takes_force_at)
    actions.sweep()
    assert planned(pair) == shown[missed:]
    if missed == len(shown):
        actions.sweep()
        assert agreement_in_force(pair) is None


def test_r1_what_is_agreed_can_be_ended_though_its_terms_cannot_be_read(
    agreement, ben_place, ben_client, pair
):
    with guards.down(connection, "agreement_stays"):
        raw.change(agreement, terms='{"rhythm": "of another time"}')
    answer = ben_client.post(reverse("boundaries:end", args=[pair.pk]))
    assert answer.status_code == 302
    assert not Agreement.objects.filter(pair=pair, ended_at=None).exists()
    assert planned(pair) == []
    assert seen.acts(in_=pair)[-1] == Act.LESSENED


def test_r6_an_agreement_does_not_lapse_a_microsecond_before_its_review(agreement, pair, clock):
    clock.go_to(agreement.review_at - MOMENT)
    Window.objects.update(state=State.CANCELLED)
    actions.sweep()
    assert agreement_in_force(pair) == agreement
    clock.move(microseconds=1)
    actions.sweep()
    assert agreement_in_force(pair) is None


def test_r6_r20_before_it_lapses_what_was_missed_is_told(agreement, pair, clock):
    """After half a year without a worker: six conversations did not take place."""
    clock.go_to(agreement.review_at + timedelta(days=30))
    actions.sweep()
    assert agreement_in_force(pair) == agreement
    conversations.sweep()
    actions.sweep()
    assert agreement_in_force(pair) is None
    assert set(Window.objects.values_list("state", flat=True)) == {State.MISSED}


def test_r6_after_a_lapse_the_same_can_be_agreed_again_by_both(
    agreement, ana_place, ben_place, pair, clock
):
    for _ in range(6):
        factories.hold(pair=pair, clock=clock)
    again = factories.agree(by=ben_place, other=ana_place, clock=clock)
    assert again.terms == agreement.terms
    assert seen.standings(by=ana_place)[0] == Standing.IN_FORCE
