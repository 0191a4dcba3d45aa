"""R2 to R5, R10, R11, R14: proposing, consenting, cooling off, and all that ends a proposal."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from boundaries import actions, guards
from boundaries.actions.proposals import take_force
from boundaries.actions.record import Act
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, Consent, Proposal, Window
from boundaries.queries import agreement_in_force, get_proposal_for, load_situation
from boundaries.rules.canonical import terms_digest
from boundaries.rules.proposals import End, Standing
from boundaries.rules.reasons import Reason
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import State
from tests import beginnings, factories, seen
from tests.beginnings import Begun, beginning
from tests.cases import shared

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)
LESS = {"minutes": 30}
MORE = {"minutes": 60}


@pytest.fixture(autouse=True)
def _time_stands_still(clock):
    """Every test here moves it."""


def propose(begun: Begun) -> None:
    """Ana's, open."""
    beginnings.allow(begun)
    begun.proposal = factories.propose(by=begun.ana_place)


def cool_off(begun: Begun) -> None:
    """Ana's, both said yes."""
    beginnings.allow(begun)
    begun.cooling = factories.cooling_off(by=begun.ana_place, other=begun.ben_place)


BEGINNINGS = {
    "agreement": beginnings.agree_to_all,
    "cooling": cool_off,
    "proposal": propose,
    "both": beginnings.allow,
}

agreement, cooling, proposal, both = map(beginning, BEGINNINGS)


def refused(act):
    with pytest.raises(RefusedError) as refusal:
        act()
    return refusal.value.reasons


# --- R2: both, to exact terms, and then a cooling-off -----------------------------------------


def test_r2_proposing_is_the_first_consent_and_is_recorded(proposal, ana_place, pair):
    (consent,) = proposal.consents.all()
    assert consent.person_id == ana_place.person_id
    assert consent.digest == proposal.digest == terms_digest(proposal.terms)
    assert seen.last_entry(in_=pair) == (Act.PROPOSED, ana_place.person_id, proposal.pk)
    assert agreement_in_force(pair) is None


def test_r2_the_second_consent_begins_a_cooling_off_of_72_hours(proposal, ben_place, clock, pair):
    agreed = factories.consent(by=ben_place, to=proposal)
    assert agreed.takes_force_at == clock.at + timedelta(hours=72)
    assert seen.last_entry(in_=pair) == (Act.CONSENTED, ben_place.person_id, proposal.pk)
    assert agreement_in_force(pair) is None


@shared("longer", ["ana_place", "ben_place"])
def test_r2_whose_cooling_off_is_longer_it_is_the_one_that_counts(
    both, ana_place, ben_place, clock, request, longer
):
    factories.allow(by=(request.getfixturevalue(longer),), cooling_off=timedelta(hours=336))
    agreed = factories.cooling_off(by=ana_place, other=ben_place)
    assert agreed.takes_force_at == clock.at + timedelta(hours=336)


def test_r2_nothing_takes_force_a_microsecond_earlier(cooling, clock, pair):
    clock.go_to(cooling.takes_force_at - MOMENT)
    actions.sweep()
    assert agreement_in_force(pair) is None
    assert not Window.objects.filter(pair=pair).exists()
    clock.move(microseconds=1)
    actions.sweep()
    agreement = agreement_in_force(pair)
    assert agreement is not None
    assert agreement.terms == cooling.terms
    assert agreement.digest == cooling.digest
    assert agreement.in_force_from == cooling.takes_force_at
    assert seen.last_entry(in_=pair) == (Act.IN_FORCE, None, agreement.pk)


def test_r2_a_worker_that_comes_too_early_changes_nothing(cooling, clock, pair):
    clock.go_to(cooling.takes_force_at - MOMENT)
    before = seen.everything(in_=pair)
    take_force(pair.pk)
    assert seen.everything(in_=pair) == before


def test_r2_r7_a_late_sweep_puts_it_in_force_late_and_only_with_conversations_to_come(
    cooling, clock, pair
):
    clock.go_to(cooling.takes_force_at + timedelta(days=4))
    actions.sweep()
    agreement = agreement_in_force(pair)
    assert agreement is not None
    assert agreement.in_force_from == clock.at
    assert all(window.opens_at > clock.at for window in Window.objects.filter(pair=pair))
    assert factories.next_window(pair=pair).opens_at.month == 12


def test_r2_consent_is_only_to_the_exact_terms_that_were_read(proposal, ben_place, pair):
    other = terms_digest(factories.terms(**MORE))
    before = seen.everything(in_=pair)
    reasons = refused(
        lambda: actions.consent(
            by=ben_place, proposal_id=proposal.pk, digest=other, proof=factories.proof(of=ben_place)
        )
    )
    assert reasons == (Reason.CHANGED_MEANWHILE,)
    assert seen.everything(in_=pair) == before


