"""Two people and the worker act in any order; after each act nothing is so that must not be.

Here the actions themselves run, on the database. What is looked at after each act are a few
sentences that hold whatever came before.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Membership
from boundaries import actions
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, Consent, Pause, Proposal, Window
from boundaries.queries import agreement_in_force, load_situation
from boundaries.rules.limits import within
from boundaries.rules.rhythm import Weekly
from boundaries.rules.terms import NO_CONTACT, Terms
from boundaries.rules.windows import State
from conversations import actions as conversations
from conversations.models import Envelope, Letter
from tests import factories, seen
from tests.clock import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SATURDAYS = Weekly(1, 0, frozenset({5}))
WISHES = [
    factories.terms(),
    factories.terms(minutes=30, letters=1),
    factories.terms(rhythm=SATURDAYS),
    factories.terms(rhythm=SATURDAYS, minutes=90),
    NO_CONTACT,
]
LIMITS = [
    factories.limits(),
    factories.limits(minutes=40),
    factories.limits(days_between=28, letters=1),
    factories.limits(ask_before_each=True),
    factories.limits(hours=frozenset(range(24 * 5))),
    factories.limits(days_between=None),
]


@dataclass
class Couple:
    """Two places, and the clock."""

    places: tuple[Membership, Membership]
    clock: Clock

    @property
    def pair(self):
        return self.places[0].pair


def set_limits(couple, by, choice):
    actions.set_limits(by=by, limits=LIMITS[choice % len(LIMITS)])


def propose(couple, by, choice):
    terms = WISHES[choice % len(WISHES)]
    actions.propose(by=by, terms=terms, proof=factories.proof(of=by))


def on_newest(act):
    def on_a_proposal(couple, by, choice):
        rows = Proposal.objects.filter(pair=couple.pair).order_by("-made_at")
        if row := rows[choice % 2 :].first():
            act(by, row)

    on_a_proposal.__name__ = act.__name__
    return on_a_proposal


@on_newest
def consent(by, row):
    factories.consent(by=by, to=row)


@on_newest
def decline(by, row):
    actions.decline(by=by, proposal_id=row.pk)


@on_newest
def withdraw(by, row):
    actions.withdraw_proposal(by=by, proposal_id=row.pk)


def take_less(couple, by, choice):
    actions.take_less(by=by, terms=WISHES[choice % len(WISHES)])


def pause(couple, by, choice):
    actions.pause(by=by)


def lift(couple, by, choice):
    actions.lift(by=by)


def answer(couple, by, choice):
    window = Window.objects.filter(pair=couple.pair, state=State.PLANNED).first()
    if window:
        (actions.skip if choice % 3 == 0 else actions.go_ahead)(by=by, window_id=window.pk)


def write(couple, by, choice):
    factories.letter(by=by, body="x" * (choice * 500))


def withdraw_letter(couple, by, choice):
    letter = Letter.objects.filter(author=by.person_id, state=Letter.State.HELD).first()
    if letter:
        conversations.withdraw_letter(by=by, letter_id=letter.pk)


def wait(couple, by, choice):
    """Some time passes without a worker."""
    couple.clock.move(hours=(1, 24, 73, 24 * 9)[choice % 4])


def sweep(couple, by, choice):
    actions.sweep()
    conversations.sweep()


def go_to_the_next_conversation(couple, by, choice):
    planned = Window.objects.filter(pair=couple.pair, state=State.PLANNED)
    window = planned.order_by("opens_at").first()
    if window and window.closes_at > couple.clock.at:
        couple.clock.go_to(window.opens_at + timedelta(minutes=choice * 10))
        sweep(couple, by, choice)


def agree(couple, by, choice):
    """The whole way, so that much happens in few acts."""
    other = next(place for place in couple.places if place != by)
    terms = WISHES[choice % len(WISHES)]
    row = actions.propose(by=by, terms=terms, proof=factories.proof(of=by))
    agreed = factories.consent(by=other, to=row)
    if agreed.takes_force_at and choice % 2:
        couple.clock.go_to(max(couple.clock.at, agreed.takes_force_at))
        sweep(couple, by, choice)


ACTS = [
    set_limits,
    propose,
    consent,
    decline,
    withdraw,
    take_less,
    pause,
    lift,
    answer,
    write,
    write,
    withdraw_letter,
    wait,
    sweep,
    sweep,
    go_to_the_next_conversation,
    go_to_the_next_conversation,
    agree,
    agree,
]
BY_THE_WORKER = (sweep, go_to_the_next_conversation, agree)
UNSEEN = (decline, answer, write, withdraw_letter)

stories = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 11)),
    min_size=5,
    max_size=25,
)


def test_in_any_order_nothing_is_so_that_must_not_be(ana_place, ben_place, clock):
    couple, reached = Couple((ana_place, ben_place), clock), Counter()

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(from_an_agreement=st.booleans(), story=stories)
    @example(
        from_an_agreement=True,
        story=[(go_to_the_next_conversation, 0, 0), (take_less, 0, 1), (pause, 1, 0)],
    )
    def tell_it(from_an_agreement, story):
        start = clock.at
        with factories.undone():
            factories.allow(by=couple.places)
            if from_an_agreement:
                factories.agree(by=ana_place, other=ben_place, clock=clock, rhythm=SATURDAYS)
                for place in couple.places:
                    factories.letter(by=place)
            for act, who, choice in story:
                tell(couple, act, couple.places[who], couple.places[1 - who], choice)
            reached.update(seen.acts(in_=couple.pair))
        clock.go_to(start)

    tell_it()
    # Or it would hold of nothing.
    assert set(reached) >= {"in_force", "lessened", "paused", "window_opened", "letter_released"}


def tell(couple, act, by, other, choice):
    """One act, and all that has to hold after it."""
    before, shown = so_far(couple), seen.pages(of=other) if act in UNSEEN else None
    with suppress(RefusedError):
        act(couple, by, choice)
    after = so_far(couple)
    if act in UNSEEN:
        assert seen.pages(of=other) == shown
    if act not in BY_THE_WORKER:
        assert after.released == before.released, "only the worker releases"
        assert after.in_force <= before.in_force, "more comes only after cooling-off"
        assert after.planned <= before.planned, "less plans no conversation"
    elif not after.in_force <= before.in_force:
        both_had_agreed(couple)
    all_is_within_bounds(couple)
    what_was_released_was_agreed(couple)


@dataclass(frozen=True)
class SoFar:
    """What may grow only in certain ways."""

    in_force: Terms
    planned: frozenset[Any]
    released: frozenset[Any]


def so_far(couple):
    windows = Window.objects.filter(pair=couple.pair, state=State.PLANNED)
    released = Letter.objects.filter(pair=couple.pair, state=Letter.State.RELEASED)
    agreement = agreement_in_force(couple.pair)
    return SoFar(
        in_force=agreement.terms if agreement else NO_CONTACT,
        planned=frozenset(windows.values_list("opens_at", flat=True)),
        released=frozenset(released.values_list("pk", flat=True)),
    )


def both_had_agreed(couple):
    """R2: two consents to these terms, the later one at least 72 hours before."""
    agreement = agreement_in_force(couple.pair)
    given_at = Consent.objects.filter(
        proposal=agreement.proposal, digest=agreement.digest, withdrawn_at=None
    ).values_list("given_at", flat=True)
    assert len(given_at) == 2
    assert agreement.in_force_from - max(given_at) >= timedelta(hours=72)


def all_is_within_bounds(couple):
    """R5, R8, R13."""
    pair, at = couple.pair, couple.clock.at
    situation = load_situation(pair, at)
    assert all(within(situation.in_force, each) for each in situation.limits.values())
    standing = Proposal.objects.filter(pair=pair, end=None)
    assert standing.filter(takes_force_at__isnull=False).count() <= 1
    coming = [window for window in situation.windows if at < window.span.closes_at]
    if situation.in_force == NO_CONTACT:
        assert coming == []
    in_force = Agreement.objects.filter(pair=pair, ended_at=None)
    for window in Window.objects.filter(pair=pair, state=State.PLANNED, closes_at__gt=at):
        assert window.agreement in in_force
        assert window.closes_at <= window.agreement.review_at
    if Pause.objects.filter(pair=pair, lifted_at=None).exists():
        assert situation.in_force == NO_CONTACT
        assert coming == []
        assert not standing.filter(made_at__gt=at - timedelta(days=14)).exists()
        assert not standing.filter(takes_force_at__isnull=False).exists()


def what_was_released_was_agreed(couple):
    """R18: at most so many for each conversation, none too long, and each in one that opened."""
    brought: dict[Any, int] = {}
    for envelope in Envelope.objects.select_related("letter", "window__agreement"):
        letter, window = envelope.letter, envelope.window
        place = window.pk, letter.author_id
        brought[place] = brought.get(place, 0) + 1
        assert brought[place] <= window.agreement.terms.letters
        assert letter.length <= window.agreement.terms.letter_length
        assert window.opened_at == letter.released_at
        assert window.opens_at <= letter.released_at < window.closes_at
        assert envelope.recipient_id != letter.author_id
