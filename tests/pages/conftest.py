"""For the tests of pages: browsers of the persons, and pairs in which something has happened."""

from collections.abc import Callable

import pytest

from accounts import zones
from accounts.models import Person, Support
from accounts.scopes import Scope
from tests import factories
from tests.beginnings import beginning
from tests.clock import Clock
from tests.pages.visitor import ClientVisitor
from tests.pages.watch import Watch


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


agreement, past = beginning("agreement"), beginning("past")
before, after = beginning("before"), beginning("after")


@pytest.fixture
def trusted(ana: Person, make_person: Callable[..., Person]) -> Support:
    """What Ana asked of Cleo, who may do all that there is."""
    return factories.support(of=ana, by=make_person("cleo"), allowed=Scope)


@pytest.fixture
def supporting(ana: Person, make_person: Callable[..., Person]) -> Support:
    """What Dora asked of Ana, who may do all that there is."""
    return factories.support(of=make_person("dorothea"), by=ana, allowed=Scope)


@pytest.fixture
def watch(at_ben: ClientVisitor, clock: Clock) -> Watch:
    """What Ben reads after something was done."""
    return Watch(at_ben, clock)
