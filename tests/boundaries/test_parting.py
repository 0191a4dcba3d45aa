"""R16: either ends a pair for good; doors are private until both are open; R15: kind words."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from accounts.actions import create_code, use_code
from accounts.models import Membership, Pair
from accounts.queries import (
    ended_memberships_of,
    memberships_of,
    other_membership,
    place_after,
)
from boundaries import actions
from boundaries.actions import kind_words
from boundaries.actions.record import Act
from boundaries.exceptions import RefusedError
from boundaries.models import Door, Pause, Window
from boundaries.queries import (
    KIND_WORDS_STAY_FOR,
    agreement_in_force,
    has_room_for_more,
    kind_words_for,
    load_situation,
    may_begin_again,
    own_kind_words,
    own_limits,
    record_for,
)
from boundaries.queries.time_apart import farewell_for, own_farewell, words_with
from boundaries.rules.doors import told_from
from boundaries.rules.phrases import REST, Occasion, Phrase
from boundaries.rules.reasons import Reason
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import State
from conversations import actions as conversations
from conversations.models import Envelope, Letter
from tests import beginnings, factories, seen
from tests.beginnings import beginning

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)


BEGINNINGS = {"agreement": beginnings.agree_to_all, "both": beginnings.allow}

agreement, both = map(beginning, BEGINNINGS)


def refused(act) -> tuple[Reason, ...]:
    with pytest.raises(RefusedError) as refusal:
        act()
    return tuple(refusal.value.reasons)


def sweep():
    actions.sweep()
    conversations.sweep()


# --- Parting ----------------------------------------------------------------------------------


def test_r16_either_ends_it_alone_and_for_good(agreement, both, pair, clock):
    conversations.part(by=both[1])
    pair.refresh_from_db()
    assert pair.ended_at == clock.at
    assert agreement_in_force(pair) is None
    assert set(Window.objects.values_list("state", flat=True)) == {State.CANCELLED}
    assert refused(lambda: factories.propose(by=both[0])) == (Reason.PARTED,)
    assert seen.last_entry(in_=pair) == (Act.PARTED, both[1].person_id, None)
    for place in both:
        assert not memberships_of(place.person).exists()
        assert ended_memberships_of(place.person).get() == place


def test_r16_held_letters_go_back_as_drafts_and_what_was_delivered_stays(
    agreement, both, pair, clock
):
    ana, ben = both
    delivered = factories.letter(by=ana, body="delivered")
    factories.hold(pair=pair, clock=clock)
    held = [factories.letter(by=place, body="held") for place in both]
    conversations.part(by=ana)
    for letter in held:
        letter.refresh_from_db()
        assert (letter.state, letter.held_at, letter.body) == (Letter.State.DRAFT, None, "held")
    envelope = Envelope.objects.get(letter=delivered, recipient=ben.person)
    conversations.open_envelope(by=ben, envelope_id=envelope.pk)
    envelope.refresh_from_db()
    assert envelope.state == Envelope.State.OPENED


def test_r16_an_open_conversation_closes_and_nothing_is_delivered_after_it(
    agreement, both, pair, clock
):
    factories.letter(by=both[0])
    window = factories.open_next(pair=pair, clock=clock)
    released = Letter.objects.filter(state="released").count()
    conversations.part(by=both[1])
    window.refresh_from_db()
    assert window.state == State.CUT_SHORT
    written = factories.letter(by=both[0], hold=True)
    assert written.state == Letter.State.DRAFT
    for _ in range(8):
        clock.move(days=10)
        sweep()
    assert Letter.objects.filter(state="released").count() == released


def test_r16_parting_twice_is_parting_once(agreement, both, pair, clock):
    conversations.part(by=both[0])
    before = seen.everything(in_=pair)
    clock.move(days=1)
    conversations.part(by=both[0])
    conversations.part(by=both[1])
    assert seen.everything(in_=pair) == before


def test_r16_what_cools_off_never_takes_force_after_it(both, pair, clock):
    factories.cooling_off(by=both[0], other=both[1])
    conversations.part(by=both[0])
    clock.move(days=4)
    sweep()
    assert agreement_in_force(pair) is None


def test_r16_a_pause_can_still_be_made_and_lifted_after_it(both, pair):
    conversations.part(by=both[0])
    actions.pause(by=both[1])
    actions.lift(by=both[1])
    assert agreement_in_force(pair) is None


# --- Doors ------------------------------------------------------------------------------------


@pytest.fixture
def parted(both):
    conversations.part(by=both[0])
    return both


def may_begin(place, clock) -> bool:
    pair = Pair.objects.get(pk=place.pair_id)
    return may_begin_again(load_situation(pair, clock.at), clock.at)


def test_r16_a_door_is_left_open_after_the_end_and_not_before(both):
    assert refused(lambda: actions.open_door(by=both[0])) == (Reason.NOT_PARTED,)
    assert not Door.objects.exists()


def test_r16_one_open_door_leads_nowhere(parted, clock):
    actions.open_door(by=parted[0])
    clock.move(days=400)
    assert not may_begin(parted[0], clock)
    for place in parted:
        assert refused(partial(actions.begin_again, by=place)) == (Reason.DOORS_NOT_OPEN,)


def test_r16_both_doors_lead_on_only_some_days_after_both_were_opened(parted, clock):
    actions.open_door(by=parted[0])
    clock.move(days=30)
    actions.open_door(by=parted[1])
    clock.go_to(told_from([clock.at]) - MOMENT)
    assert not may_begin(parted[0], clock)
    assert refused(lambda: actions.begin_again(by=parted[0])) == (Reason.DOORS_NOT_OPEN,)
    clock.go_to(clock.at + MOMENT)
    assert may_begin(parted[0], clock)


def test_r16_a_door_that_was_closed_and_opened_again_waits_anew(parted, clock):
    for place in parted:
        actions.open_door(by=place)
    clock.move(days=11)
    actions.close_door(by=parted[0])
    assert not may_begin(parted[1], clock)
    actions.open_door(by=parted[0])
    assert not may_begin(parted[1], clock)
    clock.move(days=11)
    assert may_begin(parted[1], clock)


def begun(parted, clock) -> Membership:
    for place in parted:
        actions.open_door(by=place)
    clock.move(days=11)
    return actions.begin_again(by=parted[1])


def test_r16_beginning_again_is_from_nothing(parted, clock):
    place = begun(parted, clock)
    situation = load_situation(place.pair, clock.at)
    assert place.pair_id != parted[0].pair_id
    assert set(situation.limits) == {each.person_id for each in parted}
    assert own_limits(place) is None
    assert (situation.in_force, situation.number, situation.proposals) == (NO_CONTACT, 0, ())
    assert not Letter.objects.filter(pair=place.pair).exists()


def test_r16_whoever_comes_second_finds_the_pair_that_the_first_began(parted, clock):
    place = begun(parted, clock)
    other = actions.begin_again(by=parted[0])
    assert (other.pair_id, other.person_id) == (place.pair_id, parted[0].person_id)
    assert Pair.objects.filter(ended_at=None).count() == 1


def test_r16_doors_are_good_for_one_beginning(parted, clock):
    place = begun(parted, clock)
    conversations.part(by=place)
    assert not Door.objects.exists()
    assert refused(lambda: actions.begin_again(by=parted[0])) == (
        Reason.BEGUN_AGAIN,
        Reason.DOORS_NOT_OPEN,
    )


def test_r16_who_parted_twice_have_the_doors_of_the_last_pair_alone(parted, clock):
    """Or one might leave a door open in one pair and the other in another, and they never meet."""
    place = begun(parted, clock)
    for stands in (True, False):
        assert refused(partial(actions.open_door, by=parted[0])) == (Reason.BEGUN_AGAIN,), stands
        if stands:
            conversations.part(by=place)
    there = [place, other_membership(place)]
    third = begun(there, clock)
    assert third.pair_id not in {place.pair_id, parted[0].pair_id}
    assert {place_after(each).pair_id for each in (*parted, place)} == {third.pair_id}
    assert place_after(third) is None


def test_r16_a_pair_with_somebody_else_is_not_a_beginning_again(parted, make_person, clock):
    clock.move(days=1)
    use_code(by=make_person("cem"), code=create_code(by=parted[0].person))
    assert place_after(parted[0]) is None
    actions.open_door(by=parted[0])


def test_r16_opening_and_closing_twice_is_once(parted, pair):
    for act in (actions.open_door, actions.close_door):
        act(by=parted[0])
        before = seen.everything(in_=pair)
        act(by=parted[0])
        assert seen.everything(in_=pair) == before


# --- Kind words -------------------------------------------------------------------------------


def words_for(place, clock):
    return kind_words_for(place, load_situation(place.pair, clock.at), clock.at)


def test_r15_a_phrase_comes_with_a_pause_and_is_seen_by_who_wants_to(both, clock):
    ana, ben = both
    actions.pause(by=ana, phrase=Phrase.CARE)
    assert words_for(ben, clock) is Phrase.CARE
    assert words_for(ana, clock) is None
    factories.allow(by=(ben,), kind_words=False)
    assert words_for(ben, clock) is None


def test_r15_they_do_not_tell_whether_the_pause_was_lifted(both, clock):
    """For 30 days, whatever became of the pause; then no more, also if it stands."""
    ana, ben = both
    actions.pause(by=ana, phrase=Phrase.WELL)
    for lifted in (True, False):
        with factories.undone():
            if lifted:
                actions.lift(by=ana)
            begun = clock.at
            clock.go_to(begun + KIND_WORDS_STAY_FOR - MOMENT)
            assert words_for(ben, clock) is Phrase.WELL
            clock.go_to(begun + KIND_WORDS_STAY_FOR)
            assert words_for(ben, clock) is None
            clock.go_to(begun)


def test_r15_who_left_them_takes_them_back_also_after_the_pause(both, clock):
    ana, ben = both
    actions.pause(by=ana, phrase=Phrase.WELL)
    actions.take_back_phrase(by=ben, occasion=Occasion.PAUSE)
    actions.lift(by=ana)
    assert words_for(ben, clock) is Phrase.WELL
    actions.take_back_phrase(by=ana, occasion=Occasion.PAUSE)
    assert words_for(ben, clock) is None


def test_r15_they_are_gone_once_something_is_agreed_again(both, clock):
    ana, ben = both
    actions.pause(by=ana, phrase=Phrase.WELL)
    actions.lift(by=ana)
    factories.agree(by=ana, other=ben, clock=clock)
    assert words_for(ben, clock) is None
    actions.pause(by=ana)
    assert words_for(ben, clock) is None, "they were not said with this pause"


def test_r15_who_has_set_no_limits_yet_is_shown_none(ana_place, ben_place, clock):
    actions.pause(by=ana_place, phrase=Phrase.WELL)
    assert words_for(ben_place, clock) is None


def test_r13_no_words_are_added_to_a_pause_that_stands(both, clock):
    actions.pause(by=both[0])
    actions.pause(by=both[0], phrase=Phrase.CARE)
    assert words_for(both[1], clock) is None


def test_r13_a_pause_holds_whatever_becomes_of_its_words(both, clock, monkeypatch, caplog):
    ana, ben = both

    def failing(*_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    monkeypatch.setattr(kind_words, "_take_all_back", failing)
    actions.pause(by=ana, phrase=Phrase.CARE)
    assert Pause.objects.get().lifted_at is None
    assert words_for(ben, clock) is None
    assert "could not be left" in caplog.text


def test_r15_words_of_one_person_come_once_in_thirty_days(both, clock):
    """Pausing, lifting and pausing again is no channel: four phrases were four messages."""
    ana, ben = both
    for phrase in (Phrase.CARE, Phrase.WELL, Phrase.REST, Phrase.NO_ANSWER_NEEDED):
        actions.pause(by=ana, phrase=phrase)
        clock.move(minutes=5)
        assert words_for(ben, clock) is Phrase.CARE
        actions.lift(by=ana)
        clock.move(minutes=5)
    actions.pause(by=ben, phrase=Phrase.WELL)
    assert words_for(ana, clock) is Phrase.WELL, "each has their own"


def test_r15_words_that_were_taken_back_count(both, clock):
    ana, ben = both
    actions.pause(by=ana, phrase=Phrase.CARE)
    begun = clock.at
    actions.take_back_phrase(by=ana, occasion=Occasion.PAUSE)
    actions.lift(by=ana)
    clock.go_to(begun + REST - MOMENT)
    with factories.undone():
        actions.pause(by=ana, phrase=Phrase.WELL)
        assert words_for(ben, clock) is None
        assert own_kind_words(ana, clock.at) is None, "her own page says what the other reads"
    clock.go_to(begun + REST)
    actions.pause(by=ana, phrase=Phrase.WELL)
    assert words_for(ben, clock) is Phrase.WELL


def words_of_time_apart(place, row, clock):
    row.refresh_from_db()
    return words_with(place, row, load_situation(place.pair, clock.at))


def test_r15_one_phrase_of_a_person_stands_at_a_time(both, clock):
    """With a time apart and a pause the later words take the place of the earlier."""
    ana, ben = both
    row = factories.suggest(by=ana, days=90, phrase=Phrase.CARE)
    factories.choose(by=ben, time_apart=row, phrase=Phrase.GOOD_TIME)
    actions.pause(by=ana, phrase=Phrase.WELL)
    assert (words_of_time_apart(ben, row, clock), words_for(ben, clock)) == (Phrase.CARE, None)
    actions.lift(by=ana)
    clock.move(days=30)
    actions.pause(by=ana, phrase=Phrase.WELL)
    assert (words_of_time_apart(ben, row, clock), words_for(ben, clock)) == (None, Phrase.WELL)
    assert words_of_time_apart(ana, row, clock) is Phrase.GOOD_TIME


def test_r15_words_with_a_yes_wait_as_those_with_a_pause(both, clock):
    """Of who suggested it, too: they begin to be read with the yes."""
    ana, ben = both
    row = factories.suggest(by=ana, phrase=Phrase.CARE)
    actions.pause(by=ben, phrase=Phrase.WELL)
    actions.lift(by=ben)
    clock.move(days=1)
    row = factories.suggest(by=ben, phrase=Phrase.GOOD_TIME)
    factories.choose(by=ana, time_apart=row, phrase=Phrase.CARE)
    assert words_of_time_apart(ana, row, clock) is None
    assert words_for(ana, clock) is Phrase.WELL
    assert words_of_time_apart(ben, row, clock) is Phrase.CARE


def test_r15_such_words_are_turned_away_also_after_the_end(both, clock):
    ana, ben = both
    before = own_limits(ben)
    conversations.part(by=ana, phrase=Phrase.WELL)
    situation = load_situation(ben.pair, clock.at)
    assert farewell_for(ben, situation, clock.at) is Phrase.WELL
    for _ in range(2):
        actions.hide_kind_words(by=ben)
    assert farewell_for(ben, load_situation(ben.pair, clock.at), clock.at) is None
    assert own_limits(ben) == replace(before, kind_words=False)
    assert own_farewell(ana, clock.at) is Phrase.WELL, "who left them learns nothing"


def test_r15_words_with_an_end_are_taken_back_by_who_left_them_alone(both, clock):
    ana, ben = both
    conversations.part(by=ana, phrase=Phrase.WELL)
    actions.take_back_phrase(by=ben, occasion=Occasion.ENDING)
    assert farewell_for(ben, load_situation(ben.pair, clock.at), clock.at) is Phrase.WELL
    actions.take_back_phrase(by=ana, occasion=Occasion.ENDING)
    assert farewell_for(ben, load_situation(ben.pair, clock.at), clock.at) is None


# --- Renewal ----------------------------------------------------------------------------------


def test_r6_both_can_renew_and_it_goes_on_for_six_more(agreement, both, pair, clock):
    for _ in range(5):
        factories.hold(pair=pair, clock=clock)
    proposal = factories.cooling_off(by=both[1], other=both[0])
    clock.go_to(proposal.takes_force_at)
    sweep()
    renewed = agreement_in_force(pair)
    assert renewed.pk != agreement.pk
    assert renewed.terms == agreement.terms
    assert Window.objects.filter(pair=pair, state=State.PLANNED).count() == 6
    assert renewed.review_at > agreement.review_at


def test_r6_one_alone_renews_nothing(agreement, both, pair, clock):
    factories.propose(by=both[0])
    for _ in range(6):
        factories.hold(pair=pair, clock=clock)
    sweep()
    assert agreement_in_force(pair) is None


# --- Room for more, and the record ------------------------------------------------------------


def test_r12_room_is_there_only_if_both_leave_it(agreement, both, pair, clock):
    ana, ben = both

    def room():
        return has_room_for_more(load_situation(Pair.objects.get(pk=pair.pk), clock.at))

    assert room()
    exactly = {"minutes": 45, "letters": 2, "letter_length": 4000, "days_between": 28}
    factories.allow(by=(ana,), **exactly)
    assert not room()
    factories.allow(by=(ana,), **exactly | {"minutes": 50})
    assert room()
    factories.allow(by=(ben,), **exactly)
    assert not room()
    factories.allow(by=both)
    actions.pause(by=ana)
    assert not room()
    actions.lift(by=ana)
    assert room()
    conversations.part(by=ben)
    assert not room()


def test_r30_each_reads_their_own_acts_and_nothing_of_the_other(agreement, both, pair, clock):
    ana, ben = both
    before = [entry.act for entry in record_for(ben)]
    factories.allow(by=(ana,), minutes=110)
    factories.letter(by=ana)
    actions.skip(by=ana, window_id=factories.next_window(pair=pair).pk)
    assert [entry.act for entry in record_for(ben)] == before
    actions.pause(by=ana)
    actions.lift(by=ana)
    assert [entry.act for entry in record_for(ben)] == before
    assert "paused" in {entry.act for entry in record_for(ana)}


def test_r30_what_ones_act_did_to_something_hidden_is_not_in_ones_own_record(both, pair):
    """Ben's pause voids what Ana proposed beyond his limits, which he was never to see (R10)."""
    ana, ben = both
    factories.allow(by=(ben,), minutes=10)
    proposal = factories.propose(by=ana)
    actions.pause(by=ben)
    acts = set(seen.acts(in_=pair))
    assert Act.PROPOSAL_VOID in acts
    assert proposal.pk not in {entry.subject for entry in record_for(ben)}
    assert {entry.act for entry in record_for(ben)} == {Act.LIMITS_SET, Act.PAUSED}
