"""Getting through pairs in which something is due, whatever fails in one of them (R7)."""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, QuerySet

from accounts import clock
from boundaries.actions.agreements import compute_again
from boundaries.actions.proposals import take_force
from boundaries.actions.windows import close_due, lapse
from boundaries.models import Agreement, Proposal, SetAside, Window
from boundaries.rules import windows
from boundaries.rules.windows import State

BATCH = 100
COMPUTED_AT_ONCE = 500
SET_ASIDE_FOR = timedelta(minutes=1)
SET_ASIDE_KEPT = timedelta(days=1)

Row = TypeVar("Row", bound=Model)

log = logging.getLogger(__name__)


def sweep() -> None:
    """Do what is due in boundaries: close windows, put proposals into force, let agreements lapse,
    and compute windows again when there are newer zone data.

    Running it twice, late or on ten workers at once changes nothing more than running it once.
    """
    at = clock.now()
    opened = Window.objects.filter(state=State.OPEN, closes_at__lte=at)
    settle_in_batches(opened.order_by("closes_at"), close_due)
    cooled_off = Proposal.objects.filter(end=None, takes_force_at__lte=at)
    settle_one_by_one(cooled_off.order_by("takes_force_at"), take_force)
    reviewed = Agreement.objects.filter(ended_at=None, review_at__lte=at)
    settle_one_by_one(reviewed.order_by("review_at"), lapse)
    settle_one_by_one(_with_older_zone_data(), compute_again, at_most=COMPUTED_AT_ONCE)
    SetAside.objects.filter(until__lt=at - SET_ASIDE_KEPT).delete()


def _with_older_zone_data() -> QuerySet[Agreement]:
    """In no order, so that an index can tell that there are none."""
    return Agreement.objects.filter(zone_data__lt=windows.zone_data(), ended_at=None)


def settle_in_batches(
    due: QuerySet[Row],
    settle: Callable[[Collection[UUID]], object],
    *,
    at_most: int | None = None,
) -> None:
    """Give `settle` the pairs of `due`, whose rows have a `pair`, in batches and in that order.

    Batches are small because a pause waits for the one that holds its pair. One that fails is tried
    pair by pair. at_most: as in `settle_one_by_one`.
    """
    for pairs in batched(_pairs(due)[:at_most], BATCH):
        try:
            settle(pairs)
        except Exception:
            log.exception("A batch of pairs failed; trying them one by one")
            for pair in pairs:
                _settle_or_set_aside(pair, lambda pair: settle([pair]))


def settle_one_by_one(
    due: QuerySet[Row], settle: Callable[[UUID], object], *, at_most: int | None = None
) -> None:
    """Give `settle` the pairs of `due`, each in a transaction of its own.

    The first `at_most` of them, where settling takes long; the next sweep goes on. Those that are
    set aside take nobody's place among them.
    """
    for pair in _pairs(due)[:at_most]:
        _settle_or_set_aside(pair, settle)


def batched(pairs: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    """The sequence in slices of `size`; the last may be shorter."""
    return (pairs[start : start + size] for start in range(0, len(pairs), size))


def _pairs(due: QuerySet[Row]) -> list[UUID]:
    """Each pair of `due` once, without those that are set aside."""
    aside = SetAside.objects.filter(pair=OuterRef("pair"), until__gt=clock.now())
    return list(dict.fromkeys(due.exclude(Exists(aside)).values_list("pair", flat=True)))


def _settle_or_set_aside(pair: UUID, settle: Callable[[UUID], object]) -> None:
    try:
        settle(pair)
    except Exception as fault:
        log.exception("Pair %s is set aside for %s", pair, SET_ASIDE_FOR)
        SetAside.objects.update_or_create(
            pair_id=pair,
            defaults={"until": clock.now() + SET_ASIDE_FOR, "reason": type(fault).__name__},
        )