def test_r2_terms_that_were_changed_behind_the_back_of_a_consent_never_take_force(
    cooling, clock, pair
):
    with guards.down(connection, "proposal_stays"):
        Proposal.objects.filter(pk=cooling.pk).update(terms=factories.terms(**MORE))
    clock.go_to(cooling.takes_force_at)
    actions.sweep()
    cooling.refresh_from_db()
    assert cooling.end == End.VOID
    assert agreement_in_force(pair) is None


@shared("withdrawn", ["ana", "ben"])
def test_r2_without_either_consent_nothing_takes_force(cooling, clock, pair, request, withdrawn):
    """Even where the row of the proposal still says that it cools off."""
    person = request.getfixturevalue(withdrawn)
    Consent.objects.filter(proposal=cooling, person=person).update(withdrawn_at=clock.at)
    clock.go_to(cooling.takes_force_at)
    actions.sweep()
    assert agreement_in_force(pair) is None


def test_r2_each_proves_again_who_they_are(proposal, ana_place, ben_place, both):
    with pytest.raises(PermissionDenied):
        actions.propose(
            by=ana_place, terms=factories.terms(**MORE), proof=factories.proof(of=ben_place)
        )
    with pytest.raises(PermissionDenied):
        actions.consent(
            by=ben_place,
            proposal_id=proposal.pk,
            digest=proposal.digest,
            proof=factories.proof(of=ana_place),
        )
    assert Proposal.objects.count() == 1
    assert Consent.objects.count() == 1


def test_r2_nobody_gives_both_consents(proposal, ana_place, pair):
    before = seen.everything(in_=pair)
    assert factories.consent(by=ana_place, to=proposal) == proposal
    assert seen.everything(in_=pair) == before


def test_r2_consenting_or_proposing_twice_is_doing_it_once(proposal, ana_place, ben_place, pair):
    once = seen.everything(in_=pair)
    assert factories.propose(by=ana_place) == proposal
    assert seen.everything(in_=pair) == once
    agreed = factories.consent(by=ben_place, to=proposal)
    once = seen.everything(in_=pair)
    assert factories.consent(by=ben_place, to=proposal).takes_force_at == agreed.takes_force_at
    assert seen.everything(in_=pair) == once


def test_r2_what_is_less_is_not_put_to_the_other(agreement, ana_place):
    assert refused(lambda: factories.propose(by=ana_place, **LESS)) == (Reason.NOT_MORE,)


def test_r2_a_proposal_is_within_its_authors_own_limits(both, ana_place):
    factories.allow(by=(ana_place,), minutes=30)
    assert refused(lambda: factories.propose(by=ana_place)) == (Reason.BEYOND_OWN_LIMITS,)
    factories.allow(by=(ana_place,), hours=frozenset())
    assert refused(lambda: factories.propose(by=ana_place)) == (Reason.OUTSIDE_OWN_HOURS,)


def test_r2_a_proposal_of_another_pair_is_as_if_it_did_not_exist(proposal, elsewhere):
    for pk in (proposal.pk, uuid4()):
        with pytest.raises(Proposal.DoesNotExist):
            actions.consent(
                by=elsewhere,
                proposal_id=pk,
                digest=proposal.digest,
                proof=factories.proof(of=elsewhere),
            )
        with pytest.raises(Proposal.DoesNotExist):
            actions.withdraw_proposal(by=elsewhere, proposal_id=pk)
        with pytest.raises(Proposal.DoesNotExist):
            actions.decline(by=elsewhere, proposal_id=pk)
        situation = load_situation(elsewhere.pair, proposal.made_at)
        with pytest.raises(Http404):
            get_proposal_for(elsewhere, pk, situation, proposal.made_at)


# --- R3: consent is to a change from what was in force ----------------------------------------


def take_less(place):
    actions.take_less(by=place, terms=factories.terms(**LESS))


def take_nothing(place):
    actions.take_less(by=place, terms=NO_CONTACT)


def lower_limits(place):
    factories.allow(by=(place,), minutes=30)


def pause(place):
    actions.pause(by=place)


LESSENING = [take_less, take_nothing, lower_limits, pause]


@shared("lessen", LESSENING)
@shared("by", ["ana_place", "ben_place"])
def test_r3_whoever_takes_less_voids_what_is_cooling_off(
    agreement, ana_place, ben_place, pair, clock, lessen, by, request
):
    factories.hold(pair=pair, clock=clock)
    proposal = factories.cooling_off(by=ana_place, other=ben_place, **MORE)
    lessen(request.getfixturevalue(by))
    proposal.refresh_from_db()
    assert proposal.end == End.VOID
    assert Act.PROPOSAL_VOID in seen.acts(in_=pair)
    clock.go_to(proposal.takes_force_at)
    actions.sweep()
    in_force = agreement_in_force(pair)
    assert in_force is None or in_force.terms <= factories.terms(**LESS)


