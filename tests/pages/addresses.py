"""Every address of the site, found in its URL table, so that a new one is in the tests at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from boundaries.models import Window
from boundaries.rules.windows import State

OURS = ("accounts", "boundaries", "conversations", "checkins")


@dataclass(frozen=True)
class Address:
    """One named address and the keys that stand in it."""

    name: str
    keys: frozenset[str]

    def path(self, keys: Mapping[str, UUID]) -> str:
        """The address with these keys; a KeyError is a kind of key that no test knows yet."""
        return reverse(self.name, kwargs={key: keys[key] for key in self.keys})

    def __str__(self) -> str:
        return self.name


def ours() -> list[Address]:
    """Every address of our own apps, by name."""
    found = _patterns(get_resolver().url_patterns, "")
    return sorted(found, key=lambda address: address.name)


def in_a_pair() -> list[Address]:
    """Those that stand under a pair."""
    return [address for address in ours() if "pair_id" in address.keys]


def elsewhere() -> list[Address]:
    """Those that need no key."""
    return [address for address in ours() if not address.keys]


def unlike(paths: Iterable[str]) -> list[str]:
    """These, with the first for all conversations that are planned: the others are like it."""
    planned = Window.objects.filter(state=State.PLANNED).order_by("opens_at")
    others = {str(key) for key in planned.values_list("pk", flat=True)[1:]}
    return [path for path in paths if others.isdisjoint(path.split("/"))]


def _patterns(
    patterns: Sequence[URLPattern | URLResolver], app: str, keys: frozenset[str] = frozenset()
) -> Iterator[Address]:
    for entry in patterns:
        own = keys | entry.pattern.converters.keys()
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, entry.namespace or app, own)
        elif app in OURS:
            yield Address(f"{app}:{entry.name}", own)
