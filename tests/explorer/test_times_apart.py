"""That the exploration passes through times apart, and catches rules about them which are broken.

As in `test_explorer`: each broken copy of a rule says how, and one invariant alone has to find it.
"""

import pytest

from boundaries.rules import acts as rules
from boundaries.rules.reasons import Reason
from tests.explorer import apart, invariants, invariants_apart, model
from tests.explorer.acts import WAIT, Act
from tests.explorer.breaking import ignore, walk, walk_with_one
from tests.explorer.domain import NEVER, NO_TERMS
from tests.explorer.model import NOT_ENDED
from tests.explorer.walk import (
    APART,
    LESS_IN_FORCE,
    NEW_PAIR,
    OF_ACTS,
    OF_STATES,
    WIDE_LIMITS,
)

pytestmark = pytest.mark.once  # no database at all

SUGGESTED = (*LESS_IN_FORCE, Act("suggest", 0, 1))
COOLING_OFF = (*WIDE_LIMITS, Act("propose", 0, 1), Act("consent", 1, 0))
PROPOSED = (*WIDE_LIMITS, Act("propose", 0, 1))


def test_after_its_day_the_same_can_be_agreed_again():
    """Or it would say nothing that in a time apart nothing is: the way back is open to both."""
    found = walk((*APART, WAIT), depth=4)
    assert found.violation is None, str(found.violation)
    assert any(node.pair.in_force != NO_TERMS for node in found.steps)
    assert any(node.memory.apart != NEVER for node in found.steps), "another one"


def test_without_a_time_apart_all_passes_in_the_best_case():
    """Or it would say nothing that a time apart is enough against it."""
    passing = invariants_apart.passes_in_the_best_case_apart(minutes=0)
    asking = ["Show", "Consent", "TakeForce", "ShowTimeApart", "AgreeToTimeApart"]
    assert passing == [*asking, "Propose", "SuggestTimeApart"]
    assert invariants_apart.passes_in_the_best_case_apart() == []


def test_a_violation_is_told_as_the_shortest_story(monkeypatch):
    one_is_enough(monkeypatch)
    violation = walk(NEW_PAIR).violation
    assert str(violation).splitlines() == [
        "only_both_choose_a_time_apart: a time apart began without a yes",
        "  1. Ana suggests a time apart of 7 days",
    ]


# How a rule may be broken.


def ignored_by_the_gate(monkeypatch):
    """A time apart is only words."""
    ignore(monkeypatch, Reason.TIME_APART)


def ignored_for_proposals(monkeypatch):
    """During it one can still ask for more."""
    ignore(monkeypatch, Reason.TIME_APART, rules.Propose)


def ignored_when_it_takes_force(monkeypatch):
    """The gate looks at it for what is asked and not for what was."""
    ignore(monkeypatch, Reason.TIME_APART, rules.TakeForce)


def ignored_for_suggestions(monkeypatch):
    """During it another can be suggested, perhaps a longer one."""
    ignore(monkeypatch, Reason.TIME_APART, rules.SuggestTimeApart)


def it_ends_nothing(monkeypatch):
    """What is in force goes on."""
    monkeypatch.setattr(model, "end_contact", lambda pair: pair)


def it_ends_with_a_pause(monkeypatch):
    """Whoever pauses in it has ended it with that."""
    real = model.pause

    def pause(pair, who):
        pair = real(pair, who)
        rows = tuple(each._replace(agreed=NEVER) for each in pair.times_apart)
        return pair._replace(times_apart=apart.voided(rows, pair.now, who))

    monkeypatch.setattr(model, "pause", pause)


def its_author_ends_it_early(monkeypatch):
    """What one suggested, one takes back at any time."""

    def take_back(pair, who, index):
        row = pair.times_apart[index]
        own = row._replace(agreed=NEVER, back=pair.now)
        rows = model.put(pair.times_apart, index, own)
        return pair._replace(times_apart=rows) if row.author == who else pair

    monkeypatch.setattr(model, "take_back", take_back)


def silence_ends_it_early(monkeypatch):
    """When only a week of it is left, nothing holds it up."""
    real = apart.apart_until

    def apart_until(rows, now):
        until = real(rows, now)
        return until if now < until - 7 * 24 * 60 else NEVER

    monkeypatch.setattr(apart, "apart_until", apart_until)


def one_is_enough(monkeypatch):
    """Whoever suggests it has put the other into it."""
    real = model.suggest

    def suggest(pair, who, choice):
        now = real(pair, who, choice)
        *rows, last = now.times_apart
        return model.end_contact(now)._replace(
            times_apart=(*rows, last._replace(agreed=now.now, end=NOT_ENDED))
        )

    monkeypatch.setattr(model, "suggest", suggest)


def its_author_says_yes(monkeypatch):
    """Somebody chooses what they suggested themselves."""
    ignore(monkeypatch, Reason.NOT_THEIRS, rules.AgreeToTimeApart)


def what_was_taken_back_can_be_chosen(monkeypatch):
    """Taking back only changes what one sees."""
    monkeypatch.setattr(model, "take_back", lambda pair, who, index: pair)


def what_was_declined_can_be_chosen(monkeypatch):
    """A no is not kept."""
    monkeypatch.setattr(model, "say_no", lambda pair, who, index: pair)


def what_lapsed_can_be_chosen(monkeypatch):
    """A yes is never too late."""
    ignore(monkeypatch, Reason.NOT_STANDING, rules.AgreeToTimeApart)


def what_lapsed_is_shown(monkeypatch):
    """What nobody took up stays on the other's page."""
    ignore(monkeypatch, Reason.NOT_STANDING, rules.ShowTimeApart)


def a_suggestion_survives_a_pause(monkeypatch):
    """After a pause it is there again."""
    monkeypatch.setattr(apart, "voided", lambda rows, now, who: rows)