@shared("lessen", LESSENING)
def test_r3_whoever_takes_less_voids_what_is_open(
    agreement, ana_place, ben_place, pair, clock, lessen
):
    factories.hold(pair=pair, clock=clock)
    proposal = factories.propose(by=ana_place, **MORE)
    lessen(ana_place)
    reasons = refused(lambda: factories.consent(by=ben_place, to=proposal))
    assert {Reason.NOT_STANDING, Reason.CHANGED_MEANWHILE} <= set(reasons)


def test_r3_a_lapse_voids_what_is_open(agreement, ana_place, ben_place, pair, clock):
    factories.hold(pair=pair, clock=clock)
    Window.objects.filter(pair=pair, state=State.PLANNED).update(state=State.CANCELLED)
    proposal = factories.propose(by=ana_place, **MORE)
    Agreement.objects.filter(pk=agreement.pk).update(review_at=clock.at)
    actions.sweep()
    assert agreement_in_force(pair) is None
    assert Reason.NOT_STANDING in refused(lambda: factories.consent(by=ben_place, to=proposal))


def test_r3_of_two_open_proposals_the_second_is_over_once_the_first_took_force(
    both, ana_place, ben_place, pair, clock
):
    hers = factories.propose(by=ana_place)
    clock.move(seconds=1)
    his = factories.propose(by=ben_place, **MORE)
    clock.go_to(factories.consent(by=ben_place, to=hers).takes_force_at)
    actions.sweep()
    reasons = refused(lambda: factories.consent(by=ana_place, to=his))
    assert Reason.CHANGED_MEANWHILE in reasons
    assert seen.standings(by=ana_place) == [Standing.IN_FORCE]
    assert seen.standings(by=ben_place) == [Standing.NOT_IN_FORCE, Standing.IN_FORCE]


def test_r10_whether_the_other_declined_before_another_took_force_is_not_told(
    both, ana_place, ben_place, pair, clock
):
    hers = factories.propose(by=ana_place)
    clock.move(seconds=1)
    his = factories.propose(by=ben_place, **MORE)
    actions.decline(by=ana_place, proposal_id=his.pk)
    clock.go_to(factories.consent(by=ben_place, to=hers).takes_force_at)
    actions.sweep()
    assert seen.standings(by=ben_place) == [Standing.NOT_IN_FORCE, Standing.IN_FORCE]


def test_r3_the_same_as_before_is_not_from_the_same(both, ana_place, ben_place, pair, clock):
    """An agreement came and went in between, so what was asked before it is void."""
    his = factories.propose(by=ben_place, **MORE)
    hers = factories.propose(by=ana_place)
    clock.go_to(factories.consent(by=ben_place, to=hers).takes_force_at)
    actions.sweep()
    take_nothing(ana_place)
    assert Reason.NOT_STANDING in refused(lambda: factories.consent(by=ana_place, to=his))


# --- R4: withdrawing in silence ---------------------------------------------------------------

SILENT_ENDS = {
    "the author withdraws": lambda ana, ben, pk: actions.withdraw_proposal(by=ana, proposal_id=pk),
    "the other withdraws": lambda ana, ben, pk: actions.withdraw_proposal(by=ben, proposal_id=pk),
    "the author pauses": lambda ana, ben, pk: actions.pause(by=ana),
    "the other pauses": lambda ana, ben, pk: actions.pause(by=ben),
    "the author lowers limits": lambda ana, ben, pk: factories.allow(by=(ana,), minutes=10),
    "the other lowers limits": lambda ana, ben, pk: factories.allow(by=(ben,), minutes=10),
}


def watcher(how, ana_place, ben_place):
    return ben_place if "author" in how else ana_place


@shared("how", SILENT_ENDS)
def test_r4_until_it_would_take_force_the_other_sees_it_stand_and_then_that_it_did_not(
    cooling, ana_place, ben_place, clock, pair, how
):
    other = watcher(how, ana_place, ben_place)
    clock.move(hours=24)
    before = seen.pages(of=other)
    SILENT_ENDS[how](ana_place, ben_place, cooling.pk)
    actions.sweep()
    assert seen.pages(of=other) == before
    clock.go_to(cooling.takes_force_at - MOMENT)
    actions.sweep()
    assert seen.standings(by=other) == [Standing.COOLING_OFF]
    clock.move(microseconds=1)
    actions.sweep()
    assert seen.standings(by=other) == [Standing.NOT_IN_FORCE]
    assert agreement_in_force(pair) is None


FORBIDDEN_SINCE = {
    "the author's cooling-off": lambda ana, ben, _: lengthen_cooling_off(ana),
    "the other's cooling-off": lambda ana, ben, _: lengthen_cooling_off(ben),
}


def lengthen_cooling_off(place):
    factories.allow(by=(place,), cooling_off=timedelta(days=14))


