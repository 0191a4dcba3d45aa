"""What sealing words costs: pages and a release as they are, beside the same without sealing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.test import Client

from accounts import clock, vault
from accounts.models import Membership
from conversations import actions
from conversations.models import Envelope, Letter, Message
from tests import factories
from tests.bench import world
from tests.bench.figures import Part, Row

PAIRS_RELEASED = 500
SAID = 100
ON_A_LIST = 12
MESSAGE = "This is what somebody says in a conversation. "
MICRO = 2_000
UNCOUNTED = 3


@contextmanager
def unsealed() -> Iterator[None]:
    """Words are kept as they are: the floor."""

    def seal(words: str, **_: Any) -> bytes:
        return words.encode()

    def unseal(kept: bytes, **_: Any) -> str:
        return kept.decode()

    with patch.object(vault, "seal", seal), patch.object(vault, "unseal", unseal):
        yield


WAYS: dict[str, Callable[[], Any]] = {"sealed": nullcontext, "floor": unsealed}


def measure(*, pages: int, releases: int, pairs: int = PAIRS_RELEASED) -> Part:
    """Each page so many times, and so many releases of two letters of each of so many pairs.

    Sealed and not sealed take turns, so that whatever else the machine does is shared.
    """
    rows = [*_pages(pages), *_releases(releases, pairs), *_operations(MICRO)]
    how = [
        "What one process uses of a processor, on PostgreSQL; not what the database itself uses.",
        "The floor is the same with words kept as they are.",
        f"A letter has {len(world.LETTER)} characters. Each release is of other pairs, whose keys",
        "have to be unwrapped first.",
    ]
    return Part("Sealing: what it costs", how, rows)


def _in_turn(turn: int) -> list[tuple[str, Callable[[], Any]]]:
    """Each way is the first one every other time: what comes second finds a fuller database."""
    return list(WAYS.items())[:: -1 if turn % 2 else 1]


def _pages(times: int) -> list[Row]:
    browsers, addresses = {}, {}
    for name, way in WAYS.items():
        with way():
            place = _full_pair()
            addresses[name] = _addresses(place)
        browsers[name] = _browser(place)
    samples: dict[str, list[float]] = {}
    for title in addresses["sealed"]:
        for turn in range(times + UNCOUNTED):
            for name, way in _in_turn(turn):
                with way():
                    took = _get(browsers[name], addresses[name][title])
                samples.setdefault(f"{title}, {name}", []).append(took)
    return [Row(name, taken[UNCOUNTED:]) for name, taken in samples.items()]


def _get(browser: Client, address: str) -> float:
    """Milliseconds."""
    began = time.process_time()
    answer = browser.get(address)
    took = 1000 * (time.process_time() - began)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    return took


def _full_pair() -> Membership:
    """A place in a pair whose conversation is open: much was said, a letter was read, and more
    letters are there for the next.
    """
    (window,) = world.in_conversation(count=1)
    place = Membership.objects.filter(pair=window.pair_id).order_by("seat")[0]
    at = clock.now()
    Message.objects.bulk_create(
        Message(
            pair_id=place.pair_id,
            window=window,
            author_id=place.person_id,
            key=uuid4(),
            number=n + 1,
            body=MESSAGE * 3,
            said_at=at,
        )
        for n in range(SAID)
    )
    factories.held_letters(by=[place], each=ON_A_LIST, at=at, body=world.LETTER)
    envelope = Envelope.objects.get(window=window, recipient=place.person_id)
    actions.open_envelope(by=place, envelope_id=envelope.pk)
    return place


def _addresses(place: Membership) -> dict[str, str]:
    page = f"/pairs/{place.pair_id}/"
    envelope = Envelope.objects.get(recipient=place.person_id)
    return {
        "the pair's page": page,
        f"a list of {ON_A_LIST} letters": f"{page}letters/",
        "a letter that came": f"{page}envelopes/{envelope.pk}/",
        f"a conversation with {SAID} messages": f"{page}conversations/{envelope.window_id}/",
    }


def _browser(place: Membership) -> Client:
    browser = Client(headers={"host": "localhost"})
    browser.cookies["sessionid"] = world.session_of(place.person)
    return browser


def _releases(times: int, pairs: int) -> list[Row]:
    samples: dict[str, list[float]] = {name: [] for name in WAYS}
    for turn in range(times):
        for name, way in _in_turn(turn):
            with way():
                samples[name].append(_release(pairs))
    return [
        Row(f"a release of {2 * pairs} letters, {name}", taken) for name, taken in samples.items()
    ]


def _release(pairs: int) -> float:
    """Milliseconds."""
    made = world.due(count=pairs, opens_at=world.whole_minute(clock.now()))
    vault._cipher.cache_clear()
    began = time.process_time()
    actions.sweep()
    took = 1000 * (time.process_time() - began)
    released = Letter.objects.filter(pair__in=made, state=Letter.State.RELEASED).count()
    assert released == 2 * pairs, f"{released} letters were released"
    return took


def _operations(times: int) -> list[Row]:
    """Each by itself, in thousandths of a millisecond."""
    key, place = vault.new_key(), "a place"
    sealed = vault.seal(world.LETTER, wrapped=key, place=place)
    acts: dict[str, Callable[[], object]] = {
        "seal a letter": lambda: vault.seal(world.LETTER, wrapped=key, place=place),
        "open a letter": lambda: vault.unseal(sealed, wrapped=key, place=place),
        "unwrap a key": lambda: vault._unwrap(key),
        "make and wrap a key": vault.new_key,
    }
    return [
        Row(name, [_microseconds(act) for _ in range(times)], "us") for name, act in acts.items()
    ]


def _microseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1_000_000 * (time.perf_counter() - began)
