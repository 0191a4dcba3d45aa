"""Time apart: chosen by both, less at once, and on its day nothing happens by itself."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries import actions
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, LetBe, Proposal, TimeApart, Window
from boundaries.queries import has_room_for_more, load_situation
from boundaries.queries.time_apart import (
    get_time_apart_for,
    times_apart_for,
    words_with,
)
from boundaries.rules.phrases import FITTING, Occasion, Phrase
from boundaries.rules.proposals import LAPSE
from boundaries.rules.proposals import Standing as OfProposal
from boundaries.rules.reasons import Reason
from boundaries.rules.time_apart import Standing, begin_of, first_and_last_day
from boundaries.words import PHRASES
from conversations import actions as conversations
from tests import factories, seen
from tests.cases import shared

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def looks(*, to, clock):
    """How the suggestions of the pair look to this person, by who made them."""
    situation = load_situation(to.pair, clock.at)
    found = times_apart_for(to, situation, clock.at).suggestions
    return {("own" if row.author_id == to.person_id else "other"): look for row, look in found}


def seen_by(place, clock):
    return times_apart_for(place, load_situation(place.pair, clock.at), clock.at)


def sweep():
    actions.sweep()
    conversations.sweep()


@pytest.fixture
def agreed(ana_place, ben_place, clock):
    factories.allow(by=(ana_place, ben_place))
    return factories.agree(by=ana_place, other=ben_place, clock=clock)


# --- The yes ---------------------------------------------------------------------------------


def test_r1_a_yes_holds_at_once_and_ends_what_is_in_force(ana_place, ben_place, agreed, clock):
    opened = factories.open_next(pair=agreed.pair, clock=clock)
    factories.propose(by=ben_place)
    suggested = factories.suggest(by=ana_place)
    factories.choose(by=ben_place, time_apart=suggested)
    opened.refresh_from_db()
    assert opened.state == "cut_short"
    assert not Window.objects.filter(state="planned", opens_at__gt=clock.at).exists()
    assert Agreement.objects.get().ended_at == clock.at
    assert seen.standings(by=ben_place)[0] is OfProposal.NOT_IN_FORCE
    assert seen.acts(in_=agreed.pair)[-5:] == [
        "time_apart_suggested",
        "proposal_void",
        "ended",
        "window_closed",
        "time_apart_agreed",
    ]
    for place in (ana_place, ben_place):
        assert seen_by(place, clock).standing == suggested


def test_r1_the_second_yes_is_the_first(ana_place, ben_place, agreed):
    suggested = factories.apart(by=ana_place, other=ben_place)
    before = seen.everything(in_=agreed.pair)
    factories.choose(by=ben_place, time_apart=suggested)
    assert seen.everything(in_=agreed.pair) == before


def test_r2_a_yes_is_to_exactly_this_day(ana_place, ben_place, agreed):
    suggested = factories.suggest(by=ana_place)
    before = seen.everything(in_=agreed.pair)
    for digest in ("", "0" * 64):
        with pytest.raises(RefusedError) as refused:
            actions.agree_to_time_apart(by=ben_place, time_apart_id=suggested.pk, digest=digest)
        assert refused.value.reasons == (Reason.CHANGED_MEANWHILE,)
    assert seen.everything(in_=agreed.pair) == before


def test_its_author_cannot_say_yes_for_the_other(ana_place, agreed):
    with pytest.raises(RefusedError) as refused:
        factories.choose(by=ana_place, time_apart=factories.suggest(by=ana_place))
    assert refused.value.reasons == (Reason.NOT_THEIRS,)


def test_a_time_apart_of_another_pair_is_none(ana_place, ben_place, elsewhere, clock):
    theirs = factories.suggest(by=elsewhere)
    digest = theirs.as_value().digest
    with pytest.raises(TimeApart.DoesNotExist):
        actions.agree_to_time_apart(by=ben_place, time_apart_id=theirs.pk, digest=digest)
    for act in (actions.decline_time_apart, actions.take_back_time_apart, actions.let_be):
        with pytest.raises(TimeApart.DoesNotExist):
            act(by=ben_place, time_apart_id=theirs.pk)


# --- While it stands, and afterwards ---------------------------------------------------------


def test_while_it_stands_nothing_is_proposed_and_nobody_ends_it_early(
    ana_place, ben_place, agreed, clock
):
    apart = factories.apart(by=ana_place, other=ben_place, days=60)
    for place in (ana_place, ben_place):
        for ask in (factories.propose, factories.suggest):
            with pytest.raises(RefusedError) as refused:
                ask(by=place)
            assert refused.value.reasons == (Reason.TIME_APART,)
    before = seen.everything(in_=agreed.pair)
    actions.take_back_time_apart(by=ana_place, time_apart_id=apart.pk)
    actions.decline_time_apart(by=ben_place, time_apart_id=apart.pk)
    actions.let_be(by=ben_place, time_apart_id=apart.pk)
    assert seen.everything(in_=agreed.pair) == before
    actions.pause(by=ben_place)
    actions.lift(by=ben_place)
    actions.set_limits(by=ana_place, limits=factories.limits(minutes=60))
    assert seen_by(ana_place, clock).standing == apart
    conversations.part(by=ana_place)
    ana_place.pair.refresh_from_db()
    assert ana_place.pair.ended_at == clock.at


def test_r12_while_it_stands_nobody_is_told_of_room_for_more(ana_place, ben_place, agreed, clock):
    assert has_room_for_more(load_situation(agreed.pair, clock.at))
    apart = factories.apart(by=ana_place, other=ben_place)
    assert not has_room_for_more(load_situation(agreed.pair, clock.at))
    clock.go_to(apart.ends_at)
    assert has_room_for_more(load_situation(agreed.pair, clock.at))


def test_r6_on_its_day_nothing_happens_by_itself(ana_place, ben_place, agreed, clock):
    letter = factories.letter(by=ana_place)
    apart = factories.apart(by=ana_place, other=ben_place)
    before = seen.everything(in_=agreed.pair)
    clock.go_to(apart.ends_at - timedelta(microseconds=1))
    sweep()
    assert seen_by(ben_place, clock).to_answer is None
    for days in (0, 1, 40):
        clock.go_to(apart.ends_at + days * DAY)
        sweep()
        assert seen_by(ben_place, clock).to_answer == apart
        assert seen_by(ben_place, clock).standing is None
    assert seen.everything(in_=agreed.pair) == before
    letter.refresh_from_db()
    assert letter.state == "held"


def test_r6_each_is_asked_alone_and_the_other_does_not_learn_the_answer(
    ana_place, ben_place, agreed, clock
):
    apart = factories.apart(by=ana_place, other=ben_place)
    clock.go_to(apart.ends_at)
    bens = seen.pages(of=ben_place)
    for _ in range(2):
        actions.let_be(by=ana_place, time_apart_id=apart.pk)
    assert LetBe.objects.count() == 1
    assert seen_by(ana_place, clock).to_answer is None
    assert seen_by(ben_place, clock).to_answer == apart
    assert seen.pages(of=ben_place) == bens


def test_the_question_is_gone_once_something_is_agreed_or_another_was_chosen(
    ana_place, ben_place, agreed, clock
):
    first = factories.apart(by=ana_place, other=ben_place)
    clock.go_to(first.ends_at)
    with factories.undone():
        later = factories.agree(by=ben_place, other=ana_place, clock=clock)
        assert seen_by(ana_place, clock).to_answer is None
        clock.go_to(later.review_at)
        actions.sweep()
        assert seen_by(ana_place, clock).to_answer is None
    clock.go_to(first.ends_at)
    second = factories.apart(by=ben_place, other=ana_place)
    first.refresh_from_db()
    assert (first.end, first.ended_at) == ("over", clock.at)
    assert seen_by(ana_place, clock).standing == second
    clock.go_to(second.ends_at)
    assert seen_by(ana_place, clock).to_answer == second


@shared("held", [False, True])
def test_r5_after_it_the_same_can_be_agreed_again_and_more_only_after_a_whole_conversation(
    ana_place, ben_place, agreed, clock, held
):
    """So nobody is locked out for good, and nothing is above what was in force last."""
    if held:
        factories.hold(pair=agreed.pair, clock=clock)
    clock.go_to(factories.apart(by=ana_place, other=ben_place).ends_at)
    with factories.undone():
        assert factories.agree(by=ben_place, other=ana_place, clock=clock).terms == agreed.terms
        factories.hold(pair=agreed.pair, clock=clock)
        assert factories.propose(by=ana_place, minutes=60).end is None
    clock.go_to(TimeApart.objects.get().ends_at)
    if held:
        assert factories.propose(by=ana_place, minutes=60).end is None
        return
    with pytest.raises(RefusedError) as refused:
        factories.propose(by=ana_place, minutes=60)
    assert refused.value.reasons == (Reason.TOO_SOON_FOR_MORE,)
    assert factories.propose(by=ana_place, minutes=30).end is None


# --- What was asked before it ----------------------------------------------------------------


@shared("before", ["nothing", "declined", "paused", "lowered", "taken back"])
def test_r10_what_became_of_a_proposal_is_not_told_by_what_it_looks_like_then(
    ana_place, ben_place, agreed, clock, before
):
    """Both know that a time apart came between; Ana rests after it in no telling."""
    proposal = factories.propose(by=ana_place)
    if before == "declined":
        actions.decline(by=ben_place, proposal_id=proposal.pk)
    if before == "paused":
        actions.pause(by=ben_place)
        actions.lift(by=ben_place)
    if before == "lowered":
        actions.set_limits(by=ben_place, limits=factories.limits(minutes=10))
    if before == "taken back":
        actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)
    factories.apart(by=ben_place, other=ana_place)
    clock.move(days=1)
    own = OfProposal.ENDED_BY_SELF if before == "taken back" else OfProposal.NOT_IN_FORCE
    assert seen.standings(by=ana_place)[0] is own
    assert len(seen.standings(by=ben_place)) == 1, "the one that took force"


@shared("withdrawn", [False, True])
def test_r4_what_cooled_off_looks_over_to_both_also_if_somebody_took_their_yes_back(
    ana_place, ben_place, clock, withdrawn
):
    factories.allow(by=(ana_place, ben_place))
    both = factories.cooling_off(by=ana_place, other=ben_place)
    if withdrawn:
        actions.withdraw_proposal(by=ben_place, proposal_id=both.pk)
    apart = factories.apart(by=ana_place, other=ben_place, days=7)
    assert seen.standings(by=ana_place) == [OfProposal.NOT_IN_FORCE]
    bens = OfProposal.ENDED_BY_SELF if withdrawn else OfProposal.NOT_IN_FORCE
    assert seen.standings(by=ben_place) == [bens]
    clock.go_to(both.takes_force_at)
    actions.sweep()
    assert not Agreement.objects.exists()
    clock.go_to(apart.ends_at)
    assert factories.propose(by=ana_place).end is None, "without a rest"


# --- Silence ---------------------------------------------------------------------------------


def declined(ben_place, suggested):
    actions.decline_time_apart(by=ben_place, time_apart_id=suggested.pk)


def paused(ben_place, _):
    actions.pause(by=ben_place)


def paused_and_lifted(ben_place, _):
    actions.pause(by=ben_place)
    actions.lift(by=ben_place)


def unreceived(ben_place, _):
    factories.allow(by=(ben_place,), receives_proposals=False)


def ignored(*_):
    pass


SILENT = [ignored, declined, paused, paused_and_lifted, unreceived]


@shared("became", SILENT)
def test_r10_declined_ignored_filtered_and_paused_look_the_same_to_its_author(
    ana_place, ben_place, clock, became
):
    suggested = factories.suggest(by=ana_place)
    became(ben_place, suggested)
    clock.go_to(suggested.suggested_at + LAPSE - timedelta(microseconds=1))
    assert looks(to=ana_place, clock=clock) == {"own": Standing.OPEN}
    assert looks(to=ben_place, clock=clock) == (
        {"other": Standing.OPEN} if became is ignored else {}
    )
    with pytest.raises(RefusedError) as refused:
        factories.suggest(by=ana_place, days=90)
    assert refused.value.reasons == (Reason.ALREADY_SUGGESTED,)
    clock.move(microseconds=1)
    assert looks(to=ana_place, clock=clock) == {"own": Standing.NOT_TAKEN_UP}
    assert looks(to=ben_place, clock=clock) == {}
    with pytest.raises(RefusedError) as refused:
        factories.suggest(by=ana_place, days=90)
    assert refused.value.reasons == (Reason.SUGGESTION_RESTS,)
    clock.move(days=30)
    assert looks(to=ana_place, clock=clock) == {}
    assert factories.suggest(by=ana_place).pk != suggested.pk


@shared("became", SILENT)
def test_r10_it_can_be_taken_back_whatever_became_of_it(ana_place, ben_place, clock, became):
    suggested = factories.suggest(by=ana_place)
    became(ben_place, suggested)
    for _ in range(2):
        assert actions.take_back_time_apart(by=ana_place, time_apart_id=suggested.pk)
    assert seen.last_entry(in_=ana_place.pair)[0] == "time_apart_taken_back"
    assert looks(to=ana_place, clock=clock) == {"own": Standing.TAKEN_BACK}
    assert looks(to=ben_place, clock=clock) == {}
    with pytest.raises(RefusedError):
        factories.choose(by=ben_place, time_apart=suggested)
    clock.move(days=30)
    assert factories.suggest(by=ana_place).pk != suggested.pk


@shared("by_pausing", [True, False])
def test_r11_what_lapsed_on_its_day_stays_so_and_its_author_rests_no_longer(
    ana_place, ben_place, clock, by_pausing
):
    """Neither one's own pause nor another time apart makes of it what it was not."""
    suggested = factories.suggest(by=ana_place, days=7)
    clock.go_to(suggested.ends_at)
    assert looks(to=ana_place, clock=clock) == {"own": Standing.NOT_TAKEN_UP}
    if by_pausing:
        actions.pause(by=ana_place)
        actions.lift(by=ana_place)
    else:
        factories.apart(by=ben_place, other=ana_place, days=7)
    assert looks(to=ana_place, clock=clock) == {"own": Standing.NOT_TAKEN_UP}
    clock.go_to(suggested.ends_at + timedelta(days=30))
    assert factories.suggest(by=ana_place).end is None