@shared("how", SILENT_ENDS | FORBIDDEN_SINCE)
def test_r4_r10_when_it_would_take_force_no_late_worker_shows_why_it_did_not(
    cooling, ana_place, ben_place, clock, how
):
    """Whatever the cause, the page says so from that instant on, and by a sweep nothing changes."""
    other = watcher(how, ana_place, ben_place)
    (SILENT_ENDS | FORBIDDEN_SINCE)[how](ana_place, ben_place, cooling.pk)
    clock.go_to(cooling.takes_force_at - MOMENT)
    assert seen.standings(by=other) == [Standing.COOLING_OFF]
    clock.go_to(cooling.takes_force_at)
    before = seen.pages(of=other)
    assert seen.standings(by=other) == [Standing.NOT_IN_FORCE]
    actions.sweep()
    assert seen.pages(of=other) == before


SINCE = ["the author lowers limits", "the other's cooling-off"]


@shared("how", SINCE)
def test_r4_taking_back_what_did_not_take_force_changes_nothing(
    cooling, ana_place, ben_place, clock, pair, how
):
    """An old page asks for it, before a worker has come and after."""
    other = watcher(how, ana_place, ben_place)
    (SILENT_ENDS | FORBIDDEN_SINCE)[how](ana_place, ben_place, cooling.pk)
    clock.go_to(cooling.takes_force_at)
    before = seen.everything(in_=pair)
    actions.withdraw_proposal(by=other, proposal_id=cooling.pk)
    assert seen.everything(in_=pair) == before
    actions.sweep()
    actions.withdraw_proposal(by=other, proposal_id=cooling.pk)
    assert seen.standings(by=other) == [Standing.NOT_IN_FORCE]


@shared("how", SINCE)
def test_r4_r7_what_was_said_to_be_over_stays_so_when_limits_are_given_back(
    cooling, ana_place, ben_place, clock, pair, how
):
    """Both have read it when the cause goes, and only then a worker comes."""
    other = watcher(how, ana_place, ben_place)
    (lowered,) = {ana_place, ben_place} - {other}
    (SILENT_ENDS | FORBIDDEN_SINCE)[how](ana_place, ben_place, cooling.pk)
    clock.go_to(cooling.takes_force_at)
    factories.allow(by=(ana_place, ben_place))
    for sweep in (actions.sweep, lambda: None):
        assert seen.standings(by=other) == [Standing.NOT_IN_FORCE]
        assert seen.standings(by=lowered) == [Standing.ENDED_BY_SELF]
        sweep()
    assert agreement_in_force(pair) is None


@shared("how", SINCE)
def test_r2_r9_limits_given_back_before_it_takes_force_say_no_second_yes(
    cooling, ana_place, ben_place, clock, pair, how
):
    """No password was asked for them, so they cannot stand for one that was."""
    other = watcher(how, ana_place, ben_place)
    (SILENT_ENDS | FORBIDDEN_SINCE)[how](ana_place, ben_place, cooling.pk)
    factories.allow(by=(ana_place, ben_place))
    assert seen.standings(by=other) == [Standing.COOLING_OFF]
    clock.go_to(cooling.takes_force_at)
    actions.sweep()
    assert agreement_in_force(pair) is None
    assert seen.standings(by=other) == [Standing.NOT_IN_FORCE]


def test_r9_raising_a_limit_shows_nothing(proposal, ana_place, ben_place):
    """What Ana asks for, forbids by her own limits, and allows again, stays over for Ben."""
    assert seen.standings(by=ben_place) == [Standing.OPEN]
    for minutes in (proposal.terms.minutes - 1, 240):
        factories.allow(by=(ana_place,), minutes=minutes)
        assert seen.standings(by=ben_place) == []
        assert seen.standings(by=ana_place) == [Standing.ENDED_BY_SELF]


@shared("how", SINCE)
def test_r4_asking_anew_is_not_refused_for_what_did_not_take_force(
    cooling, ana_place, ben_place, clock, how
):
    """And it can be agreed to, although no worker has come since."""
    other = watcher(how, ana_place, ben_place)
    (SILENT_ENDS | FORBIDDEN_SINCE)[how](ana_place, ben_place, cooling.pk)
    clock.go_to(cooling.takes_force_at)
    anew = factories.propose(by=other, minutes=5)
    to_whom = {ana_place, ben_place} - {other}
    assert factories.consent(by=to_whom.pop(), to=anew).takes_force_at > clock.at


@shared("end", [pause, lower_limits])
def test_r4_what_is_due_is_nobodys_to_end_but_does_not_take_force(
    cooling, ana_place, ben_place, clock, pair, end
):
    """Ana ends it after its instant and before a worker comes, and thinks again (R14)."""
    clock.go_to(cooling.takes_force_at)
    end(ana_place)
    for think_again in (lambda: actions.lift(by=ana_place), lambda: allow(ana_place)):
        for each in (ana_place, ben_place):
            assert seen.standings(by=each) == [Standing.NOT_IN_FORCE]
        think_again()
        actions.sweep()
    assert agreement_in_force(pair) is None


