"""For the tests of pages: browsers of the persons, and pairs in which something has happened."""

from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts import zones
from accounts.actions import create_code, use_code
from accounts.models import Person, Support
from accounts.queries import get_membership_for
from accounts.scopes import Scope
from boundaries.models import Agreement
from tests import factories
from tests.pages import beginnings
from tests.pages.beginnings import Begun, Past
from tests.pages.visitor import ClientVisitor


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Those that begin alike run one after another, under the names that they have."""
    if begin := beginnings.of(metafunc):
        hidden = [pytest.HIDDEN_PARAM]
        metafunc.parametrize("begun_once", [begin], indirect=True, scope="module", ids=hidden)


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


@pytest.fixture(scope="module")
def begun_once(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[Begun | None]:
    """What the next tests begin with."""
    begin = getattr(request, "param", None)
    if begin is None:
        yield None
        return
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock(), factories.undone():
        with beginnings.still() as clock:
            ana = factories.person(name="ana", time_zone="Europe/Berlin")
            ben = factories.person(name="ben", time_zone="Europe/Lisbon")
            ben_place = use_code(by=ben, code=create_code(by=ana))
            pair = ben_place.pair
            ana_place = get_membership_for(ana, pair.pk)
            begun = Begun(
                clock=clock, ana=ana, ben=ben, pair=pair, ana_place=ana_place, ben_place=ben_place
            )
            begin(begun)
        yield begun


@pytest.fixture(autouse=True)
def begun(request: pytest.FixtureRequest, begun_once: Begun | None) -> Begun | None:
    """This test's own copy of it, which also is first of all."""
    if begun_once:
        request.getfixturevalue("clock").go_to(begun_once.clock.at)
    return deepcopy(begun_once)


ana, ben, pair = map(beginnings.beginning, ("ana", "ben", "pair"))
ana_place, ben_place = map(beginnings.beginning, ("ana_place", "ben_place"))


@pytest.fixture
def begun_alone(ana, ben, pair, ana_place, ben_place, clock) -> Begun:
    """The same for a test that commits."""
    together = {"ana": ana, "ben": ben, "pair": pair, "ana_place": ana_place}
    return Begun(clock=clock, ben_place=ben_place, **together)


@pytest.fixture
def agreement(request: pytest.FixtureRequest, begun: Begun | None) -> Agreement:
    """What both agreed to: a first Saturday, two letters from each of up to 4000 characters."""
    begun = begun or request.getfixturevalue("begun_alone")
    beginnings.agree(begun)
    return begun.agreement


@pytest.fixture
def past(request: pytest.FixtureRequest, begun: Begun | None) -> Past:
    """A conversation to which each of them wrote a letter. Neither has read theirs."""
    begun = begun or request.getfixturevalue("begun_alone")
    beginnings.meet(begun)
    return begun.past


@pytest.fixture
def trusted(ana: Person, make_person: Callable[..., Person]) -> Support:
    """What Ana asked of Cleo, who may do all that there is."""
    return factories.support(of=ana, by=make_person("cleo"), allowed=Scope)


@pytest.fixture
def supporting(ana: Person, make_person: Callable[..., Person]) -> Support:
    """What Dora asked of Ana, who may do all that there is."""
    return factories.support(of=make_person("dorothea"), by=ana, allowed=Scope)
