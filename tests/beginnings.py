"""What tests begin with: made once for all tests of a module that begin alike.

A test asks for what it begins with by the name of a fixture, as for any other. Those that ask for
the same run one after another, within one transaction in which it has been made. Each is given
copies of its own, and what it does is undone after it. A module adds beginnings of its own as
`BEGINNINGS`, the one with most in it first; they come before those of its package.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import Membership
from accounts.scopes import Scope
from boundaries.models import Window
from conversations.models import Envelope, Letter
from repair.tasks import sweep
from tests import clock as clocks
from tests import factories


class Begun(SimpleNamespace):
    """Ana and Ben, their places and their pair, what was made of it, and the clock meanwhile."""

    clock: clocks.Clock
    ana_place: Membership
    ben_place: Membership

    @property
    def places(self) -> tuple[Membership, Membership]:
        return self.ana_place, self.ben_place


DAY = timedelta(days=1)
Beginning = Callable[[Begun], object]


@dataclass
class Past:
    """One conversation that took place, with the letter that it brought each of them."""

    window: Window
    to_ana: Envelope
    to_ben: Envelope


def agree(begun: Begun, *, live: bool = False) -> None:
    """They agree to a first Saturday, and two letters from each of up to 4000 characters."""
    if hasattr(begun, "agreement"):
        assert begun.agreement.terms.live == live, "They have agreed to something else."
        return
    ana, ben = begun.places
    factories.allow(by=begun.places)
    begun.agreement = factories.agree(by=ana, other=ben, clock=begun.clock, live=live)


def meet(begun: Begun) -> None:
    """They agree, and hold a conversation to which each of them wrote a letter; neither is read."""
    if hasattr(begun, "past"):
        return
    agree(begun)
    from_ana = factories.letter(by=begun.ana_place, body="The garden is quiet now.")
    from_ben = factories.letter(by=begun.ben_place, body="I have mended the fence.")
    window = factories.hold(pair=begun.pair, clock=begun.clock)
    begun.past = Past(window, _envelope(from_ben), _envelope(from_ana))


def trust(begun: Begun) -> None:
    """Cleo supports Ana, and Ana Dorothea, and may do all that there is."""
    cleo, dorothea = factories.person(name="cleo"), factories.person(name="dorothea")
    begun.trusted = factories.support(of=begun.ana, by=cleo, allowed=Scope)
    begun.supporting = factories.support(of=dorothea, by=begun.ana, allowed=Scope)


def allow(begun: Begun) -> None:
    """Both set wide limits."""
    factories.allow(by=begun.places)
    begun.both = begun.places


def agree_to_all(begun: Begun) -> None:
    """They agree to the same, and to talk."""
    agree(begun, live=True)
    begun.both = begun.places


def plan(begun: Begun) -> None:
    """They agreed to all, and their first conversation is to come."""
    agree_to_all(begun)
    begun.window = factories.next_window(pair=begun.pair)


def begin_to_talk(begun: Begun) -> None:
    """Their conversation is open, and they agreed to talk in it."""
    agree_to_all(begun)
    begun.window = factories.open_next(pair=begun.pair, clock=begun.clock)


def plan_for_next_month(begun: Begun) -> None:
    """The limits of both leave room above what is agreed; the first conversation is in a month."""
    begun.clock.move(days=6)
    plan(begun)


def _envelope(letter: Letter) -> Envelope:
    return Envelope.objects.get(letter=letter)


def come_near(begun: Begun) -> None:
    """Their second conversation is in a day. The worker looked a week before it."""
    agree(begun)
    factories.hold(pair=begun.pair, clock=begun.clock)
    begun.before = factories.next_window(pair=begun.pair)
    begun.clock.go_to(begun.before.opens_at - timedelta(days=7))
    sweep()
    begun.clock.go_to(begun.before.opens_at - DAY)


def meet_again(begun: Begun) -> None:
    """The same, which was held yesterday."""
    come_near(begun)
    begun.after = factories.hold(pair=begun.pair, clock=begun.clock)
    begun.clock.go_to(begun.after.closes_at + DAY)


def begin(_: Begun) -> None:
    """There is a pair, and nothing has happened in it."""


OF_PACKAGES: dict[str, dict[str, Beginning]] = {
    "tests.pages": {"after": meet_again, "before": come_near, "past": meet, "agreement": agree},
    "tests.checkins": {"window": plan_for_next_month},
}


def known_in(module: ModuleType) -> dict[str, Beginning]:
    """The beginnings of the tests of a module, by the name of what is asked for: its own first."""
    own = getattr(module, "BEGINNINGS", {})
    return {**own, **OF_PACKAGES.get(module.__package__ or "", {}), **own}


def of(metafunc: pytest.Metafunc) -> Beginning | None:
    """What this test begins with. One that commits makes it for itself."""
    database = metafunc.definition.get_closest_marker("django_db")
    if database is None or database.kwargs.get("transaction"):
        return None
    asked, known = metafunc.fixturenames, known_in(metafunc.module)
    found = next((known[name] for name in known if name in asked), None)
    return found or (begin if {"pair", "clock"} <= set(asked) else None)


@contextmanager
def still() -> Iterator[clocks.Clock]:
    """The clock that rules read, for what is made before the test."""
    with pytest.MonkeyPatch.context() as patch, override_settings(REPAIR_CLOCK="tests.clock.now"):
        fresh = clocks.Clock()
        patch.setattr(clocks, "clock", fresh)
        yield fresh


def beginning(name: str) -> Any:
    """A fixture for what a test begins with, which it makes if another beginning came first."""

    @pytest.fixture(name=name)
    def give(request: pytest.FixtureRequest, begun: Begun | None) -> Any:
        own = begun or request.getfixturevalue("begun_alone")
        if not hasattr(own, name):
            known_in(request.module)[name](own)
        return getattr(own, name)

    return give
