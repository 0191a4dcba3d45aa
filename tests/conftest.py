"""What every test may ask for: the clock, the persons, and the outsider."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client, TransactionTestCase
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from accounts.actions import create_code, use_code
from accounts.models import Membership, Pair, Person
from accounts.queries import get_membership_for
from boundaries import guards
from tests import beginnings, chromium, factories, stack
from tests import clock as clocks
from tests.beginnings import Begun

ANA = {"name": "ana", "time_zone": "Europe/Berlin"}
BEN = {"name": "ben", "time_zone": "Europe/Lisbon"}


def pytest_configure() -> None:
    """Look for circular garbage rarely: it was a fifth of the time of the whole suite."""
    gc.set_threshold(100_000, 50, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Those that begin alike run one after another, under the names that they have."""
    if begin := beginnings.of(metafunc):
        hidden = [pytest.HIDDEN_PARAM]
        metafunc.parametrize("begun_once", [begin], indirect=True, scope="module", ids=hidden)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, with a reason, what needs something that is not here; begin with the slow ones."""
    if connection.vendor != "postgresql":
        _leave_out(items, "postgres", "needs PostgreSQL")
    if not chromium.path() and not os.environ.get("REPAIR_REQUIRE_BROWSER"):
        _leave_out(items, "browser", "NOT RUN: no Chromium is installed")
    items[:] = _slow_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def _slow_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Begin with the slow tests, so that at the end none is left to run alone.

    Each process is handed as many neighbours as the others, and later takes from those who still
    have some; so each share begins with its own part of the slow ones.
    """
    slow = [item for item in items if item.get_closest_marker("processes")]
    slow.sort(key=lambda item: item.get_closest_marker("browser") is None)
    quick = [item for item in items if not item.get_closest_marker("processes")]
    share = len(items) // workers
    ordered: list[pytest.Item] = []
    for number in range(workers):
        own = slow[number::workers]
        room = share - len(own) if number < workers - 1 else len(quick)
        ordered += [*own, *quick[: max(room, 0)]]
        quick = quick[max(room, 0) :]
    return ordered


def _leave_out(items: list[pytest.Item], marker: str, reason: str) -> None:
    for item in items:
        if item.get_closest_marker(marker):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; make a context of it for each person.

    It ends with its module: while it runs, Django takes this thread for an asynchronous one and
    refuses the database.
    """
    executable = chromium.path()
    assert executable, "No Chromium is installed: apt-get install chromium"
    with chromium.launched(executable) as launched:
        yield launched


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.once, pytest.mark.long]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def repair(request, tmp_path) -> Iterator[stack.Running]:
    """Repair with its demo, as `make run` starts it: on SQLite and files, and on real servers."""
    if request.param == "sqlite":
        with stack.running(tmp_path) as running:
            yield running
    else:
        with (
            stack.own_database() as database,
            stack.own_redis() as redis,
            stack.running(tmp_path, DATABASE_URL=database, REDIS_URL=redis) as running,
        ):
            yield running


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings) -> bool:
    """On SQLite a copy of what `tests.run` has migrated, to be kept as it is and not made anew."""
    template = os.environ.get(stack.TEMPLATE)
    if not template or connection.vendor != "sqlite":
        return False
    shutil.copy(urlsplit(template).path, connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(autouse=True, scope="session")
def _committed_records_can_be_emptied() -> Iterator[None]:
    """A test that commits is followed by a flush, which the record's guards would refuse.

    Permissions, which nothing here asks for, are not made anew after it: that took most of it.
    """

    def flush_without_guards(_: TransactionTestCase) -> None:
        with guards.down(connection, *guards.KEEPING):
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_guards)
        yield


@pytest.fixture(autouse=True)
def _no_rate_limit_from_another_test() -> Iterator[None]:
    """Rate limits are counted in the cache, which outlives a test."""
    yield
    cache.clear()


@pytest.fixture
def clock(settings, monkeypatch) -> clocks.Clock:
    """The one clock that rules read, standing still until it is moved."""
    settings.REPAIR_CLOCK = "tests.clock.now"
    fresh = clocks.Clock()
    monkeypatch.setattr(clocks, "clock", fresh)
    return fresh


@pytest.fixture
def make_person(db) -> Callable[..., Person]:
    """Make a person whose address is verified: `make_person("ana", time_zone="Europe/Berlin")`."""

    def make(name: str, **fields: object) -> Person:
        return factories.person(name=name, **fields)

    return make


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
            ana, ben = factories.person(**ANA), factories.person(**BEN)
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
    if begun_once is None:
        return None
    own, own.clock = deepcopy(begun_once), request.getfixturevalue("clock")
    own.clock.go_to(begun_once.clock.at)
    return own


@pytest.fixture
def ana(begun, db) -> Person:
    return begun.ana if begun else factories.person(**ANA)


@pytest.fixture
def ben(begun, db) -> Person:
    return begun.ben if begun else factories.person(**BEN)


@pytest.fixture
def outsider(make_person) -> Person:
    """Somebody with an account who belongs to no pair of the test."""
    return make_person("outsider")


@pytest.fixture
def pair(begun, ana, ben) -> Pair:
    """Ana's and Ben's pair, made as they would make it: she hands him a code."""
    return begun.pair if begun else use_code(by=ben, code=create_code(by=ana)).pair


@pytest.fixture
def ana_place(begun, ana, pair) -> Membership:
    return begun.ana_place if begun else get_membership_for(ana, pair.pk)


@pytest.fixture
def ben_place(begun, ben, pair) -> Membership:
    return begun.ben_place if begun else get_membership_for(ben, pair.pk)


@pytest.fixture
def begun_alone(ana, ben, pair, ana_place, ben_place, clock) -> Begun:
    """The same for a test that commits."""
    together = {"ana": ana, "ben": ben, "pair": pair, "ana_place": ana_place}
    return Begun(clock=clock, ben_place=ben_place, **together)


@pytest.fixture
def elsewhere(make_person, outsider) -> Membership:
    """The outsider's place in a pair with somebody else."""
    return use_code(by=outsider, code=create_code(by=make_person("cem")))


@pytest.fixture
def client_of() -> Callable[[Person], Client]:
    """A browser in which the person is signed in."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def ana_client(client_of, ana) -> Client:
    return client_of(ana)


@pytest.fixture
def ben_client(client_of, ben) -> Client:
    return client_of(ben)


@pytest.fixture
def outsider_client(client_of, outsider) -> Client:
    return client_of(outsider)