def allow(place):
    factories.allow(by=(place,))


def test_r4_what_nothing_forbids_stands_until_a_late_worker_comes(cooling, ben_place, clock):
    clock.go_to(cooling.takes_force_at)
    assert seen.standings(by=ben_place) == [Standing.COOLING_OFF]
    actions.sweep()
    assert seen.standings(by=ben_place) == [Standing.IN_FORCE]


@shared("how", ["the author withdraws", "the other withdraws"])
def test_r4_who_withdrew_sees_that_they_did_and_it_is_recorded(
    cooling, ana_place, ben_place, pair, how
):
    by = ana_place if "author" in how else ben_place
    SILENT_ENDS[how](ana_place, ben_place, cooling.pk)
    assert seen.standings(by=by) == [Standing.ENDED_BY_SELF]
    assert seen.last_entry(in_=pair) == (Act.CONSENT_WITHDRAWN, by.person_id, cooling.pk)
    once = seen.everything(in_=pair)
    SILENT_ENDS[how](ana_place, ben_place, cooling.pk)
    assert seen.everything(in_=pair) == once


@shared("how", SILENT_ENDS)
def test_r4_the_other_withdraws_too_and_learns_nothing_by_that(
    cooling, ana_place, ben_place, clock, pair, how
):
    """If taking back changed nothing, because it was over, they would learn that it was."""
    other = watcher(how, ana_place, ben_place)
    SILENT_ENDS[how](ana_place, ben_place, cooling.pk)
    actions.withdraw_proposal(by=other, proposal_id=cooling.pk)
    assert seen.standings(by=other) == [Standing.ENDED_BY_SELF]
    assert seen.last_entry(in_=pair) == (Act.CONSENT_WITHDRAWN, other.person_id, cooling.pk)
    clock.go_to(cooling.takes_force_at + timedelta(days=1))
    actions.sweep()
    assert seen.standings(by=other) == [Standing.ENDED_BY_SELF]
    assert agreement_in_force(pair) is None


@shared("how", SILENT_ENDS)
def test_r4_a_doubled_consent_answers_as_if_it_still_stood(cooling, ana_place, ben_place, how):
    other = watcher(how, ana_place, ben_place)
    SILENT_ENDS[how](ana_place, ben_place, cooling.pk)
    assert factories.consent(by=other, to=cooling) == cooling


@shared("how", SILENT_ENDS)
def test_r4_asking_for_something_else_is_refused_as_if_it_still_stood(
    cooling, ana_place, ben_place, clock, how
):
    other = watcher(how, ana_place, ben_place)
    wish = lambda: factories.propose(by=other, **LESS)  # noqa: E731 - said twice
    assert refused(wish) == (Reason.ONE_AT_A_TIME,)
    SILENT_ENDS[how](ana_place, ben_place, cooling.pk)
    assert refused(wish) == (Reason.ONE_AT_A_TIME,)
    clock.go_to(cooling.takes_force_at - MOMENT)
    assert refused(wish) == (Reason.ONE_AT_A_TIME,)


def test_r4_a_long_cooling_off_looks_the_same_on_every_day_whether_withdrawn_or_not(
    both, ana_place, ben_place, clock
):
    factories.allow(by=(ana_place,), cooling_off=timedelta(days=100))
    proposal = factories.cooling_off(by=ana_place, other=ben_place)
    actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)
    while clock.at < proposal.takes_force_at:
        assert seen.standings(by=ben_place) == [Standing.COOLING_OFF]
        assert refused(lambda: factories.propose(by=ben_place, **LESS)) == (Reason.ONE_AT_A_TIME,)
        clock.move(days=10)
    assert seen.standings(by=ben_place) == [Standing.NOT_IN_FORCE]


def test_r4_one_can_withdraw_until_the_terms_take_force_also_when_the_sweep_is_late(
    cooling, ben_place, clock, pair
):
    clock.go_to(cooling.takes_force_at + timedelta(hours=1))
    actions.withdraw_proposal(by=ben_place, proposal_id=cooling.pk)
    actions.sweep()
    assert agreement_in_force(pair) is None


def test_r4_what_has_taken_force_cannot_be_withdrawn_but_only_lessened(
    cooling, ben_place, clock, pair
):
    clock.go_to(cooling.takes_force_at)
    actions.sweep()
    before = seen.everything(in_=pair)
    actions.withdraw_proposal(by=ben_place, proposal_id=cooling.pk)
    assert seen.everything(in_=pair) == before
    assert seen.standings(by=ben_place) == [Standing.IN_FORCE]


# --- R5: pace ---------------------------------------------------------------------------------


def test_r5_the_first_agreement_is_free_within_the_limits(both, ana_place, ben_place, clock):
    everything = {"minutes": 120, "letters": 5, "letter_length": 10_000}
    agreement = factories.agree(by=ana_place, other=ben_place, clock=clock, **everything)
    assert agreement.terms.minutes == 120


