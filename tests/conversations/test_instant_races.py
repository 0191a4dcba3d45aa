"""Acts at the very instant at which a conversation opens or closes: R17, R18, R20, R21, R24.

First races, of each of which it is written down what may come of it. Then requests that began
before an instant and were granted the lock after it: they are judged by the instant at which they
act. Last a clock that runs over the end.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from queue import Queue
from random import uniform
from time import monotonic
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts import clock as clocks
from accounts.locks import locked_pair, locked_pairs
from boundaries import actions as boundaries
from boundaries.actions.windows import close_due
from boundaries.exceptions import RefusedError
from boundaries.models import RecordEntry, Window
from boundaries.rules.reasons import Reason
from boundaries.rules.windows import State
from conversations import actions
from conversations.actions import release as release_module
from conversations.actions import talk as talk_module
from conversations.exceptions import AlreadyReleasedError
from conversations.models import Envelope, Letter, Message
from tests import clock as test_clock
from tests import couples as many
from tests import factories
from tests.outcomes import ALLOWED, by_pair, counted, may_end, of_module, only_as_allowed
from tests.races import TRIALS, DatabaseError, no_lock, side_by_side
from tests.stack import wait_for

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)
CLOSES_AT = OPENS_AT + timedelta(minutes=45)
MOMENT = timedelta(microseconds=1)


# --- Races ---------------------------------------------------------------------------------------


def couples_at_the_opening(clock, trials):
    """Couples whose conversation is due now, each with a held letter, and Ana's letters by pair."""
    clock.go_to(OPENS_AT)
    couples = many.in_conversation(count=trials, opens_at=OPENS_AT)
    anas = Letter.objects.filter(author__in=[ana.person_id for ana, _ in couples])
    return couples, {letter.pair_id: letter for letter in anas.select_related("pair")}


def release(couple):
    actions.open_and_release([couple[0].pair_id])


def letters_of(couples):
    """By pair, what became of Ana's letter: its state, and whether it is in an envelope."""
    anas = Letter.objects.filter(author__in=[ana.person_id for ana, _ in couples])
    rows = anas.values_list("pair", "state", "envelope")
    return {pair: (state, envelope is not None) for pair, state, envelope in rows}


def first_by_pair(*acts):
    """By pair, which of these acts its record has first."""
    rows = RecordEntry.objects.filter(act__in=acts).order_by("-number").values_list("pair", "act")
    return dict(rows)


@may_end((("released", True), "letter_held"), (("held", False), "window_opened"))
def hold_and_release(clock, trials, **faults):
    """The letter, and what came first: held before the opening it goes, held after it it waits."""
    couples, letters = couples_at_the_opening(clock, trials)
    Letter.objects.filter(pk__in=[it.pk for it in letters.values()]).update(
        state=Letter.State.DRAFT, held_at=None
    )

    def hold(couple):
        letter = letters[couple[0].pair_id]
        again = {"by": couple[0], "letter_id": letter.pk, "version": letter.version}
        actions.edit_letter(**again, body=letter.body, hold=True)

    races = side_by_side(couples, hold, release, **faults)
    became, first = letters_of(couples), first_by_pair("letter_held", "window_opened")
    return counted(couples, races, lambda pair, *_: (became[pair], first[pair]))


@may_end((("released", True), "refused"), (("draft", False), "done"))
def withdrawal_and_release(clock, trials, **faults):
    """The letter, and whether its writer was refused: who took it back has it."""
    couples, letters = couples_at_the_opening(clock, trials)

    def withdraw(couple):
        factories.take_back(by=couple[0], letter_id=letters[couple[0].pair_id].pk)

    expected = (AlreadyReleasedError, *faults.get("faults", ()))
    races = side_by_side(couples, withdraw, release, faults=expected)
    became = letters_of(couples)
    return counted(couples, races, lambda pair, how, _: (became[pair], how))


@may_end((("released", True), "Dear you", "refused"), (("released", True), "Dearest", "done"))
def change_and_release(clock, trials, **faults):
    """The letter, its words, and whether its writer was refused: who changed it, theirs went."""
    couples, letters = couples_at_the_opening(clock, trials)

    def change(couple):
        letter = letters[couple[0].pair_id]
        again = {"by": couple[0], "letter_id": letter.pk, "version": letter.version}
        actions.edit_letter(**again, body="Dearest", hold=True)

    expected = (AlreadyReleasedError, *faults.get("faults", ()))
    races = side_by_side(couples, change, release, faults=expected)
    became = letters_of(couples)
    rows = Letter.objects.filter(pk__in=[it.pk for it in letters.values()]).select_related("pair")
    words = {letter.pair_id: letter.body for letter in rows}
    return counted(couples, races, lambda pair, how, _: (became[pair], words[pair], how))


