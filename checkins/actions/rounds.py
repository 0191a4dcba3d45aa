"""Looking, once before each conversation, whether both leave room for more (R12)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts import clock
from accounts.locks import locked_pairs
from boundaries.actions.sweeping import settle_in_batches
from boundaries.models import Window
from boundaries.queries import has_room_for_more, load_situations
from boundaries.rules.checkins import (
    ROUND_AHEAD,
    ROUND_LATE,
    ROUNDS_APART,
    will_both_be_asked,
)
from boundaries.rules.situation import Situation
from boundaries.rules.windows import State
from checkins.models import Round, Wish

LOOKED_AT_ONCE = 500


def look_at_rounds() -> None:
    """Look where it is time, whoever did what when; a worker that was away looks late, or never.

    LOOKED_AT_ONCE of them in one sweep, and the next one goes on: other people's conversations are
    opened by the same worker, and do not wait for this.
    """
    due = _to_look_at(clock.now()).order_by("opens_at", "pk")
    settle_in_batches(due, _look, at_most=LOOKED_AT_ONCE)


def _to_look_at(at: datetime) -> QuerySet[Window]:
    """The conversations that are a week away, in pairs in which it was not looked lately."""
    near = Window.objects.filter(
        opens_at__gt=at + ROUND_AHEAD - ROUND_LATE, opens_at__lte=at + ROUND_AHEAD
    )
    lately = Round.objects.filter(window__pair=OuterRef("pair"), looked_at__gt=at - ROUNDS_APART)
    return near.filter(~Exists(lately), state=State.PLANNED, round__isnull=True)


def _look(pair_ids: Collection[UUID]) -> None:
    with locked_pairs(pair_ids) as (pairs, at):
        situations = load_situations(pairs, at)
        unasked = _with_somebody_unasked(pair_ids)
        Round.objects.bulk_create(
            Round(
                window=window,
                both_leave_room=window.pair_id not in unasked and _leave_room(window, situations),
                looked_at=at,
            )
            for window in _to_look_at(at).filter(pair__in=pairs)
        )


def _leave_room(window: Window, situations: Mapping[UUID, Situation]) -> bool:
    """Whether both do, and both are asked around this conversation, as far as it can be told."""
    situation = situations[window.pair_id]
    are_asked = will_both_be_asked(window.as_value(), situation.limits.values())
    return are_asked and has_room_for_more(situation)


def _with_somebody_unasked(pair_ids: Collection[UUID]) -> set[UUID]:
    """The pairs in which somebody wants no check-ins: who is told alone would read of both."""
    unwanted = Wish.objects.filter(membership__pair__in=pair_ids, is_wanted=False)
    return set(unwanted.values_list("membership__pair", flat=True))
