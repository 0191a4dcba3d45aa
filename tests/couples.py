"""Many couples at once, written as rows, for races: acting two thousand times would take long."""

from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from accounts.models import Membership, Pair, Person
from boundaries import actions as boundaries
from boundaries.models import Consent, Pause, PersonalLimits, Proposal, TimeApart
from boundaries.rules.canonical import terms_digest
from conversations import actions as conversations
from tests import factories
from tests.clock import Clock

Couple: TypeAlias = tuple[Membership, Membership]


def strangers(*, count: int, at: datetime) -> list[Couple]:
    """Couples with wide limits who agreed on nothing yet."""
    number = Person.objects.count()
    people = Person.objects.bulk_create(
        Person(email=f"p{number + n}@example.org", password="!") for n in range(2 * count)
    )
    pairs = Pair.objects.bulk_create(Pair(created_at=at) for _ in range(count))
    places = Membership.objects.bulk_create(
        Membership(pair=pairs[n // 2], person=person, seat=n % 2 + 1)
        for n, person in enumerate(people)
    )
    PersonalLimits.objects.bulk_create(
        PersonalLimits(membership=each, value=factories.limits(), changed_at=at) for each in places
    )
    return list(zip(places[::2], places[1::2], strict=True))


def in_conversation(*, count: int, opens_at: datetime) -> list[Couple]:
    """Couples whose conversation opens at `opens_at`, with one held letter from each."""
    factories.many(count=count, opens_at=opens_at, letters=1)
    places = Membership.objects.order_by("pair_id", "seat")
    return list(zip(places[::2], places[1::2], strict=True))


def propose(
    *, by: list[Membership], at: datetime, minutes: int = 45, other: list[Membership] | None = None
) -> dict[UUID, Proposal]:
    """By pair, what each of these persons proposed at `at`.

    With `other`, both said yes then, and it takes force 72 hours later.
    """
    terms = factories.terms(minutes=minutes)
    digest = terms_digest(terms)
    takes_force_at = at + factories.COOLING_OFF if other else None
    rows = Proposal.objects.bulk_create(
        Proposal(
            pair_id=each.pair_id,
            author_id=each.person_id,
            terms=terms,
            digest=digest,
            made_at=at - timedelta(seconds=1),
            agreed_at=at if other else None,
            takes_force_at=takes_force_at,
        )
        for each in by
    )
    proposals = {row.pair_id: row for row in rows}
    Consent.objects.bulk_create(
        Consent(
            proposal=proposals[each.pair_id], person_id=each.person_id, digest=digest, given_at=at
        )
        for each in [*by, *(other or [])]
    )
    return proposals


def pause(*, by: list[Membership], at: datetime) -> None:
    """Let these persons have paused at `at`, when nothing was in force yet."""
    Pause.objects.bulk_create(
        Pause(pair_id=each.pair_id, person_id=each.person_id, began_at=at) for each in by
    )


def suggest(*, by: list[Membership], at: datetime, days: int = 60) -> dict[UUID, TimeApart]:
    """By pair, the time apart that each of these persons suggested at `at`."""
    ends_at = (at + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = TimeApart.objects.bulk_create(
        TimeApart(
            pair_id=each.pair_id,
            author_id=each.person_id,
            day=ends_at.date(),
            ends_at=ends_at,
            suggested_at=at - timedelta(seconds=1),
        )
        for each in by
    )
    return {row.pair_id: row for row in rows}


def with_open_doors(couples: list[Couple], clock: Clock) -> list[Couple]:
    """The same couples, parted, who both left their door open for long enough to begin again."""
    for ana, ben in couples:
        conversations.part(by=ana)
        for each in (ana, ben):
            boundaries.open_door(by=each)
    clock.move(days=31)
    return couples
