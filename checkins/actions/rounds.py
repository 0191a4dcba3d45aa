"""Looking, once before each conversation, whether both leave room for more (R12)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts import clock
from accounts.locks import locked_pairs
from boundaries.actions.sweeping import settle_in_batches
from boundaries.models import Window
from boundaries.queries import has_room_for_more, load_situations
from boundaries.rules.checkins import ROUND_AHEAD
from boundaries.rules.windows import State
from checkins.models import Round

LOOKED_AT_ONCE = 500


def look_at_rounds() -> None:
    """Look where it is time, whoever did what when; if the worker was away, as soon as it is back.

    Not once the conversation is due. LOOKED_AT_ONCE of them in one sweep, and the next one goes on:
    other people's conversations are opened by the same worker, and do not wait for this.
    """
    first = _to_look_at(clock.now()).order_by("opens_at", "pk")
    keys = list(first.values_list("pk", flat=True)[:LOOKED_AT_ONCE])
    if keys:
        settle_in_batches(Window.objects.filter(pk__in=keys).order_by("opens_at"), _look)


def _to_look_at(at: datetime) -> QuerySet[Window]:
    """The conversations that are near and were not looked at."""
    near = Window.objects.filter(opens_at__gt=at, opens_at__lte=at + ROUND_AHEAD)
    return near.filter(state=State.PLANNED, round__isnull=True)


def _look(pair_ids: Collection[UUID]) -> None:
    with locked_pairs(pair_ids) as (pairs, at):
        situations = load_situations(pairs, at)
        Round.objects.bulk_create(
            Round(
                window=window,
                both_leave_room=has_room_for_more(situations[window.pair_id]),
                looked_at=at,
            )
            for window in _to_look_at(at).filter(pair__in=pairs)
        )
