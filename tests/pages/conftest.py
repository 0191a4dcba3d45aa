"""For the tests of pages: browsers of the persons, and pairs in which something has happened."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from accounts import zones
from accounts.models import Membership, Person, Support
from accounts.scopes import Scope
from boundaries.models import Agreement, Window
from conversations.models import Envelope, Letter
from tests import factories
from tests.clock import Clock
from tests.pages.visitor import ClientVisitor


@pytest.fixture(autouse=True)
def _few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offer three places and not four hundred: what is tested here is not how many there are, and
    each costs time on every page that has a form with a zone. All zones are accepted as ever.
    """
    few = ("UTC", "Europe/Berlin", "Europe/Lisbon")
    monkeypatch.setattr(zones, "places", lambda: few)


@pytest.fixture
def at_ana(ana: Person) -> ClientVisitor:
    """Ana's browser."""
    return ClientVisitor(ana)


@pytest.fixture
def at_ben(ben: Person) -> ClientVisitor:
    """Ben's browser."""
    return ClientVisitor(ben)


@pytest.fixture
def agreement(ana_place: Membership, ben_place: Membership, clock: Clock) -> Agreement:
    """What both agreed to: a first Saturday, two letters from each of up to 4000 characters."""
    factories.allow(by=(ana_place, ben_place))
    return factories.agree(by=ana_place, other=ben_place, clock=clock, live=False)


@pytest.fixture
def trusted(ana: Person, make_person: Callable[..., Person]) -> Support:
    """What Ana asked of Cleo, who may do all that there is."""
    return factories.support(of=ana, by=make_person("cleo"), allowed=Scope)


@pytest.fixture
def supporting(ana: Person, make_person: Callable[..., Person]) -> Support:
    """What Dora asked of Ana, who may do all that there is."""
    return factories.support(of=make_person("dorothea"), by=ana, allowed=Scope)


@dataclass
class Past:
    """One conversation that took place, with the letter that it brought each of them."""

    window: Window
    to_ana: Envelope
    to_ben: Envelope


@pytest.fixture
def past(agreement: Agreement, ana_place: Membership, ben_place: Membership, clock: Clock) -> Past:
    """A conversation to which each of them wrote a letter. Neither has read theirs."""
    from_ana = factories.letter(by=ana_place, body="The garden is quiet now.")
    from_ben = factories.letter(by=ben_place, body="I have mended the fence.")
    window = factories.hold(pair=agreement.pair, clock=clock)
    return Past(window, _envelope(from_ben), _envelope(from_ana))


def _envelope(letter: Letter) -> Envelope:
    return Envelope.objects.get(letter=letter)