@shared("by_pausing", [True, False])
def test_r11_what_lapsed_after_a_fortnight_stays_so_too(ana_place, ben_place, clock, by_pausing):
    suggested = factories.suggest(by=ana_place, days=60)
    lapsed_at = clock.go_to(suggested.suggested_at + LAPSE)
    if by_pausing:
        actions.pause(by=ana_place)
        actions.lift(by=ana_place)
    else:
        factories.apart(by=ben_place, other=ana_place, days=7)
    assert looks(to=ana_place, clock=clock) == {"own": Standing.NOT_TAKEN_UP}
    clock.go_to(lapsed_at + timedelta(days=30))
    assert factories.suggest(by=ana_place).end is None


def test_r14_what_is_suggested_during_the_other_s_pause_never_reaches_them(
    ana_place, ben_place, clock
):
    actions.pause(by=ben_place)
    suggested = factories.suggest(by=ana_place)
    actions.lift(by=ben_place)
    assert looks(to=ana_place, clock=clock) == {"own": Standing.OPEN}
    assert looks(to=ben_place, clock=clock) == {}
    with pytest.raises(RefusedError) as refused:
        factories.choose(by=ben_place, time_apart=suggested)
    assert refused.value.reasons == (Reason.NOT_STANDING,)


def test_r14_one_s_own_pause_takes_one_s_own_suggestion_back(ana_place, ben_place, clock):
    factories.suggest(by=ana_place)
    actions.pause(by=ana_place)
    assert looks(to=ana_place, clock=clock) == {"own": Standing.TAKEN_BACK}
    with pytest.raises(RefusedError) as refused:
        factories.suggest(by=ana_place, days=90)
    assert Reason.OWN_PAUSE in refused.value.reasons


