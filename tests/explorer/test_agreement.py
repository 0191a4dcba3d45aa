"""The model is the real thing without a database: the same acts lead to the same situations.

Walks at random, with a fixed seed each. After every act the situation that the real actions leave
is compared with the model's, and so are refusals.
"""

import random
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from boundaries import actions
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, Proposal, SetAside, TimeApart, Window
from boundaries.queries.situation import COMING
from boundaries.queries.time_apart import load_situation_for_time_apart
from boundaries.rules import windows
from conversations import actions as conversations
from tests import factories
from tests.explorer import acts, apart, memory, model, quotient
from tests.explorer.domain import LIMITS, PERSONS, TERMS, instant
from tests.explorer.memory import Node
from tests.explorer.model import NotAllowedError, Pair
from tests.explorer.swift import swift_rules
from tests.explorer.walk import (
    APART,
    MORE_IN_FORCE,
    NEW_PAIR,
    WIDE_LIMITS,
    two_windows_until_review,
)

WEIGHTS: dict[str, float] = {
    "tick": 8,
    "consent": 8,
    "lift": 8,
    "settle": 5,
    "open": 5,
    "propose": 3,
    "wait": 2,
    "day": 2,
    "take_less": 2,
    "go_ahead": 2,
    "skip": 2,
    "set_limits": 0.7,
    "decline": 0.5,
    "withdraw": 0.5,
    "pause": 0.3,
    "part": 0.1,
    "suggest": 2,
    "choose": 2,
    "let_be": 4,
}
"""So that much happens before somebody ends it. What is not here weighs 1."""

HAPPENED = {
    *("set_limits", "take_less", "propose", "consent", "withdraw", "decline"),
    *("pause", "lift", "part", "skip", "go_ahead"),
    *("suggest", "choose", "say_no", "take_back", "let_be"),
    *("tick", "wait", "day", "away", "settle", "open"),
}
REFUSED = {"propose", "consent", "suggest", "choose"}
WALKS, STEPS = 40, 32
CHOSEN_WHILE_ASKED = (
    *(*WIDE_LIMITS, acts.Act("propose", 0, 1), acts.Act("propose", 1, 2)),
    *(acts.Act("consent", 1, 0), acts.Act("suggest", 1, 1), acts.Act("choose", 0, 0)),
)
PAUSED_AFTER_A_LAPSE = acts.Act("suggest", 0, 0), acts.WAIT, acts.Act("pause", 0)
FIRST = NEW_PAIR, MORE_IN_FORCE, APART, CHOSEN_WHILE_ASKED, PAUSED_AFTER_A_LAPSE
"""How the walks begin; what seldom comes about is done at once."""


class Reality:
    """The real pair, in which the real actions are called."""

    def __init__(self, places, clock):
        self.places, self.clock, self.proposals, self.times_apart = places, clock, [], []

    def do(self, act, before):
        """The act, by the real action of the same name."""
        if act.of_time:
            self._let_time_pass(act, before)
        else:
            getattr(self, act.name)(self.places[act.who], act.what, before)

    def set_limits(self, by, code, _):
        actions.set_limits(by=by, limits=LIMITS[code])

    def take_less(self, by, code, _):
        actions.take_less(by=by, terms=TERMS[code])

    def propose(self, by, code, _):
        row = actions.propose(by=by, terms=TERMS[code], proof=factories.proof(of=by))
        if row.pk not in self.proposals:
            self.proposals.append(row.pk)

    def consent(self, by, index, _):
        factories.consent(by=by, to=Proposal.objects.get(pk=self.proposals[index]))

    def withdraw(self, by, index, _):
        actions.withdraw_proposal(by=by, proposal_id=self.proposals[index])

    def decline(self, by, index, _):
        actions.decline(by=by, proposal_id=self.proposals[index])

    def pause(self, by, _, __):
        actions.pause(by=by)

    def lift(self, by, _, __):
        actions.lift(by=by)

    def part(self, by, _, __):
        conversations.part(by=by)

    def suggest(self, by, choice, before):
        day = instant(apart.first_minute(before.now, choice)).date()
        row = actions.suggest_time_apart(by=by, day=day, zone="UTC")
        if row.pk not in self.times_apart:
            self.times_apart.append(row.pk)

    def choose(self, by, index, _):
        row = TimeApart.objects.get(pk=self.times_apart[index])
        factories.choose(by=by, time_apart=row)

    def say_no(self, by, index, _):
        actions.decline_time_apart(by=by, time_apart_id=self.times_apart[index])

    def take_back(self, by, index, _):
        actions.take_back_time_apart(by=by, time_apart_id=self.times_apart[index])

    def let_be(self, by, index, _):
        actions.let_be(by=by, time_apart_id=self.times_apart[index])

    def skip(self, by, _, before):
        actions.skip(by=by, window_id=self._next(before, "skip"))

    def go_ahead(self, by, _, before):
        actions.go_ahead(by=by, window_id=self._next(before, "go_ahead"))

    def _next(self, before, answer):
        opens_at = instant(acts.next_to(before, answer).opens)
        coming = Window.objects.filter(pair=self.places[0].pair, state__in=COMING)
        return coming.get(opens_at=opens_at).pk

    def _let_time_pass(self, act, before):
        if act not in (acts.SETTLE, acts.OPEN):
            self.clock.go_to(instant(acts.until(act, before)))
        if act in (acts.SETTLE, acts.TICK):
            actions.sweep()
        if act in (acts.OPEN, acts.TICK):
            conversations.sweep()
        assert not SetAside.objects.exists(), "the sweep failed in this pair"

    def situation(self):
        """The real situation, with the model's keys in place of its own."""
        pair = self.places[0].pair
        pair.refresh_from_db()
        real = load_situation_for_time_apart(pair, self.clock.at)
        numbers = dict(Agreement.objects.filter(pair=pair).values_list("pk", "number"))
        people = {
            place.person_id: person for place, person in zip(self.places, PERSONS, strict=True)
        }

        def agreement(key):
            return model.number_id(numbers[key]) if key else None

        def those(keys):
            return frozenset(people[key] for key in keys)

        return replace(
            real,
            limits={people[key]: value for key, value in real.limits.items()},
            paused=those(real.paused),
            agreement=agreement(real.agreement),
            windows=tuple(
                replace(
                    each,
                    id=model.window_id(each.span.opens_at),
                    agreement=agreement(each.agreement),
                    go_ahead=those(each.go_ahead),
                    skipped=those(each.skipped),
                )
                for each in real.windows
            ),
            proposals=tuple(
                sorted(
                    (
                        replace(
                            each,
                            id=UUID(int=1 + self.proposals.index(each.id)),
                            author=people[each.author],
                            base=agreement(each.base),
                            ended_by=people.get(each.ended_by),
                            consented=those(each.consented),
                            taken_back={people[key]: at for key, at in each.taken_back.items()},
                        )
                        for each in real.proposals
                    ),
                    key=lambda each: each.id,
                )
            ),
            times_apart=tuple(
                sorted(
                    (
                        replace(
                            each,
                            id=UUID(int=2_000 + self.times_apart.index(each.id)),
                            author=people[each.author],
                        )
                        for each in real.times_apart
                    ),
                    key=lambda each: each.id,
                )
            ),
        )


