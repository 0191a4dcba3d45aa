"""What every test may ask for: the clock, the persons, and the outsider."""

from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.actions import create_code, use_code
from accounts.models import Pair, Person
from tests import clock as clocks

PASSWORD = "a-quiet-password"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, with a reason, what needs PostgreSQL when the tests run on SQLite."""
    if connection.vendor != "postgresql":
        skip = pytest.mark.skip(reason="needs PostgreSQL")
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(skip)


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
        person = Person.objects.create_user(f"{name}@example.org", PASSWORD, **fields)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    return make


@pytest.fixture
def ana(make_person) -> Person:
    return make_person("ana", time_zone="Europe/Berlin")


@pytest.fixture
def ben(make_person) -> Person:
    return make_person("ben", time_zone="Europe/Lisbon")


@pytest.fixture
def outsider(make_person) -> Person:
    """Somebody with an account who belongs to no pair of the test."""
    return make_person("outsider")


@pytest.fixture
def pair(ana, ben) -> Pair:
    """Ana's and Ben's pair, made as they would make it: she hands him a code."""
    return use_code(by=ben, code=create_code(by=ana)).pair


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