@shared(("days", "found"), [(30, {}), (90, {"other": Standing.OPEN})])
def test_r11_a_longer_rest_that_the_other_wants_filters_in_silence(
    ana_place, ben_place, clock, days, found
):
    factories.allow(by=(ben_place,), rest=90 * DAY)
    lapses_at = factories.suggest(by=ana_place).as_value().lapses_at
    clock.go_to(lapses_at + days * DAY)
    factories.suggest(by=ana_place)
    assert looks(to=ben_place, clock=clock) == found
    assert looks(to=ana_place, clock=clock) == {"own": Standing.OPEN}


def test_a_suggestion_twice_is_one_and_each_may_have_one(ana_place, ben_place, clock):
    first = factories.suggest(by=ana_place)
    assert factories.suggest(by=ana_place) == first
    his = factories.suggest(by=ben_place, days=20)
    factories.choose(by=ana_place, time_apart=his)
    first.refresh_from_db()
    assert first.end == "settled"
    for place in (ana_place, ben_place):
        assert looks(to=place, clock=clock) == {}
    clock.go_to(his.ends_at)
    assert factories.suggest(by=ana_place).end is None, "without a rest"


def test_ending_what_is_agreed_leaves_a_suggestion_open(ana_place, ben_place, agreed, clock):
    """It is less than anything, so it is from the same whatever else became less."""
    suggested = factories.suggest(by=ana_place)
    actions.take_less(by=ben_place, terms=factories.terms(minutes=20))
    assert looks(to=ben_place, clock=clock) == {"other": Standing.OPEN}
    factories.choose(by=ben_place, time_apart=suggested)
    assert seen_by(ana_place, clock).standing == suggested


