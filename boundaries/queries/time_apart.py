"""What a person may see of times apart, and of the kind words that came with them or an ending."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import Membership, Pair
from boundaries.models import Agreement, Farewell, LetBe, TimeApart
from boundaries.queries.pauses import KIND_WORDS_STAY_FOR
from boundaries.queries.proposals import PROPOSALS_MATTER_FOR
from boundaries.queries.situation import load_situation
from boundaries.rules import acts, gate
from boundaries.rules.phrases import Phrase
from boundaries.rules.situation import Situation
from boundaries.rules.time_apart import Standing, as_seen_by, of_interest_until


@dataclass(frozen=True)
class Seen:
    """What one person sees of the times apart of a pair.

    suggestions: those that are listed, each as it looks to them, the latest first. standing: the
    one that both chose and whose day has not come. to_answer: one whose day has come, while this
    person is asked what would be right.
    """

    suggestions: list[tuple[TimeApart, Standing]]
    standing: TimeApart | None
    to_answer: TimeApart | None


def load_situation_for_time_apart(pair: Pair, at: datetime) -> Situation:
    """The situation with the times apart that may still matter, for what is about them."""
    return with_times_apart(load_situation(pair, at), pair, at)


def with_times_apart(situation: Situation, pair: Pair, at: datetime) -> Situation:
    """The same from a situation that was read already. One query."""
    rows = tuple(row.as_value() for row in _recent(pair.pk, at))
    return replace(situation, times_apart=rows)


def times_apart_for(membership: Membership, situation: Situation, at: datetime) -> Seen:
    """What this person's pages show of them. One query."""
    rows = list(_of(membership, at))
    situation = replace(situation, times_apart=tuple(row.as_value() for row in rows))
    looks = [(row, _as_seen(membership.person_id, row, situation, at)) for row in rows]
    chosen = next((row for row in rows if row.agreed_at and not row.end), None)
    return Seen(
        suggestions=[
            (row, look)
            for row, look in looks
            if look not in (None, Standing.CHOSEN) and at < of_interest_until(row.as_value())
        ],
        standing=chosen if chosen and at < chosen.ends_at else None,
        to_answer=chosen if chosen and _is_asked(chosen, at) else None,
    )


def get_time_apart_for(
    membership: Membership, time_apart_id: UUID, at: datetime
) -> tuple[TimeApart, Standing]:
    """One time apart as this person sees it.

    Raises Http404 alike for one that is not there and one that is not to be seen.
    """
    row = _of(membership, at).filter(pk=time_apart_id).first()
    situation = load_situation_for_time_apart(membership.pair, at)
    look = _as_seen(membership.person_id, row, situation, at) if row else None
    if row is None or look is None:
        raise Http404
    return row, look


def chosen_in(membership: Membership) -> QuerySet[TimeApart]:
    """All that both ever chose in the pair, the latest first; both may see these (R30)."""
    chosen = TimeApart.objects.filter(pair=membership.pair_id, agreed_at__isnull=False)
    return chosen.order_by("-agreed_at", "-pk")


def has_declined(membership: Membership, time_apart_id: UUID) -> bool:
    """Whether this person has said no to this suggestion."""
    suggested = TimeApart.objects.filter(pair=membership.pair_id, pk=time_apart_id)
    return suggested.filter(end="declined").exclude(author=membership.person_id).exists()


def words_with(membership: Membership, row: TimeApart, situation: Situation) -> Phrase | None:
    """The phrase that the other let come with a time apart that stands, for who wants any (R15)."""
    if not situation.limits[membership.person_id].kind_words:
        return None
    is_mine = row.author_id == membership.person_id
    return _phrase(row.phrase_of_other if is_mine else row.phrase_of_author)


def own_words_with(membership: Membership, row: TimeApart) -> Phrase | None:
    """This person's own phrase with it, which they can take back."""
    is_mine = row.author_id == membership.person_id
    return _phrase(row.phrase_of_author if is_mine else row.phrase_of_other)


def farewell_for(membership: Membership, situation: Situation, at: datetime) -> Phrase | None:
    """The phrase that the other left when they ended the pair, for who wants to see any (R15)."""
    if not situation.limits[membership.person_id].kind_words:
        return None
    others = Farewell.objects.exclude(person=membership.person_id)
    return _latest(others.filter(pair=membership.pair_id), at)


def own_farewell(membership: Membership, at: datetime) -> Phrase | None:
    """The phrase that this person left when they ended it, and that they can take back."""
    own = Farewell.objects.filter(pair=membership.pair_id, person=membership.person_id)
    return _latest(own, at)


def _latest(farewells: QuerySet[Farewell], at: datetime) -> Phrase | None:
    recent = farewells.filter(left_at__gt=at - KIND_WORDS_STAY_FOR)
    return _phrase(recent.values_list("phrase", flat=True).first() or "")


def _phrase(text: str) -> Phrase | None:
    return Phrase(text) if text else None


def _recent(pair_id: UUID, at: datetime) -> QuerySet[TimeApart]:
    """Those that may still be open or resting, and the one that both chose last."""
    chosen = Q(agreed_at__isnull=False, end=None)
    recent = Q(suggested_at__gt=at - PROPOSALS_MATTER_FOR)
    return TimeApart.objects.filter(chosen | recent, pair=pair_id).order_by("-suggested_at", "-pk")


def _of(membership: Membership, at: datetime) -> QuerySet[TimeApart]:
    let_be = LetBe.objects.filter(time_apart=OuterRef("pk"), person=membership.person_id)
    since = Agreement.objects.filter(pair=OuterRef("pair"), in_force_from__gte=OuterRef("ends_at"))
    rows = _recent(membership.pair_id, at)
    return rows.annotate(is_let_be=Exists(let_be), agreed_since=Exists(since))


def _is_asked(row: TimeApart, at: datetime) -> bool:
    """From its day on, until they let it be or both agreed on something."""
    asked = cast(Any, row)
    return at >= row.ends_at and not asked.is_let_be and not asked.agreed_since


def _as_seen(person: UUID, row: TimeApart, situation: Situation, at: datetime) -> Standing | None:
    """How one looks to this person; None if they are to see nothing of it (R10, R14)."""
    time_apart = row.as_value()
    look = as_seen_by(person, time_apart, at)
    if look is Standing.OPEN and time_apart.author != person:
        hidden = gate.reasons_against(acts.ShowTimeApart(person, time_apart), situation, at)
        return None if hidden else look
    return look
