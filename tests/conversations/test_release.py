"""R18, R13: at opening every letter passes the gate again; what does not pass stays held."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boundaries import actions as boundaries
from boundaries.actions.record import Act
from boundaries.models import RecordEntry, Window
from boundaries.rules.windows import State
from conversations import actions
from conversations.models import Envelope, Letter
from tests import beginnings, factories, seen
from tests.beginnings import beginning

pytestmark = pytest.mark.django_db

HELD, RELEASED = Letter.State.HELD, Letter.State.RELEASED


BEGINNINGS = {"window": beginnings.plan, "both": beginnings.allow}

window, both = map(beginning, BEGINNINGS)
"""A conversation with two letters from each, of 4000 characters at most; and their places."""


def sweep_at(clock, instant):
    clock.go_to(instant)
    boundaries.sweep()
    actions.sweep()


def state_of(letter):
    letter.refresh_from_db()
    return letter.state


def test_r18_a_held_letter_goes_into_the_conversation_with_its_record_and_envelope(
    window, ana_place, ben_place, pair, clock
):
    letter = factories.letter(by=ana_place)
    sweep_at(clock, window.opens_at - timedelta(microseconds=1))
    assert state_of(letter) == HELD
    sweep_at(clock, window.opens_at)
    assert state_of(letter) == RELEASED
    assert letter.released_at == clock.at
    envelope = Envelope.objects.get()
    assert (envelope.letter, envelope.window) == (letter, window)
    assert (envelope.recipient_id, envelope.state) == (ben_place.person_id, "closed")
    assert seen.last_entry(in_=pair) == (Act.LETTER_RELEASED, ana_place.person_id, letter.pk)


def test_r18_both_get_what_the_other_wrote(window, ana_place, ben_place, clock):
    hers, his = factories.letter(by=ana_place), factories.letter(by=ben_place)
    sweep_at(clock, window.opens_at)
    to = dict(Envelope.objects.values_list("letter", "recipient"))
    assert to == {hers.pk: ben_place.person_id, his.pk: ana_place.person_id}


def test_r18_of_too_many_letters_each_persons_earliest_go_first(
    window, ana_place, ben_place, pair, clock
):
    letters = []
    for number in range(4):
        clock.move(minutes=1)
        letters.append(factories.letter(by=ana_place, body=f"number {number}"))
    his = factories.letter(by=ben_place)
    sweep_at(clock, window.opens_at)
    assert [state_of(each) for each in letters] == [RELEASED, RELEASED, HELD, HELD]
    assert state_of(his) == RELEASED
    sweep_at(clock, window.closes_at)
    sweep_at(clock, factories.next_window(pair=pair).opens_at)
    assert [state_of(each) for each in letters] == [RELEASED] * 4


def test_r18_a_letter_withdrawn_and_held_again_goes_to_the_end(window, ana_place, clock):
    letters = []
    for number in range(3):
        clock.move(minutes=1)
        letters.append(factories.letter(by=ana_place, body=f"number {number}"))
    factories.take_back(by=ana_place, letter_id=letters[0].pk)
    clock.move(minutes=1)
    actions.edit_letter(
        by=ana_place, letter_id=letters[0].pk, version=1, body="number 0", hold=True
    )
    sweep_at(clock, window.opens_at)
    assert [state_of(each) for each in letters] == [HELD, RELEASED, RELEASED]


def test_r18_a_letter_that_is_too_long_stays_held_and_takes_nobodys_place(window, ana_place, clock):
    long = factories.letter(by=ana_place, body="x" * 4001)
    clock.move(minutes=1)
    fitting = [factories.letter(by=ana_place, body="x" * 4000) for _ in range(2)]
    sweep_at(clock, window.opens_at)
    assert state_of(long) == HELD
    assert [state_of(each) for each in fitting] == [RELEASED, RELEASED]


def test_r18_an_edited_letter_is_judged_by_its_words_as_they_are_now(window, ana_place, clock):
    letter = factories.letter(by=ana_place, body="x" * 4001)
    actions.edit_letter(by=ana_place, letter_id=letter.pk, version=1, body="short", hold=True)
    sweep_at(clock, window.opens_at)
    assert state_of(letter) == RELEASED


def test_r17_what_was_withdrawn_or_deleted_is_never_released(window, ana_place, pair, clock):
    withdrawn, deleted = factories.letter(by=ana_place), factories.letter(by=ana_place)
    draft = factories.letter(by=ana_place, hold=False)
    factories.take_back(by=ana_place, letter_id=withdrawn.pk)
    actions.delete_letter(by=ana_place, letter_id=deleted.pk)
    sweep_at(clock, window.opens_at)
    assert state_of(withdrawn) == state_of(draft) == Letter.State.DRAFT
    assert not Envelope.objects.exists()


def test_r18_a_letter_held_while_the_conversation_is_open_waits_for_the_next(
    window, ana_place, pair, clock
):
    sweep_at(clock, window.opens_at)
    letter = factories.letter(by=ana_place)
    for minute in range(0, 45, 9):
        sweep_at(clock, window.opens_at + timedelta(minutes=minute))
    sweep_at(clock, window.closes_at)
    assert state_of(letter) == HELD
    following = factories.next_window(pair=pair)
    sweep_at(clock, following.opens_at)
    assert state_of(letter) == RELEASED
    assert letter.envelope.window == following


def test_r18_in_a_late_opening_letters_still_arrive_and_after_the_end_they_do_not(
    window, ana_place, pair, clock
):
    letter = factories.letter(by=ana_place)
    following = Window.objects.order_by("opens_at")[1]
    sweep_at(clock, window.closes_at)
    assert state_of(letter) == HELD
    sweep_at(clock, following.closes_at - timedelta(microseconds=1))
    assert state_of(letter) == RELEASED


def stop(how, ana_place, ben_place, window):
    {
        "pause": lambda: boundaries.pause(by=ben_place),
        "skip": lambda: boundaries.skip(by=ben_place, window_id=window.pk),
        "question": lambda: factories.allow(by=(ben_place,), ask_before_each=True),
        "less": lambda: factories.allow(by=(ben_place,), days_between=None),
    }[how]()


@pytest.mark.parametrize("how", ["pause", "skip", "question", "less"])
def test_r13_r18_whatever_stops_the_conversation_leaves_the_letters_held(
    window, ana_place, ben_place, clock, how
):
    letters = [factories.letter(by=ana_place), factories.letter(by=ben_place)]
    stop(how, ana_place, ben_place, window)
    sweep_at(clock, window.opens_at)
    assert [state_of(each) for each in letters] == [HELD, HELD]
    assert not Envelope.objects.exists()


def test_r18_limits_lowered_before_the_opening_hold_for_it(window, ana_place, ben_place, clock):
    letters = [factories.letter(by=ana_place, body="x" * size) for size in (900, 1100)]
    factories.allow(by=(ben_place,), letters=1, letter_length=1000)
    sweep_at(clock, window.opens_at)
    assert [state_of(each) for each in letters] == [RELEASED, HELD]


def test_r8_terms_without_letters_release_none(both, ana_place, ben_place, pair, clock):
    factories.agree(by=ana_place, other=ben_place, clock=clock, letters=0, letter_length=0)
    letter = factories.letter(by=ana_place)
    window = factories.open_next(pair=pair, clock=clock)
    assert window.state == State.OPEN
    assert state_of(letter) == HELD


@pytest.mark.parametrize("times", [2, 10])
def test_r7_releasing_many_times_is_releasing_once(window, ana_place, pair, clock, times):
    letter = factories.letter(by=ana_place)
    clock.go_to(window.opens_at)
    for _ in range(times):
        actions.open_and_release([pair.pk])
    assert Envelope.objects.filter(letter=letter).count() == 1
    assert RecordEntry.objects.filter(act=Act.LETTER_RELEASED).count() == 1
    assert RecordEntry.objects.filter(act=Act.WINDOW_OPENED).count() == 1


def test_r18_state_record_envelope_and_notice_commit_together_or_not_at_all(
    window, ana_place, pair, clock, monkeypatch
):
    """A fault in the last step undoes all the others."""
    factories.ask_for_notices(by=ana_place)
    letter = factories.letter(by=ana_place)
    before = seen.everything(in_=pair)
    clock.go_to(window.opens_at)
    with monkeypatch.context() as patched:
        patched.setattr("conversations.actions.release.write_on_opening", fault)
        with pytest.raises(ZeroDivisionError):
            actions.open_and_release([pair.pk])
    assert seen.everything(in_=pair) == before
    actions.open_and_release([pair.pk])
    assert state_of(letter) == RELEASED


def fault(*_):
    raise ZeroDivisionError


def test_r18_letters_of_other_pairs_do_not_mix(window, ana_place, ben_place, elsewhere, clock):
    there = factories.letter(by=elsewhere)
    here = factories.letter(by=ana_place)
    sweep_at(clock, window.opens_at)
    assert (state_of(here), state_of(there)) == (RELEASED, HELD)


def test_r18_a_letter_that_cannot_be_opened_stays_held_and_stops_no_other(
    window, ana_place, ben_place, clock, caplog
):
    damaged, other = factories.letter(by=ana_place), factories.letter(by=ana_place)
    his = factories.letter(by=ben_place)
    Letter.objects.filter(pk=damaged.pk).update(body=b"cut")
    sweep_at(clock, window.opens_at)
    assert [state_of(each) for each in (other, his)] == [RELEASED, RELEASED]
    assert Letter.objects.get(pk=damaged.pk).state == HELD
    assert f"conversations.Letter.body of row {damaged.pk} cannot be read" in caplog.text


def test_words_are_read_of_those_alone_that_the_gate_lets_pass(window, ana_place, clock):
    letters = [factories.letter(by=ana_place, body=f"number {number}") for number in range(4)]
    clock.go_to(window.opens_at)
    with CaptureQueriesContext(connection) as queries:
        actions.sweep()
    words = " ".join(
        each["sql"] for each in queries if '"conversations_letter"."body"' in each["sql"]
    )
    passed = [state_of(each) == RELEASED for each in letters]
    assert sum(passed) == 2
    assert [each.pk.hex in words.replace("-", "") for each in letters] == passed
    assert 'held_at" ASC' not in words