@may_end(("skipped", "held"), ("cut_short", "released"))
def skip_and_release(clock, trials, **faults):
    """The conversation, and the letters: it never opened, or it did and was left at once."""
    couples, _ = couples_at_the_opening(clock, trials)
    keys = dict(Window.objects.values_list("pair", "pk"))

    def skip(couple):
        boundaries.skip(by=couple[0], window_id=keys[couple[0].pair_id])

    races = side_by_side(couples, skip, release, **faults)
    windows, letters = by_pair(Window, "state"), by_pair(Letter, "state")
    return counted(couples, races, lambda pair, *_: (windows[pair], letters[pair]))


RACES = of_module(__name__)


@pytest.mark.long
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_at_the_opening_nothing_is_lost_and_nothing_goes_that_was_not_held(race, clock):
    only_as_allowed(race, clock)


@pytest.mark.proof
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_without_the_lock_each_of_them_is_caught(race, clock):
    """So that they are known to bite."""
    with no_lock():
        outcomes = race(clock, 300, faults=(DatabaseError,))
    assert set(outcomes) - ALLOWED[race], outcomes


# --- Begun before, granted after -----------------------------------------------------------------


@pytest.fixture
def couple(clock):
    """One couple whose conversation opens at OPENS_AT, a moment from now."""
    clock.go_to(OPENS_AT - MOMENT)
    (places,) = many.in_conversation(count=1, opens_at=OPENS_AT)
    return places


@pytest.fixture
def in_conversation(couple, clock):
    """The same, with the conversation open and a moment from its end."""
    clock.go_to(OPENS_AT)
    release(couple)
    clock.go_to(CLOSES_AT - MOMENT)
    return couple


def waits(couple, act, *, meanwhile):
    """Begin `act` on another connection while the pair's lock is held. Once it waits for that, do
    `meanwhile`, and then let go of the lock. Return what the act returned, or raise what it raised.
    """
    process: Queue[int] = Queue()

    def run():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                process.put(cursor.fetchone()[0])
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), locked_pair(couple[0].pair_id):
            running = pool.submit(run)
            pid = process.get(timeout=30)
            wait_for(lambda: is_waiting(pid), "The act does not wait for the lock")
            meanwhile()
        return running.result(30)


def is_waiting(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [pid])
        return cursor.fetchone() is not None


def say(couple):
    window = Window.objects.get(pair=couple[0].pair_id)
    return actions.say(by=couple[0], window_id=window.pk, key=uuid4(), body="a word")


def anas_letter(couple):
    return Letter.objects.get(pair=couple[0].pair_id, author=couple[0].person_id)


def hold_anew(couple, letter):
    again = {"by": couple[0], "letter_id": letter.pk, "version": letter.version}
    return actions.edit_letter(**again, body=letter.body, hold=True)


def state_of(couple):
    return Window.objects.get(pair=couple[0].pair_id).state


def test_r21_words_sent_before_the_end_and_judged_at_it_are_a_draft(in_conversation, clock):
    kept = waits(
        in_conversation, lambda: say(in_conversation), meanwhile=lambda: clock.go_to(CLOSES_AT)
    )
    assert isinstance(kept, Letter)
    assert (kept.state, kept.body) == (Letter.State.DRAFT, "a word")
    assert not Message.objects.exists()


def test_r21_words_judged_a_moment_before_the_end_are_said(in_conversation):
    assert isinstance(
        waits(in_conversation, lambda: say(in_conversation), meanwhile=lambda: None), Message
    )


def test_r21_words_sent_before_the_opening_and_judged_after_it_are_said(couple, clock):
    def opens():
        clock.go_to(OPENS_AT)
        release(couple)

    assert isinstance(waits(couple, lambda: say(couple), meanwhile=opens), Message)


def test_r20_a_worker_that_began_in_time_and_is_granted_the_lock_at_the_end_opens_nothing(
    couple, clock
):
    clock.go_to(CLOSES_AT - MOMENT)
    waits(couple, lambda: release(couple), meanwhile=lambda: clock.go_to(CLOSES_AT))
    assert state_of(couple) == State.MISSED
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.HELD}


def test_r20_back_a_moment_before_the_end_it_opens_and_brings_what_was_held(couple, clock):
    clock.go_to(CLOSES_AT - MOMENT)
    waits(couple, lambda: release(couple), meanwhile=lambda: None)
    assert state_of(couple) == State.OPEN
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.RELEASED}


def test_r17_a_letter_that_is_held_while_it_opens_waits_for_the_next(couple, clock):
    letter = anas_letter(couple)
    factories.take_back(by=couple[0], letter_id=letter.pk)
    clock.go_to(OPENS_AT)
    waits(couple, lambda: hold_anew(couple, letter), meanwhile=lambda: release(couple))
    assert anas_letter(couple).state == Letter.State.HELD
    assert Envelope.objects.filter(letter__author=couple[0].person_id).count() == 0
    assert state_of(couple) == State.OPEN


def test_r17_a_letter_whose_holding_is_under_way_when_it_opens_goes(couple, clock):
    letter = anas_letter(couple)
    factories.take_back(by=couple[0], letter_id=letter.pk)
    clock.go_to(OPENS_AT)
    waits(couple, lambda: release(couple), meanwhile=lambda: hold_anew(couple, letter))
    assert anas_letter(couple).state == Letter.State.RELEASED