def test_a_suggestion_is_over_when_its_day_is_here(ana_place, ben_place, clock):
    suggested = factories.suggest(by=ana_place, days=7)
    clock.go_to(suggested.ends_at)
    assert looks(to=ana_place, clock=clock) == {"own": Standing.NOT_TAKEN_UP}
    with pytest.raises(RefusedError) as refused:
        factories.choose(by=ben_place, time_apart=suggested)
    assert refused.value.reasons == (Reason.NOT_STANDING,)


# --- Kind words ------------------------------------------------------------------------------


def test_r15_words_are_shown_once_it_stands_to_who_wants_them(ana_place, ben_place, clock):
    factories.allow(by=(ana_place, ben_place))
    suggested = factories.suggest(by=ana_place, phrase=Phrase.CARE)
    factories.choose(by=ben_place, time_apart=suggested, phrase=Phrase.GOOD_TIME)
    row, _ = get_time_apart_for(ana_place, suggested.pk, clock.at)
    situation = load_situation(ana_place.pair, clock.at)
    assert words_with(ben_place, row, situation) is Phrase.CARE
    assert words_with(ana_place, row, situation) is Phrase.GOOD_TIME
    factories.allow(by=(ben_place,), kind_words=False)
    assert words_with(ben_place, row, load_situation(ana_place.pair, clock.at)) is None
    actions.take_back_phrase(by=ben_place, occasion=Occasion.TIME_APART)
    row.refresh_from_db()
    assert (row.phrase_of_author, row.phrase_of_other) == ("care", "")
    actions.take_back_phrase(by=ana_place, occasion=Occasion.PAUSE)
    row.refresh_from_db()
    assert row.phrase_of_author == "care", "only what it stands beside"
    actions.take_back_phrase(by=ana_place, occasion=Occasion.TIME_APART)
    row.refresh_from_db()
    assert row.phrase_of_author == ""