def test_r5_only_one_increase_cools_off_at_a_time(both, ana_place, ben_place):
    his = factories.propose(by=ben_place, **MORE)
    factories.cooling_off(by=ana_place, other=ben_place)
    assert refused(lambda: factories.consent(by=ana_place, to=his)) == (Reason.COOLING_OFF,)


def test_r5_more_only_after_one_whole_conversation_under_what_is_in_force(
    agreement, ana_place, ben_place, pair, clock
):
    more = lambda: factories.propose(by=ana_place, **MORE)  # noqa: E731 - said twice
    assert refused(more) == (Reason.TOO_SOON_FOR_MORE,)
    factories.hold(pair=pair, clock=clock)
    assert more().terms == factories.terms(**MORE)


def test_r5_a_conversation_that_was_cut_short_missed_or_skipped_is_not_a_whole_one(
    agreement, ana_place, pair
):
    for state in (State.CUT_SHORT, State.MISSED, State.SKIPPED):
        with factories.undone():
            one = Window.objects.filter(pair=pair)[0]
            one.state, one.opened_at = state, one.opens_at
            one.save()
            assert refused(lambda: factories.propose(by=ana_place, **MORE)) == (
                Reason.TOO_SOON_FOR_MORE,
            )


def test_r5_a_conversation_held_before_less_was_taken_does_not_count_for_more_than_that(
    agreement, ana_place, pair, clock
):
    factories.hold(pair=pair, clock=clock)
    take_less(ana_place)
    assert refused(lambda: factories.propose(by=ana_place)) == (Reason.TOO_SOON_FOR_MORE,)


@shared("end", [pause, take_nothing])
def test_r5_a_pause_or_an_end_in_between_does_not_reset_the_pace(
    agreement, ana_place, ben_place, clock, end
):
    end(ana_place)
    actions.lift(by=ana_place)
    assert refused(lambda: factories.propose(by=ben_place, **MORE)) == (Reason.TOO_SOON_FOR_MORE,)
    again = factories.agree(by=ben_place, other=ana_place, clock=clock)
    assert again.terms == agreement.terms


# --- R10, R11: how a proposal looks to its author ---------------------------------------------


def nothing(ana, ben, pk):
    """It is ignored."""


def decline(ana, ben, pk):
    actions.decline(by=ben, proposal_id=pk)


def exceed(ana, ben, pk):
    factories.allow(by=(ben,), minutes=10)


def exceed_hours(ana, ben, pk):
    factories.allow(by=(ben,), hours=frozenset({0}))


def pause_and_lift(ana, ben, pk):
    actions.pause(by=ben)
    actions.lift(by=ben)


def pause_before(ana, ben, pk):
    actions.pause(by=ben)


BEFORE_IT_IS_MADE = [exceed, exceed_hours, pause_and_lift, pause_before]
NOT_TAKEN_UP = [nothing, decline, *BEFORE_IT_IS_MADE]


@shared(
    ("when", "fate"),
    [
        *(("before it is made", fate) for fate in BEFORE_IT_IS_MADE),
        *(("after it is made", fate) for fate in NOT_TAKEN_UP),
    ],
)
def test_r10_declined_ignored_filtered_and_paused_look_the_same_to_the_author(
    both, ana_place, ben_place, clock, fate, when
):
    if when == "before it is made":
        fate(ana_place, ben_place, None)
    proposal = factories.propose(by=ana_place)
    if when == "after it is made":
        fate(ana_place, ben_place, proposal.pk)
    for hours in (1, 23, 6 * 24, 7 * 24 - 1):
        assert seen.standings(by=ana_place) == [Standing.OPEN]
        assert refused(lambda: factories.propose(by=ana_place, **LESS)) == (Reason.ONE_AT_A_TIME,)
        clock.move(hours=hours)
        actions.sweep()
    clock.move(hours=1)
    for days in (1, 14, 15):
        assert seen.standings(by=ana_place) == [Standing.NOT_TAKEN_UP]
        assert refused(lambda: factories.propose(by=ana_place, **LESS)) == (Reason.RESTING,)
        clock.move(days=days)
        actions.sweep()
    assert factories.propose(by=ana_place, **LESS).terms == factories.terms(**LESS)


@shared("fate", NOT_TAKEN_UP)
def test_r10_taking_back_ones_own_proposal_looks_the_same_whatever_became_of_it(
    both, ana_place, ben_place, clock, fate
):
    proposal = factories.propose(by=ana_place)
    fate(ana_place, ben_place, proposal.pk)
    clock.move(days=1)
    actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)
    assert seen.standings(by=ana_place) == [Standing.ENDED_BY_SELF]
    clock.move(days=30, microseconds=-1)
    assert refused(lambda: factories.propose(by=ana_place, **LESS)) == (Reason.RESTING,)
    clock.move(microseconds=1)
    assert factories.propose(by=ana_place, **LESS).made_at == clock.at