def test_r17_who_takes_a_letter_back_while_it_goes_is_told_that_it_went(couple, clock):
    letter = anas_letter(couple)
    clock.go_to(OPENS_AT)
    with pytest.raises(AlreadyReleasedError):
        waits(
            couple,
            lambda: factories.take_back(by=couple[0], letter_id=letter.pk),
            meanwhile=lambda: release(couple),
        )
    assert anas_letter(couple).state == Letter.State.RELEASED


def test_r17_a_letter_that_is_being_taken_back_when_it_opens_stays(couple, clock):
    letter = anas_letter(couple)
    clock.go_to(OPENS_AT)
    waits(
        couple,
        lambda: release(couple),
        meanwhile=lambda: factories.take_back(by=couple[0], letter_id=letter.pk),
    )
    assert anas_letter(couple).state == Letter.State.DRAFT
    assert state_of(couple) == State.OPEN


def answer(couple, act):
    return act(by=couple[0], window_id=Window.objects.get(pair=couple[0].pair_id).pk)


def test_r24_a_go_ahead_that_is_judged_at_the_opening_is_too_late(couple, clock):
    with pytest.raises(RefusedError) as refusal:
        waits(
            couple,
            lambda: answer(couple, boundaries.go_ahead),
            meanwhile=lambda: clock.go_to(OPENS_AT),
        )
    assert refusal.value.reasons == (Reason.TOO_LATE,)


@pytest.mark.parametrize(("opens", "state"), [(False, State.SKIPPED), (True, State.CUT_SHORT)])
def test_r24_a_skip_that_is_judged_at_the_opening_still_counts(couple, clock, opens, state):
    def meanwhile():
        clock.go_to(OPENS_AT)
        if opens:
            release(couple)

    waits(couple, lambda: answer(couple, boundaries.skip), meanwhile=meanwhile)
    release(couple)
    assert state_of(couple) == state


# Each of these bites: here an act reads the clock and only then waits for the lock.


@contextmanager
def looked_too_early(pair_id, lock=locked_pair):
    early = clocks.now()
    with lock(pair_id) as (locked, _):
        yield locked, early


def test_r21_an_act_that_looks_at_the_clock_first_is_caught(in_conversation, clock, monkeypatch):
    monkeypatch.setattr(talk_module, "locked_pair", looked_too_early)
    kept = waits(
        in_conversation, lambda: say(in_conversation), meanwhile=lambda: clock.go_to(CLOSES_AT)
    )
    assert isinstance(kept, Message)


def test_r20_a_worker_that_looks_at_the_clock_first_is_caught(couple, clock, monkeypatch):
    early = lambda pairs: looked_too_early(pairs, locked_pairs)  # noqa: E731
    monkeypatch.setattr(release_module, "locked_pairs", early)
    clock.go_to(CLOSES_AT - MOMENT)
    waits(couple, lambda: release(couple), meanwhile=lambda: clock.go_to(CLOSES_AT))
    assert state_of(couple) == State.OPEN


# --- While the clock runs ------------------------------------------------------------------------


@pytest.mark.long
def test_r21_while_the_clock_runs_over_the_end_words_are_said_in_time_or_kept(clock, settings):
    """Each conversation ends, by the database's own clock, in about the time that it took to say
    the last words; a worker tries to close it all the while.
    """
    clock.go_to(OPENS_AT)
    first, *couples = many.in_conversation(count=TRIALS + 1, opens_at=OPENS_AT)
    actions.open_and_release([ana.pair_id for ana, _ in (first, *couples)])
    settings.REPAIR_CLOCK = "tests.clock.running"
    test_clock.run_from(OPENS_AT + timedelta(minutes=1))
    took, ends = [], {}

    def say_and_time(couple):
        began = monotonic()
        kept = say(couple)
        took.append(monotonic() - began)
        return kept

    def say_at_about_the_end(couple):
        pair = couple[0].pair_id
        in_a_moment = timedelta(seconds=uniform(0, 1.5 * took[-1]))
        ends[pair] = clocks.now() + in_a_moment
        Window.objects.filter(pair=pair).update(closes_at=ends[pair])
        return say_and_time(couple)

    def close(couple):
        while state_of(couple) == State.OPEN:
            close_due([couple[0].pair_id])

    say_and_time(first)
    races = side_by_side(couples, say_at_about_the_end, close)
    outcomes = Counter()
    for (ana, _), (kept, _) in zip(couples, races, strict=True):
        if isinstance(kept, Message):
            assert kept.said_at < ends[ana.pair_id]
        else:
            assert kept.written_at >= ends[ana.pair_id]
        outcomes[type(kept)] += 1
    assert Message.objects.count() == outcomes[Message] + 1
    assert Letter.objects.filter(state=Letter.State.DRAFT).count() == outcomes[Letter]
    assert min(outcomes[Message], outcomes[Letter]) > TRIALS // 20, outcomes
