"""The keys of pairs and persons: whether the host's keys open them, and wrapping them anew."""

import logging
from collections.abc import Iterator
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts import vault
from accounts.models import Pair, Person

BATCH = 500

log = logging.getLogger(__name__)

Owner = Person | Pair


def fit() -> bool:
    """Whether the host's keys open the keys that are there, judged by one for each version.

    An empty key is one that was destroyed on purpose.
    """
    versions = [f"{version}:" for version in settings.REPAIR_KEYS]
    return all(_opens(each) for rows in _owners() for each in _one_of_each(rows, versions))


def rotate() -> Iterator[int]:
    """Wrap every key with the host's present key; yield, batch by batch, how many were.

    No words are touched. Stopped at any moment and begun again it goes on where it was. One that
    cannot be opened is left as it is; the log tells which.
    """
    for rows in _owners():
        old = rows.exclude(wrapped_key="").exclude(wrapped_key__startswith=vault.prefix())
        batch: list[Owner] = list(old.order_by("pk")[:BATCH])
        while batch:
            yield sum(map(_rewrap, batch))
            batch = list(old.filter(pk__gt=batch[-1].pk).order_by("pk")[:BATCH])


def _owners() -> tuple[QuerySet[Person], QuerySet[Pair]]:
    return Person.objects.only("wrapped_key"), Pair.objects.only("wrapped_key")


def _one_of_each(rows: QuerySet[Person] | QuerySet[Pair], versions: list[str]) -> list[Owner]:
    known = [Q(wrapped_key__startswith=version) for version in versions]
    unknown = ~reduce(or_, known, Q(wrapped_key=""))
    found = (rows.filter(each).first() for each in [*known, unknown])
    return [each for each in found if each]


def _opens(owner: Owner) -> bool:
    try:
        vault.rewrap(owner.wrapped_key)
    except vault.UnreadableError:
        return False
    return True


def _rewrap(owner: Owner) -> int:
    """How many keys were wrapped anew: one, or none if it was changed meanwhile."""
    try:
        wrapped = vault.rewrap(owner.wrapped_key)
    except vault.UnreadableError:
        log.exception("The key of %s cannot be opened", owner)
        return 0
    rows = type(owner).objects.filter(pk=owner.pk, wrapped_key=owner.wrapped_key)
    return rows.update(wrapped_key=wrapped)