def test_r10_a_proposal_beyond_their_limits_looks_ignored(both, ana_place, ben_place, clock):
    """To its author; and to the one whose limits it exceeds there is nothing."""
    factories.allow(by=(ben_place,), minutes=30)
    before = seen.pages(of=ben_place)
    proposal = factories.propose(by=ana_place)
    assert seen.pages(of=ben_place) == before
    assert seen.standings(by=ana_place) == [Standing.OPEN]
    situation = load_situation(ben_place.pair, clock.at)
    with pytest.raises(Http404):
        get_proposal_for(ben_place, proposal.pk, situation, clock.at)
    assert refused(lambda: factories.consent(by=ben_place, to=proposal)) == (Reason.BEYOND_LIMITS,)


def test_r10_it_is_shown_once_it_is_within_their_limits(both, ana_place, ben_place):
    factories.allow(by=(ben_place,), minutes=30)
    proposal = factories.propose(by=ana_place)
    before = seen.pages(of=ana_place)
    factories.allow(by=(ben_place,), minutes=45)
    assert seen.standings(by=ben_place) == [Standing.OPEN]
    assert seen.pages(of=ana_place) == before
    assert factories.consent(by=ben_place, to=proposal).takes_force_at is not None


@shared("end", [pause, lower_limits])
def test_r10_what_was_never_shown_is_not_shown_because_one_ended_it(
    both, ana_place, ben_place, clock, end
):
    """Ben's own pause voids a proposal that his limits kept from him; it stays kept from him."""
    factories.allow(by=(ben_place,), minutes=30)
    proposal = factories.propose(by=ana_place)
    end(ben_place)
    actions.lift(by=ben_place)
    assert seen.standings(by=ben_place) == []
    situation = load_situation(ben_place.pair, clock.at)
    with pytest.raises(Http404):
        get_proposal_for(ben_place, proposal.pk, situation, clock.at)


def test_r10_declining_is_silent_recorded_and_for_good(proposal, ana_place, ben_place, pair):
    before = seen.pages(of=ana_place)
    actions.decline(by=ben_place, proposal_id=proposal.pk)
    assert seen.pages(of=ana_place) == before
    assert seen.standings(by=ben_place) == []
    assert seen.last_entry(in_=pair) == (Act.PROPOSAL_DECLINED, ben_place.person_id, proposal.pk)
    once = seen.everything(in_=pair)
    actions.decline(by=ben_place, proposal_id=proposal.pk)
    assert seen.everything(in_=pair) == once
    assert Reason.NOT_STANDING in refused(lambda: factories.consent(by=ben_place, to=proposal))


def test_r10_nobody_declines_their_own_proposal(proposal, ana_place, pair):
    before = seen.everything(in_=pair)
    actions.decline(by=ana_place, proposal_id=proposal.pk)
    assert seen.everything(in_=pair) == before


def test_r10_a_proposal_lapses_after_14_days(proposal, ana_place, ben_place, clock):
    clock.move(days=14, microseconds=-1)
    assert seen.standings(by=ben_place) == [Standing.OPEN]
    clock.move(microseconds=1)
    assert seen.standings(by=ben_place) == []
    assert seen.standings(by=ana_place) == [Standing.NOT_TAKEN_UP]
    assert refused(lambda: factories.consent(by=ben_place, to=proposal)) == (Reason.NOT_STANDING,)


def test_r11_a_rest_of_30_days_after_ones_own_was_withdrawn(proposal, ana_place, pair, clock):
    clock.move(days=3)
    actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)
    assert seen.last_entry(in_=pair) == (Act.PROPOSAL_WITHDRAWN, ana_place.person_id, proposal.pk)
    clock.move(days=30, microseconds=-1)
    assert refused(lambda: factories.propose(by=ana_place)) == (Reason.RESTING,)
    clock.move(microseconds=1)
    assert factories.propose(by=ana_place) != proposal


def test_r11_the_other_may_ask_meanwhile(proposal, ben_place):
    assert factories.propose(by=ben_place, **LESS).author_id == ben_place.person_id


def test_r11_the_one_who_was_asked_has_nothing_to_withdraw(proposal, ben_place, pair):
    before = seen.everything(in_=pair)
    actions.withdraw_proposal(by=ben_place, proposal_id=proposal.pk)
    assert seen.everything(in_=pair) == before


# --- R13, R14: while a pause stands -----------------------------------------------------------


@shared("by", ["ana_place", "ben_place"])
def test_r14_while_a_pause_stands_no_proposal_is_shown(both, ana_place, ben_place, request, by):
    proposal = factories.propose(by=ana_place)
    paused = request.getfixturevalue(by)
    actions.pause(by=paused)
    assert seen.standings(by=ben_place) == []
    assert Reason.PAUSED in refused(lambda: factories.consent(by=ben_place, to=proposal))


