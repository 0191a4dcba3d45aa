"""One's own pauses, and the kind words that came with the other's."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership, Person
from boundaries.models import Agreement, LastWords, Pause
from boundaries.rules.phrases import REST, Phrase
from boundaries.rules.situation import Situation

KIND_WORDS_STAY_FOR = REST


def own_pause(membership: Membership) -> Pause | None:
    """This person's own pause in the pair, if it stands. The other's is nobody's to see (R15)."""
    return Pause.objects.filter(
        pair=membership.pair_id, person=membership.person_id, lifted_at=None
    ).first()


def own_pauses(membership: Membership) -> QuerySet[Pause]:
    """All pauses of this person's own in the pair, the first of them first."""
    own = Pause.objects.filter(pair=membership.pair_id, person=membership.person_id)
    return own.order_by("began_at", "pk")


def pairs_paused_by(person: Person) -> set[UUID]:
    """The pairs in which this person's own pause stands."""
    own = Pause.objects.filter(person=person, lifted_at=None)
    return set(own.values_list("pair", flat=True))


def kind_words_for(membership: Membership, situation: Situation, at: datetime) -> Phrase | None:
    """The phrase that came with the other's pause, for who wants to see any (R15).

    For KIND_WORDS_STAY_FOR, whether that pause stands or was lifted, which is not to be noticed;
    and until something is agreed again, then for good.
    """
    if not situation.limits[membership.person_id].kind_words:
        return None
    others = Pause.objects.exclude(person=membership.person_id)
    return _latest_phrase(others.filter(pair=membership.pair_id), at)


def own_kind_words(membership: Membership, at: datetime) -> Phrase | None:
    """The phrase of this person's own that the other may still see, and that they can take back."""
    own = Pause.objects.filter(pair=membership.pair_id, person=membership.person_id)
    return _latest_phrase(own, at)


def words_rest_until(membership: Membership, at: datetime) -> datetime | None:
    """Until when no other words of this person come with a pause or a time apart, if they rest."""
    last = LastWords.objects.filter(membership=membership, left_at__gt=at - REST).first()
    return last.left_at + REST if last else None


def _latest_phrase(pauses: QuerySet[Pause], at: datetime) -> Phrase | None:
    agreed_since = Agreement.objects.filter(
        pair=OuterRef("pair"), in_force_from__gt=OuterRef("began_at"), proposal__isnull=False
    )
    recent = pauses.filter(~Exists(agreed_since), began_at__gt=at - KIND_WORDS_STAY_FOR)
    recent = recent.exclude(phrase="")
    phrase = recent.order_by("-began_at", "-pk").values_list("phrase", flat=True).first()
    return Phrase(phrase) if phrase else None
