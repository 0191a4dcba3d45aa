"""R21: live talk while the conversation is open, and not one moment longer."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from boundaries import actions as boundaries
from boundaries.actions.record import Act
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, RecordEntry, Window
from boundaries.queries import load_situation, load_situation_of_talk
from boundaries.rules import acts, gate
from boundaries.rules.reasons import Reason
from boundaries.rules.windows import State
from conversations import actions
from conversations.models import Letter, Message
from conversations.pokes import PATIENCE
from tests import beginnings, factories
from tests.beginnings import beginning

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)


BEGINNINGS = {"window": beginnings.begin_to_talk, "both": beginnings.agree_to_all}

window, both = map(beginning, BEGINNINGS)
"""Their conversation, which is open; and their places."""


def say(by, window, body="Are you there", key=None):
    return actions.say(by=by, window_id=window.pk, key=key or uuid4(), body=body)


def said(window):
    return [message.body for message in Message.objects.filter(window=window).order_by("number")]


def is_a_draft(kept, by, body):
    assert isinstance(kept, Letter)
    return (kept.state, kept.author_id, kept.body) == (Letter.State.DRAFT, by.person_id, body)


def test_r21_what_both_say_stands_in_one_order(window, both):
    ana, ben = both
    for by, body in ((ana, "one"), (ben, "two"), (ana, "three")):
        say(by, window, body)
    assert said(window) == ["one", "two", "three"]
    assert list(Message.objects.values_list("number", flat=True).order_by("number")) == [1, 2, 3]


def test_r21_the_same_form_twice_says_it_once(window, both):
    key = uuid4()
    first, second = (say(both[0], window, "once", key) for _ in range(2))
    assert first == second
    assert said(window) == ["once"]


def test_r21_the_last_moment_is_in_time_and_the_end_is_too_late(window, both, clock):
    clock.go_to(window.closes_at - MOMENT)
    assert isinstance(say(both[0], window, "in time"), Message)
    clock.go_to(window.closes_at)
    assert is_a_draft(say(both[0], window, "too late"), both[0], "too late")
    assert said(window) == ["in time"]


def test_r21_too_late_twice_is_one_draft(window, both, clock):
    clock.go_to(window.closes_at)
    key = uuid4()
    first, second = (say(both[0], window, "too late", key) for _ in range(2))
    assert first == second
    assert Letter.objects.count() == 1


ENDS: dict[str, Callable[[Any, Any], object]] = {
    "a pause": lambda by, window: boundaries.pause(by=by),
    "who left": lambda by, window: boundaries.leave(by=by, window_id=window.pk),
    "a parting": lambda by, window: actions.part(by=by),
    "less": lambda by, window: boundaries.take_less(by=by, terms=factories.terms(live=False)),
    "a limit": lambda by, window: boundaries.set_limits(by=by, limits=factories.limits(live=False)),
}


@pytest.mark.parametrize("end", ENDS)
def test_r21_after_whatever_ends_it_words_are_a_draft_and_reach_nobody(window, both, end):
    ana, ben = both
    say(ana, window, "before")
    ENDS[end](ben, window)
    assert is_a_draft(say(ana, window, "after"), ana, "after")
    assert said(window) == ["before"]


ALSO: dict[str, Callable[[Any, Any], object]] = {
    "nothing": lambda by, window: None,
    "shorter": lambda by, window: boundaries.take_less(by=by, terms=factories.terms(minutes=20)),
    "an end behind the back": lambda by, window: Agreement.objects.update(ended_at=window.opens_at),
}


@pytest.mark.parametrize("end", ENDS | ALSO)
def test_what_is_read_for_talking_forbids_what_all_that_is_there_forbids(
    window, both, pair, clock, end
):
    """Both ask the one gate; less is read for talking, which is waited for."""
    (ENDS | ALSO)[end](both[1], window)
    value = Window.objects.get(pk=window.pk).as_value()
    for act in (acts.Say(value, length=5, recent=0), acts.Leave(value)):
        found = [
            bool(gate.reasons_against(act, situation, clock.at))
            for situation in (load_situation_of_talk(pair), load_situation(pair, clock.at))
        ]
        assert found[0] == found[1], act


def test_r21_before_it_opens_nothing_can_be_said(both, pair):
    planned = factories.next_window(pair=pair)
    assert is_a_draft(say(both[0], planned, "early"), both[0], "early")
    assert said(planned) == []


def test_r21_the_window_of_another_pair_takes_no_words(window, both, elsewhere):
    assert is_a_draft(say(elsewhere, window, "foreign"), elsewhere, "foreign")
    assert said(window) == []


def test_r21_without_live_talk_in_the_terms_there_is_none(ana_place, ben_place, pair, clock):
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock, live=False)
    window = factories.open_next(pair=pair, clock=clock)
    assert is_a_draft(say(ana_place, window, "words"), ana_place, "words")


def test_r21_too_long_and_too_many_are_said_to_be_so_and_kept_nowhere(window, both, clock):
    for _ in range(20):
        say(both[0], window)
    for body, reason in (("x", Reason.TOO_MANY_MESSAGES), ("x" * 2001, Reason.MESSAGE_TOO_LONG)):
        with pytest.raises(RefusedError) as refused:
            say(both[0], window, body)
        assert reason in refused.value.reasons
    assert not Letter.objects.exists()
    assert isinstance(say(both[1], window), Message)
    clock.move(minutes=1)
    assert isinstance(say(both[0], window), Message)


def test_r21_leaving_closes_it_for_both_alone_and_what_was_agreed_stays(window, both, pair):
    ana, ben = both
    boundaries.leave(by=ben, window_id=window.pk)
    window.refresh_from_db()
    assert (window.state, window.ended_at) == (State.CUT_SHORT, window.opened_at)
    entries = RecordEntry.objects.filter(pair=pair).order_by("number")
    acts = list(entries.values_list("act", "actor"))[-2:]
    assert acts == [(Act.LEFT, ben.person_id), (Act.WINDOW_CLOSED, None)]
    assert Window.objects.filter(pair=pair, state=State.PLANNED).exists()
    count = entries.count()
    boundaries.leave(by=ana, window_id=window.pk)
    assert entries.count() == count


def test_r5_a_conversation_that_was_left_is_not_a_whole_one(window, both, pair, clock):
    boundaries.leave(by=both[0], window_id=window.pk)
    clock.go_to(window.closes_at)
    boundaries.sweep()
    with pytest.raises(RefusedError, match=Reason.TOO_SOON_FOR_MORE):
        factories.propose(by=both[0], minutes=60)


def test_r13_what_was_said_goes_no_further_than_the_conversation(window, both, clock):
    """Nothing that was said is released, noticed or written down anywhere else."""
    before = RecordEntry.objects.count()
    say(both[0], window, "only here")
    assert RecordEntry.objects.count() == before
    assert not Letter.objects.exists()


def test_r21_what_became_of_late_words_is_not_undone_by_the_same_form_again(window, both, clock):
    """The answer was lost; its writer made a letter of the draft, and the old page sends again."""
    key = uuid4()
    clock.go_to(window.closes_at)
    draft = say(both[0], window, "in the heat", key)
    kept = actions.edit_letter(
        by=both[0], letter_id=draft.pk, version=draft.version, body="calm", hold=True
    )
    assert say(both[0], window, "in the heat", key).pk == kept.pk
    letter = Letter.objects.get()
    assert (letter.body, letter.state) == ("calm", Letter.State.HELD)


# --- What was kept while it was typed -----------------------------------------------------------


def keep(by, body, key, version=0):
    return actions.keep_words(by=by, key=key, version=version, body=body)


@pytest.mark.parametrize("is_late", [False, True])
def test_r21_what_was_kept_of_words_gives_way_once_they_are_said_or_are_a_draft(
    window, both, clock, is_late
):
    key = uuid4()
    kept = keep(both[0], "Half a", key)
    if is_late:
        clock.go_to(window.closes_at)
    words = {"body": "Half a sentence", "key": key, "kept": kept.version}
    answer = actions.say(by=both[0], window_id=window.pk, **words)
    assert isinstance(answer, Letter if is_late else Message)
    assert [letter.body for letter in Letter.objects.all()] == ["Half a sentence"] * is_late


def test_r21_what_its_writer_made_of_it_since_stays(window, both):
    key = uuid4()
    kept = keep(both[0], "Half a", key)
    own = {"by": both[0], "letter_id": kept.pk, "version": kept.version}
    actions.edit_letter(**own, body="A whole evening", hold=False)
    actions.say(by=both[0], window_id=window.pk, key=key, body="Half a", kept=kept.version)
    assert Letter.objects.get().body == "A whole evening"


def test_r21_where_nothing_is_said_what_was_kept_stays(window, both):
    key = uuid4()
    kept = keep(both[0], "x" * 2001, key)
    with pytest.raises(RefusedError):
        actions.say(by=both[0], window_id=window.pk, key=key, body="x" * 2001, kept=kept.version)
    assert Letter.objects.get() == kept


def test_r21_what_was_said_or_kept_already_is_not_kept_once_more(window, both, clock):
    """The page was hidden just after, or while the line hung."""
    key = uuid4()
    say(both[0], window, "said", key)
    assert keep(both[0], "said", key) is None
    assert keep(both[0], "said\n", key) is None  # as it was typed, with what is left out of it
    clock.go_to(window.closes_at)
    late = say(both[0], window, "too late", key)
    assert keep(both[0], "too late", key) == late
    assert Letter.objects.get() == late


# --- Redis, which only saves time ----------------------------------------------------------------


@contextmanager
def ill_redis(how: str) -> Iterator[str]:
    """The URL of one that takes a connection and never answers, takes none, or is not there."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        if how == "refuses":
            server.close()
        # The only one for which there is room.
        with socket.create_connection(address) if how == "takes nobody" else nullcontext():
            yield f"redis://127.0.0.1:{address[1]}/0"


@pytest.mark.once
@pytest.mark.parametrize("how", ["never answers", "takes nobody", "refuses"])
def test_r21_a_redis_that_is_ill_holds_up_nobody_who_says_something(
    window, both, settings, caplog, django_capture_on_commit_callbacks, how
):
    with ill_redis(how) as settings.REDIS_URL:
        begun = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            say(both[0], window, "one")
        assert time.monotonic() - begun < PATIENCE + 1 <= 2
    assert "Redis cannot be poked" in caplog.text
    assert said(window) == ["one"]


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_r21_whatever_befalls_a_poke_the_words_are_said(begun_alone, settings, caplog):
    beginnings.begin_to_talk(begun_alone)
    settings.REDIS_URL = "redis://localhost:no-number/0"
    say(begun_alone.ana_place, begun_alone.window, "one")
    assert said(begun_alone.window) == ["one"]
    assert "Error calling" in caplog.text
