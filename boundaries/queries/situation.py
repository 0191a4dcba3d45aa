"""The situation of a pair: all that the rules look at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import Membership, Pair
from boundaries.models import Agreement, Pause, TimeApart, Window
from boundaries.queries.limits import limits_of
from boundaries.queries.proposals import proposals_by_pair
from boundaries.rules import gate
from boundaries.rules.proposals import Proposal as ProposalValue
from boundaries.rules.situation import Situation
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import TOOK_PLACE, State

COMING = (State.PLANNED, State.OPEN)

# Built once: to build these each time took longer than to ask the database.
TALKING_PLACES = Membership.objects.select_related("limits", "person").annotate(
    is_paused=Exists(
        Pause.objects.filter(pair=OuterRef("pair"), person=OuterRef("person"), lifted_at=None)
    ),
)
PLACES = TALKING_PLACES.select_related("door").annotate(
    apart_until=Subquery(
        TimeApart.objects.filter(pair=OuterRef("pair"), agreed_at__isnull=False, end=None).values(
            "ends_at"
        )[:1]
    ),
)
LATEST_AGREEMENTS = Pair.objects.values_list(
    Subquery(Agreement.objects.filter(pair=OuterRef("pk")).order_by("-number").values("pk")[:1])
)
AGREEMENTS = Agreement.objects.annotate(
    held_whole=Exists(Window.objects.filter(agreement=OuterRef("pk"), state=State.HELD)),
    last_conversation=Subquery(
        Window.objects.filter(pair=OuterRef("pair"), state__in=TOOK_PLACE | {State.OPEN})
        .order_by("-opens_at")
        .values("opens_at")[:1]
    ),
)
IN_FORCE = Agreement.objects.filter(ended_at=None).order_by()
OPEN_WINDOWS = Window.objects.filter(state=State.OPEN).order_by()
COMING_WINDOWS = Window.objects.filter(state__in=COMING).order_by("opens_at")

Row = TypeVar("Row", Membership, Agreement, Window)


def load_situation(pair: Pair, at: datetime) -> Situation:
    """The situation of one pair at `at`.

    Under the pair's lock it is the truth; outside it, what a page shows.
    """
    return load_situations([pair], at)[pair.pk]


def load_situation_of_talk(pair: Pair) -> Situation:
    """The situation as far as talking asks for it, which is waited for: three plain queries.

    It has the open window, what is in force, what either allows, and pauses; no proposals, nothing
    planned, no doors, and nothing of what was.
    """
    return load_talk(pair).situation


class Talk(NamedTuple):
    """What talking asks for, with the rows from which it was made."""

    situation: Situation
    places: list[Membership]
    opened: Window | None


def load_talk(pair: Pair) -> Talk:
    """The same with both persons' places and the open window, which it needs anyway."""
    places: list[Membership] = [*TALKING_PLACES.filter(pair=pair)]
    opened = OPEN_WINDOWS.filter(pair=pair).first()
    situation = Situation(
        **_of_persons(pair, places),
        **_in_force(IN_FORCE.filter(pair=pair).first()),
        windows=(opened.as_value(),) if opened else (),
    )
    return Talk(situation, places, opened)


def load_situations(pairs: Iterable[Pair], at: datetime) -> dict[UUID, Situation]:
    """The situations of many pairs by their keys: four queries, whatever their history."""
    pairs = list(pairs)
    keys = [pair.pk for pair in pairs]
    places = PLACES.filter(pair__in=keys)
    found = _situations(pairs, proposals_by_pair(keys, at), places)
    return {key: gate.settled(situation, at) for key, situation in found.items()}


def _situations(
    pairs: Iterable[Pair],
    proposals: Mapping[UUID, list[ProposalValue]],
    places: Iterable[Membership],
) -> dict[UUID, Situation]:
    by_id = {pair.pk: pair for pair in pairs}
    memberships = _by_pair(places)
    agreements = _by_pair(_latest_agreements(by_id))
    windows = _by_pair(COMING_WINDOWS.filter(pair__in=by_id))
    return {
        key: _situation(
            pair, memberships[key], agreements[key], windows[key], proposals.get(key, [])
        )
        for key, pair in by_id.items()
    }


def _latest_agreements(pairs: Collection[UUID]) -> QuerySet[Agreement]:
    """The agreement of each pair that is in force or was last (R5), with its last conversation.

    Found once for each pair, and not asked of each agreement that it ever had.
    """
    return AGREEMENTS.filter(pk__in=LATEST_AGREEMENTS.filter(pk__in=pairs))


def _situation(
    pair: Pair,
    memberships: list[Membership],
    agreements: list[Agreement],
    windows: list[Window],
    proposals: list[ProposalValue],
) -> Situation:
    last = agreements[0] if agreements else None
    current = last if last and last.ended_at is None else None
    return Situation(
        **_of_persons(pair, memberships),
        doors={each.person_id: each.door.opened_at for each in memberships if _has_door(each)},
        apart_until=cast(Any, memberships[0]).apart_until,
        **_in_force(current),
        number=last.number if last else 0,
        last_in_force=last.terms if last else None,
        held_whole=last is not None and cast(Any, last).held_whole,
        last_conversation=cast(Any, last).last_conversation if last else None,
        windows=tuple(window.as_value() for window in windows),
        proposals=tuple(proposals),
    )


def _in_force(current: Agreement | None) -> dict[str, Any]:
    return {
        "in_force": current.terms if current else NO_CONTACT,
        "agreement": current.pk if current else None,
        "review_at": current.review_at if current else None,
    }


def _of_persons(pair: Pair, places: list[Membership]) -> dict[str, Any]:
    return {
        "limits": {each.person_id: limits_of(each) for each in places},
        "paused": frozenset(each.person_id for each in places if _is_paused(each)),
        "parted": pair.ended_at is not None,
    }


def _is_paused(membership: Membership) -> bool:
    """Whether a pause of theirs stands, or they were made inactive, which stops as much."""
    return cast(Any, membership).is_paused or not membership.person.is_active


def _has_door(membership: Membership) -> bool:
    return hasattr(membership, "door")


def _by_pair(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.pair_id].append(row)
    return found
