"""Doubled requests and several workers at once: what is done at once is done once (R7, R24)."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Membership
from boundaries import actions as boundaries
from boundaries.models import Pause, Window
from boundaries.queries import load_situation, terms_in_force
from boundaries.rules.checkins import Answer
from boundaries.rules.ways import Less
from checkins import actions, queries
from checkins.exceptions import OverError
from checkins.models import CheckIn, Reflection, Round
from tests import factories
from tests.races import side_by_side

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

RACES = 12
OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)


@pytest.fixture
def places(clock):
    """One person of each of many pairs whose conversation is in a day."""
    clock.go_to(OPENS_AT - timedelta(days=1))
    factories.many(count=RACES, opens_at=OPENS_AT, letters=1)
    seated = Membership.objects.filter(seat=1).select_related("pair", "person")
    return list(seated.order_by("pair_id"))


def window_of(place):
    return Window.objects.filter(pair=place.pair_id).order_by("opens_at")[0].pk


def test_r7_two_workers_at_once_look_once(places, clock):
    clock.go_to(OPENS_AT - timedelta(days=7))
    side_by_side([0], *[lambda _: actions.sweep()] * 4)
    assert Round.objects.count() == RACES
    assert set(Round.objects.values_list("both_leave_room", flat=True)) == {True}


def test_less_that_is_sent_twice_at_once_is_one_step(places, clock):
    def said(place):
        base = queries.base_of(load_situation(place.pair, clock.at))
        return factories.said(Answer.LESS, way=Less.HALF_AS_LONG, base=base)

    sent = {place.pk: said(place) for place in places}
    windows = {place.pk: window_of(place) for place in places}

    def give(place):
        actions.give_before(by=place, window_id=windows[place.pk], said=sent[place.pk])

    side_by_side(places, give, give)
    assert {terms_in_force(place.pair).minutes for place in places} == {20}
    assert CheckIn.objects.count() == RACES


def test_r1_of_two_answers_at_once_the_skip_holds(places):
    """Whichever comes first; the other is one before it, or is over."""
    windows = {place.pk: window_of(place) for place in places}

    def give(answer):
        def act(place):
            said = factories.said(answer)
            with suppress(OverError):
                actions.give_before(by=place, window_id=windows[place.pk], said=said)

        return act

    side_by_side(places, give(Answer.GO_AHEAD), give(Answer.SKIP))
    for place in places:
        said = Window.objects.get(pk=windows[place.pk]).as_value()
        assert (said.skipped, said.go_ahead) == ({place.person_id}, frozenset())
        answers = [row.wanted for row in CheckIn.objects.filter(membership=place)]
        assert answers.count(Answer.SKIP) == 1


def test_r13_a_pause_beside_an_answer_holds(places):
    windows = {place.pk: window_of(place) for place in places}

    def go_ahead(place):
        said = factories.said(Answer.GO_AHEAD)
        with suppress(OverError):
            actions.give_before(by=place, window_id=windows[place.pk], said=said)

    side_by_side(places, lambda place: boundaries.pause(by=place), go_ahead)
    assert Pause.objects.filter(lifted_at=None).count() == RACES
    assert not Window.objects.filter(pk__in=windows.values()).exclude(state="cancelled").exists()


def test_a_reflection_that_is_sent_twice_at_once_is_one(places):
    keys = {place.pk: uuid4() for place in places}

    def write(place):
        actions.write_reflection(
            by=place.person, key=keys[place.pk], question="hope", body="Quiet.", is_marked=False
        )

    side_by_side(places, write, write)
    assert Reflection.objects.count() == RACES