def a_suggestion_in_a_pause_comes_through(monkeypatch):
    """What was suggested during the other's pause waits for its end."""
    real = model.suggest

    def suggest(pair, who, choice):
        now = real(pair, who, choice)
        rows = (each._replace(end=NOT_ENDED) for each in now.times_apart)
        return now._replace(times_apart=tuple(rows))

    monkeypatch.setattr(model, "suggest", suggest)


def other_suggestions_stay_open(monkeypatch):
    """Beside the one that was chosen the other's waits, and is there after the day."""
    monkeypatch.setattr(apart, "put_behind", lambda rows, now: rows)


def both_in_a_longer_one(monkeypatch):
    """The yes to a day is a yes to a later one."""
    real = model.choose

    def choose(pair, who, index):
        now = real(pair, who, index)
        row = now.times_apart[index]._replace(until=now.times_apart[index].until + 1)
        return now._replace(times_apart=model.put(now.times_apart, index, row))

    monkeypatch.setattr(model, "choose", choose)


def pauses_ignored_for_suggestions(monkeypatch):
    """During a pause the other's suggestion is shown, and can be chosen."""
    ignore(monkeypatch, Reason.PAUSED, rules.ShowTimeApart, rules.AgreeToTimeApart)


def parting_ignored_for_suggestions(monkeypatch):
    """After the end a time apart can be chosen."""
    ignore(monkeypatch, Reason.PARTED, rules.ShowTimeApart, rules.AgreeToTimeApart)


def on_the_day(monkeypatch, then):
    """When the day of a time apart comes, more happens than that it is over."""
    real = model.wait

    def wait(pair, until):
        day = apart.apart_until(pair.times_apart, pair.now)
        now = real(pair, until)
        return then(now) if pair.now < day <= now.now else now

    monkeypatch.setattr(model, "wait", wait)


def the_day_restores(monkeypatch):
    """On the day what was in force is in force again."""

    def then(pair):
        return model._begin(pair, pair.last, pair.now + 7 * 24 * 60) if pair.last > 0 else pair

    on_the_day(monkeypatch, then)


def the_day_lifts_pauses(monkeypatch):
    """On the day all begins anew."""
    on_the_day(monkeypatch, lambda pair: pair._replace(paused=(False, False)))


def proposals_wait_for_the_day(monkeypatch):
    """A time apart only holds up what was asked before it."""
    monkeypatch.setattr(model, "settle_for_time_apart", lambda pair: pair)


STANDS = invariants_apart.nothing_passes_a_time_apart
BOTH = invariants_apart.only_both_choose_a_time_apart
CHOICE = invariants_apart.only_what_stands_can_be_chosen
DAY = invariants_apart.the_day_begins_nothing
PAUSE, TIME = invariants.nothing_passes_a_pause, invariants.time_adds_nothing
END = invariants.parted_is_the_end

BROKEN = [
    (ignored_by_the_gate, NEW_PAIR, STANDS),
    (ignored_for_proposals, NEW_PAIR, STANDS),
    (ignored_when_it_takes_force, NEW_PAIR, STANDS),
    (ignored_for_suggestions, NEW_PAIR, STANDS),
    (it_ends_nothing, SUGGESTED, STANDS),
    (it_ends_with_a_pause, NEW_PAIR, STANDS),
    (its_author_ends_it_early, NEW_PAIR, STANDS),
    (silence_ends_it_early, NEW_PAIR, STANDS),
    (one_is_enough, NEW_PAIR, BOTH),
    (its_author_says_yes, NEW_PAIR, BOTH),
    (what_was_taken_back_can_be_chosen, NEW_PAIR, BOTH),
    (what_was_declined_can_be_chosen, NEW_PAIR, BOTH),
    (what_lapsed_can_be_chosen, NEW_PAIR, BOTH),
    (a_suggestion_survives_a_pause, NEW_PAIR, BOTH),
    (a_suggestion_in_a_pause_comes_through, NEW_PAIR, BOTH),
    (both_in_a_longer_one, NEW_PAIR, BOTH),
    (its_author_says_yes, NEW_PAIR, CHOICE),
    (what_was_taken_back_can_be_chosen, NEW_PAIR, CHOICE),
    (what_lapsed_can_be_chosen, NEW_PAIR, CHOICE),
    (what_lapsed_is_shown, NEW_PAIR, CHOICE),
    (a_suggestion_survives_a_pause, NEW_PAIR, CHOICE),
    (other_suggestions_stay_open, NEW_PAIR, CHOICE),
    (pauses_ignored_for_suggestions, NEW_PAIR, PAUSE),
    (parting_ignored_for_suggestions, NEW_PAIR, END),
    (the_day_restores, APART, DAY),
    (the_day_restores, APART, TIME),
    (the_day_lifts_pauses, NEW_PAIR, DAY),
    (proposals_wait_for_the_day, COOLING_OFF, DAY),
    (proposals_wait_for_the_day, PROPOSED, DAY),
]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("broken", "beginning", "invariant"),
    [
        pytest.param(*each, id=f"{number}-{each[0].__name__}-{each[2].__name__}")
        for number, each in enumerate(BROKEN)
    ],
)
def test_a_broken_rule_is_caught(broken, beginning, invariant, monkeypatch):
    """By this invariant, with no other beside it."""
    broken(monkeypatch)
    violation = walk_with_one(invariant, beginning, 6, OF_STATES, OF_ACTS).violation
    assert violation is not None, "nothing was found"
    assert violation.invariant == invariant.__name__


def test_every_invariant_catches_something():
    own = {*invariants_apart.OF_STATES, *invariants_apart.OF_ACTS}
    assert own <= {each for _, _, each in BROKEN}