@pytest.mark.parametrize("then", [None, Phrase.GOOD_TIME])
def test_r15_of_the_same_day_suggested_again_the_words_chosen_last_count(ana_place, then):
    """Who goes back and chooses "no words" has none, also while nobody can read any."""
    suggested = factories.suggest(by=ana_place, phrase=Phrase.CARE)
    factories.suggest(by=ana_place, phrase=then)
    row = TimeApart.objects.get()
    assert (row.pk, row.phrase_of_author) == (suggested.pk, then or "")


def test_r15_each_occasion_has_a_few_words_and_each_phrase_an_occasion():
    assert {phrase for fitting in FITTING.values() for phrase in fitting} == set(PHRASES)
    assert all(3 <= len(set(fitting)) <= 5 for fitting in FITTING.values())


# --- Days ------------------------------------------------------------------------------------

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2100, 1, 1))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Gaza"])


@pytest.mark.once
@given(days, zones)
def test_a_day_begins_once_and_after_the_day_before(day, zone):
    starts = [begin_of(day + number * DAY, zone) for number in range(4)]
    assert all(earlier <= later <= earlier + 2 * DAY for earlier, later in pairwise(starts))


@pytest.mark.once
@pytest.mark.parametrize(
    ("at", "zone", "first", "last"),
    [
        ((2026, 11, 26, 12), "UTC", date(2026, 12, 3), date(2028, 11, 26)),
        ((2026, 11, 26, 23), "Asia/Tokyo", date(2026, 12, 4), date(2028, 11, 27)),
        ((2028, 2, 29, 12), "UTC", date(2028, 3, 7), date(2030, 2, 28)),
    ],
)
def test_the_days_from_a_week_to_two_years_ahead(at, zone, first, last):
    year, month, day, hour = at
    instant = factories.utc(year=year, month=month, day=day, hour=hour)
    assert first_and_last_day(instant, zone) == (first, last)


@shared("number", [-1, 0, 6, 732])
def test_other_days_are_refused(ana_place, clock, number):
    with pytest.raises(RefusedError) as refused:
        factories.suggest(by=ana_place, days=number)
    assert refused.value.reasons == (Reason.DAY_OUT_OF_REACH,)
    assert not TimeApart.objects.exists()


def test_the_day_is_that_of_who_suggested_it(ana_place, clock):
    day = clock.at.date() + 30 * DAY
    row = actions.suggest_time_apart(by=ana_place, day=day, zone="Asia/Tokyo")
    assert row.ends_at == begin_of(day, "Asia/Tokyo") == begin_of(day, "UTC") - timedelta(hours=9)
    assert not Proposal.objects.exists()
