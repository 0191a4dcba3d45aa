"""The keys of pairs and persons: whether the host's keys open them, and wrapping them anew."""

import logging
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts import vault
from accounts.models import Pair, Person

BATCH = 500
SOME = 20

log = logging.getLogger(__name__)

Owner = Person | Pair
Owners = QuerySet[Person] | QuerySet[Pair]


def fit() -> bool:
    """Whether the host's keys open the keys that are there, judged by some of each version.

    They do not if none of several of one version opens, or none at all. One alone may be damaged,
    and that stops nobody else: the log tells which. An empty key was destroyed on purpose.
    """
    some = [(each, _opens(each)) for each in _some_of_each()]
    fits = _are_of_these_keys([(_version_of(each), opens) for each, opens in some])
    damaged = [str(each) for each, opens in some if not opens]
    if fits and damaged:
        log.error("These have keys that cannot be opened: %s", ", ".join(damaged))
    return fits


def rotate() -> Iterator[int]:
    """Wrap every key with the host's present key; yield, batch by batch, how many were.

    No words are touched. Stopped at any moment and begun again it goes on where it was. It goes
    round until there is nothing to do, since a process that still has the old settings may wrap
    new ones with the old key meanwhile. One that cannot be opened is left as it is; the log tells
    which.
    """
    is_done = False
    while not is_done:
        is_done = True
        for wrapped in _each_once():
            is_done = is_done and not wrapped
            yield wrapped


def left() -> int:
    """How many keys are not wrapped with the host's present key."""
    return sum(_old(rows).count() for rows in _owners())


def _owners() -> tuple[Owners, Owners]:
    return Person.objects.only("wrapped_key"), Pair.objects.only("wrapped_key")


def _old(rows: Owners) -> Owners:
    return rows.exclude(wrapped_key="").exclude(wrapped_key__startswith=vault.prefix())


def _some_of_each() -> Iterator[Owner]:
    """Some keys of each version of the host's, and some that are of none of these."""
    known = [Q(wrapped_key__startswith=f"{version}:") for version in settings.REPAIR_KEYS]
    unknown = ~reduce(or_, known, Q(wrapped_key=""))
    for rows in _owners():
        for version in [*known, unknown]:
            yield from rows.filter(version).order_by("pk")[:SOME]


def _version_of(owner: Owner) -> str:
    return owner.wrapped_key.partition(":")[0]


def _opens(owner: Owner) -> bool:
    try:
        vault.rewrap(owner.wrapped_key)
    except vault.UnreadableError:
        return False
    return True


def _are_of_these_keys(some: list[tuple[str, bool]]) -> bool:
    """some: of which version each key is that was tried, and whether it opened."""
    opened = {version for version, opens in some if opens}
    count = Counter(version for version, _ in some)
    return not some or (bool(opened) and all(v in opened or n == 1 for v, n in count.items()))


def _each_once() -> Iterator[int]:
    """Go once through the old ones; yield how many of each batch were wrapped."""
    for rows in _owners():
        old = _old(rows).order_by("pk")
        batch: list[Owner] = list(old[:BATCH])
        while batch:
            yield sum(map(_rewrap, batch))
            batch = list(old.filter(pk__gt=batch[-1].pk)[:BATCH])


def _rewrap(owner: Owner) -> int:
    """How many keys were wrapped anew: one, or none if it was changed meanwhile."""
    try:
        wrapped = vault.rewrap(owner.wrapped_key)
    except vault.UnreadableError:
        log.exception("The key of %s cannot be opened", owner)
        return 0
    rows = type(owner).objects.filter(pk=owner.pk, wrapped_key=owner.wrapped_key)
    return rows.update(wrapped_key=wrapped)