def test_r14_what_was_proposed_during_a_pause_never_reaches_who_paused(
    both, ana_place, ben_place, clock
):
    actions.pause(by=ben_place)
    proposal = factories.propose(by=ana_place)
    actions.lift(by=ben_place)
    assert seen.standings(by=ben_place) == []
    assert Reason.NOT_STANDING in refused(lambda: factories.consent(by=ben_place, to=proposal))


def test_r14_who_paused_lifts_their_pause_before_they_propose(both, ana_place):
    actions.pause(by=ana_place)
    assert refused(lambda: factories.propose(by=ana_place)) == (Reason.OWN_PAUSE,)
    actions.lift(by=ana_place)
    assert factories.propose(by=ana_place).end is None


@shared("by", ["ana_place", "ben_place"])
def test_r14_contact_begins_again_only_as_every_increase_does(
    agreement, ana_place, ben_place, clock, pair, request, by
):
    paused = request.getfixturevalue(by)
    actions.pause(by=paused)
    actions.lift(by=paused)
    clock.move(days=60)
    actions.sweep()
    assert agreement_in_force(pair) is None
    again = factories.agree(by=ana_place, other=ben_place, clock=clock)
    assert again.number == 2
    assert factories.next_window(pair=pair).opens_at >= again.in_force_from


# --- One's own act does not tell what became of one's own proposal -------------------------------

UNKNOWN_TO_HIM = {
    "it stands": lambda ana, _: None,
    "she declined": lambda ana, his: actions.decline(by=ana, proposal_id=his.pk),
    "she paused": lambda ana, _: actions.pause(by=ana),
    "it is beyond her limits": lambda ana, _: factories.allow(by=(ana,), minutes=5),
}


def he_pauses_and_lifts(ben):
    actions.pause(by=ben)
    actions.lift(by=ben)


HIS_OWN_ACT = {
    "he pauses": lambda ben: actions.pause(by=ben),
    "he pauses and lifts": he_pauses_and_lifts,
}


@shared("act", HIS_OWN_ACT.values())
def test_r10_by_ones_own_pause_nobody_learns_what_became_of_ones_own_proposal(
    both, ana_place, ben_place, clock, act
):
    his = factories.propose(by=ben_place)
    looks = set()
    for unknown in UNKNOWN_TO_HIM.values():
        with factories.undone():
            unknown(ana_place, his)
            clock.move(seconds=1)
            act(ben_place)
            looks.add((*seen.standings(by=ben_place), *reasons_to_wait(ben_place, clock)))
    assert len(looks) == 1


def reasons_to_wait(place, clock):
    """Why this person may not propose now, besides their own pause."""
    with factories.undone():
        actions.lift(by=place)
        return refused(lambda: factories.propose(by=place, **MORE))


def test_r4_by_taking_less_nobody_learns_that_the_other_withdrew(both, ana_place, ben_place, clock):
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    factories.hold(pair=ana_place.pair, clock=clock)
    his = factories.propose(by=ben_place, **MORE)
    factories.consent(by=ana_place, to=his)
    looks = set()
    for withdraws in (False, True):
        with factories.undone():
            if withdraws:
                actions.withdraw_proposal(by=ana_place, proposal_id=his.pk)
            actions.take_less(by=ben_place, terms=factories.terms(minutes=44))
            looks.add(tuple(seen.standings(by=ben_place)))
    assert len(looks) == 1


# --- What else stops an increase, and what never stops less --------------------------------------


def test_r2_a_cooling_off_that_is_made_longer_meanwhile_counts(cooling, ana_place, both, clock):
    longer = timedelta(days=14)
    factories.allow(by=(ana_place,), cooling_off=longer)
    clock.go_to(cooling.takes_force_at)
    actions.sweep()
    assert agreement_in_force(ana_place.pair) is None
    assert seen.standings(by=both[1]) == [Standing.NOT_IN_FORCE]


def test_r7_a_clock_that_was_set_back_never_makes_less_fail(both, ana_place, ben_place, clock):
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    factories.hold(pair=ana_place.pair, clock=clock)
    his = factories.propose(by=ben_place, **MORE)
    clock.move(days=-400)
    for less in (
        lambda: actions.withdraw_proposal(by=ben_place, proposal_id=his.pk),
        lambda: actions.take_less(by=ana_place, terms=factories.terms(minutes=20)),
        lambda: factories.allow(by=(ana_place,), days_between=None),
        lambda: actions.pause(by=ana_place),
    ):
        with factories.undone():
            less()
    actions.pause(by=ana_place)
    clock.move(days=-1)
    actions.lift(by=ana_place)
    assert agreement_in_force(ana_place.pair) is None


def test_r7_who_was_made_inactive_is_as_one_who_paused(both, ana_place, ben_place, clock):
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    type(ben_place.person).objects.filter(pk=ben_place.person_id).update(is_active=False)
    situation = load_situation(ana_place.pair, clock.at)
    assert situation.paused == {ben_place.person_id}