def choose(dice, pair):
    """One of the acts that may be tried, mostly one that is not refused."""
    choices = list(acts.acts_in(pair))
    if dice.random() < 0.8:
        choices = [each for each in choices if refused(acts.do, each, pair)[0] not in (None, pair)]
    by_name = {each.name: [] for each in choices}
    for each in choices:
        by_name[each.name].append(each)
    weights = [WEIGHTS.get(name, 1) for name in by_name]
    return dice.choice(by_name[dice.choices(list(by_name), weights)[0]])


def refused(do, *args):
    """What comes of it, and the reasons if it is refused."""
    try:
        return do(*args), ()
    except (NotAllowedError, RefusedError) as refusal:
        return None, refusal.reasons


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.proof
def test_the_real_actions_leave_what_the_model_says(ana_place, ben_place, clock, monkeypatch):
    done, start = Counter(), clock.at
    for seed in range(WALKS):
        monkeypatch.setattr(windows, "WINDOWS_UNTIL_REVIEW", (2, 6)[seed % 2])
        with factories.undone():
            reality = Reality((ana_place, ben_place), clock)
            done += walk_in_both(random.Random(seed), reality, first=FIRST[seed // 2 % len(FIRST)])
        clock.go_to(start)
    # Or it would say little.
    assert {name for name, was_refused in +done if not was_refused} >= HAPPENED
    assert {name for name, was_refused in +done if was_refused} >= REFUSED


def walk_in_both(dice, reality, first):
    """A walk; counts the acts by name and by whether they were refused."""
    pair, done, story = Pair(), Counter(), []
    for step in range(STEPS):
        act = first[step] if step < len(first) else choose(dice, pair)
        story.append(acts.in_words(act, pair))
        now, reasons = refused(acts.do, act, pair)
        _, real_reasons = refused(reality.do, act, pair)
        assert reasons == real_reasons, story
        # To let a time apart be leaves all as it is, and of the others what did so says nothing.
        done[act.name, bool(reasons)] += now != pair or act.name == "let_be"
        pair = now or pair
        compare(pair, reality.situation(), story)
        if pair.parted and dice.random() < 0.3:
            break
    return done


def compare(pair, real, story):
    """The two situations, but for what was asked and is of no interest any more."""
    told = model.situation_of(pair)
    kept = {each.id for each in (*real.proposals, *real.times_apart)}
    for index, (each, row) in enumerate(zip(told.proposals, pair.proposals, strict=True)):
        assert each.id in kept or quotient.is_inert(pair, index, row), story
    for index, (each, row) in enumerate(zip(told.times_apart, pair.times_apart, strict=True)):
        assert each.id in kept or quotient.is_inert_apart(pair, index, row), story
    told = replace(
        told,
        proposals=tuple(each for each in told.proposals if each.id in kept),
        times_apart=tuple(each for each in told.times_apart if each.id in kept),
    )
    for name in told.__dataclass_fields__:
        assert getattr(told, name) == getattr(real, name), (name, story)


@pytest.mark.proof
@pytest.mark.once
def test_what_the_quotient_forgets_makes_no_difference():
    """From a state as it came about, and from the one that stands for it, one comes to the same."""
    with two_windows_until_review(), swift_rules():
        for seed in range(40):
            dice, node = random.Random(seed), Node()
            for _ in range(25):
                stands_for_it, _ = quotient.canonical(node)
                assert successors(node) == successors(stands_for_it)
                node = refused(memory.after, node, choose(dice, node.pair))[0] or node


def successors(node):
    """All that can come next, and the state itself, each as what stands for it."""
    found = {quotient.canonical(node)[0]}
    for act in acts.acts_in(node.pair):
        now, _ = refused(memory.after, node, act)
        if now:
            found.add(quotient.canonical(now)[0])
    return found
