"""Who may see what of persons and pairs. Each fetch takes the person on whose behalf it looks."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts import feeds
from accounts.models import Feed, Invitation, Membership, Person


def memberships_of(person: Person) -> QuerySet[Membership]:
    """Return the person's places in pairs that have not ended, the oldest first."""
    return all_memberships_of(person).filter(pair__ended_at__isnull=True)


def ended_memberships_of(person: Person) -> QuerySet[Membership]:
    """Return the person's places in pairs that have ended, the oldest first."""
    return all_memberships_of(person).filter(pair__ended_at__isnull=False)


def all_memberships_of(person: Person) -> QuerySet[Membership]:
    """Return the person's places in all their pairs, also in those that have ended."""
    found = Membership.objects.filter(person=person).select_related("pair", "person")
    return found.order_by("pair__created_at", "pair_id")


def get_membership_for(person: Person, pair_id: UUID) -> Membership:
    """Return the person's place in this pair, ended or not.

    Raises `Http404` alike for somebody else's pair and for one that does not exist.
    """
    try:
        return all_memberships_of(person).get(pair_id=pair_id)
    except Membership.DoesNotExist:
        raise Http404 from None


def other_membership(membership: Membership) -> Membership:
    """Return the other person's place in the same pair, with the person."""
    others = Membership.objects.select_related("person").exclude(pk=membership.pk)
    return others.get(pair_id=membership.pair_id)


def place_beside(membership: Membership) -> Membership | None:
    """Return the person's place in a pair of the same two that has not ended, if there is one."""
    other = Membership.objects.filter(pair=membership.pair_id).exclude(person=membership.person_id)
    person = Person(pk=membership.person_id)
    beside = Q(pair__memberships__person__in=other.values("person"))
    return memberships_of(person).filter(beside).first()


def live_invitation_of(person: Person, at: datetime) -> Invitation | None:
    """Return the person's code that could be used at this instant, if there is one."""
    return live_invitations(at).filter(made_by=person).first()


def live_invitations(at: datetime) -> QuerySet[Invitation]:
    """Return the codes of active persons that could be used at this instant."""
    return Invitation.objects.filter(
        used_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=at,
        made_by__is_active=True,
    )


def share_a_live_pair(one: Person, other: Person) -> bool:
    """Say whether these two are in a pair together that has not ended."""
    return memberships_of(one).filter(pair__memberships__person=other).exists()


def is_place_of(person: Person, membership_id: UUID) -> bool:
    """Whether this is the person's own place in a pair."""
    return Membership.objects.filter(pk=membership_id, person=person).exists()


def feed_of(person: Person) -> Feed | None:
    """Return the person's calendar feed, if they have one."""
    return Feed.objects.filter(person=person).select_related("person").first()


def get_feed_by(token: str) -> Feed:
    """Return the feed of this secret. Raises `Http404` alike for every other, whatever the cause.

    An account that is not in use has none.
    """
    own = Feed.objects.filter(token_digest=feeds.digest_of(token), person__is_active=True)
    feed = own.select_related("person").first()
    if feed is None:
        raise Http404
    return feed
