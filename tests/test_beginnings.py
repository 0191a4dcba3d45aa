"""What tests begin with is made once for a module, and what each of them does to it is undone."""

from uuid import UUID

import pytest

from boundaries import actions
from boundaries.models import Pause, Window
from tests import beginnings
from tests.beginnings import beginning

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BEGINNINGS = {"window": beginnings.plan}

window = beginning("window")

made: set[UUID] = set()


@pytest.mark.parametrize("turn", ["one", "another"])
def test_what_is_done_to_it_is_undone(window, ana_place, pair, begun, begun_once, clock, turn):
    assert Window.objects.get(pk=window.pk).state == window.state == "planned"
    assert not Pause.objects.exists()
    assert clock.at == begun_once.clock.at
    made.add(pair.pk)
    actions.pause(by=ana_place)
    clock.move(days=1)
    window.state = "changed"
    begun.window = None
    assert begun_once.window.state == "planned"
    assert made == {pair.pk}, "it is not made anew for each"


def test_who_begins_with_less_finds_nothing_of_it(pair, clock):
    assert not Window.objects.exists()
    assert not Pause.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_commits_makes_it_alone(window, begun, pair):
    assert begun is None
    assert Window.objects.filter(pair=pair, pk=window.pk).exists()
