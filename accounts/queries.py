"""Who may see what of persons and pairs. Each fetch takes the person on whose behalf it looks."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from accounts import feeds
from accounts.models import Feed, Invitation, Membership, Pair, Person, Support, SupportLook
from accounts.scopes import FIELDS, TOLD_AT_ONCE, Scope, What

MOST_LINES = 12
"""So many lines of what supporters did stand on a person's first page at the most."""


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


def place_after(membership: Membership) -> Membership | None:
    """Return the person's place in the last pair of the same two, ended or not, if one followed.

    One follows when the one before has ended: of two pairs the one that ended later, or never, came
    after.
    """
    other = Membership.objects.filter(pair=membership.pair_id).exclude(person=membership.person_id)
    same_two = all_memberships_of(Person(pk=membership.person_id)).filter(
        pair__memberships__person__in=other.values("person")
    )
    ended = Pair.objects.filter(pk=membership.pair_id).values("ended_at")
    came_after = Q(pair__ended_at=None) | Q(pair__ended_at__gt=Subquery(ended))
    return same_two.exclude(pair=membership.pair_id).filter(came_after).last()


def live_invitation_of(person: Person, at: datetime) -> Invitation | None:
    """Return the person's code for a pair that could be used at this instant, if there is one."""
    return live_invitations(at).filter(made_by=person, support=None).first()


def live_invitations(at: datetime) -> QuerySet[Invitation]:
    """Return the codes of active persons that could be used at this instant."""
    return Invitation.objects.filter(
        used_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=at,
        made_by__is_active=True,
    )


def share_a_pair(one: Person, other: Person) -> bool:
    """Say whether these two are in a pair together, ended or not."""
    return all_memberships_of(one).filter(pair__memberships__person=other).exists()


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


# --- Supporters (R25) ------------------------------------------------------------------------


def supports_of(person: Person) -> QuerySet[Support]:
    """Return the supports that this person asked for, ended or not, the latest first.

    Without what was taken back before anybody used its code.
    """
    own = Support.objects.filter(person=person).exclude(began_at=None, ended_at__isnull=False)
    return own.select_related("person").order_by("-made_at", "pk")


def open_supports_of(person: Person, at: datetime) -> QuerySet[Support]:
    """Return those that nobody has ended; `has_code` says whether a code works for it at `at`."""
    codes = live_invitations(at).filter(support=OuterRef("pk"))
    return supports_of(person).filter(ended_at=None).annotate(has_code=Exists(codes))


def get_trusted_for(person: Person, support_id: UUID) -> Support:
    """Return one support that this person asked for, ended or not.

    Raises `Http404` alike for somebody else's and for one that does not exist.
    """
    return _one_support(Support.objects.filter(person=person), support_id)


def supporting_of(person: Person) -> QuerySet[Support]:
    """Return those in which this person supports somebody, ended or not, the latest first."""
    own = Support.objects.filter(supporter=person, began_at__isnull=False)
    return own.select_related("person", "supporter").order_by("-began_at", "pk")


def standing_supporting_of(person: Person, at: datetime) -> QuerySet[Support]:
    """Return those that stand at `at`, of persons whose accounts are in use."""
    own = supporting_of(person)
    return own.filter(ended_at=None, ends_at__gt=at, person__is_active=True)


def get_supporting_for(person: Person, support_id: UUID) -> Support:
    """Return one support in which this person supports somebody, ended or not. Raises `Http404`."""
    return _one_support(supporting_of(person), support_id)


def get_support_for(person: Person, support_id: UUID, scope: Scope | None, at: datetime) -> Support:
    """Return the support in which this person may do this for somebody at `at`.

    scope: None for what each supporter may. Raises `Http404` alike for one that is somebody else's,
    was never made, has ended or run out, does not allow it, or is of an account not in use.
    """
    standing = standing_supporting_of(person, at)
    allowed = {FIELDS[scope]: True} if scope else {}
    return _one_support(standing.filter(**allowed), support_id)


def _one_support(supports: QuerySet[Support], support_id: UUID) -> Support:
    support = supports.select_related("person", "supporter").filter(pk=support_id).first()
    if support is None:
        raise Http404
    return support


def stands_between(one: Person, other: Person) -> bool:
    """Say whether one of these two supports the other, or somebody supports both.

    Also where it has run out and nobody has ended it: it can be renewed.
    """
    standing = Support.objects.filter(ended_at=None)
    each_other = Q(person=one, supporter=other) | Q(person=other, supporter=one)
    those_of_other = standing.filter(person=other, supporter__isnull=False).values("supporter")
    return standing.filter(each_other | Q(person=one, supporter__in=those_of_other)).exists()


def is_between_the_two(supporter: Person, person: Person) -> bool:
    """Say whether they are the other in any pair of this person, ended or not, or support them."""
    pairs = all_memberships_of(person).order_by().values("pair")
    others = Membership.objects.filter(pair__in=pairs).exclude(person=person).values("person")
    support_them = Support.objects.filter(supporter=supporter, ended_at=None, person__in=others)
    return others.filter(person=supporter).exists() or support_them.exists()


def looks_at(person: Person) -> QuerySet[SupportLook]:
    """Return the person's own log, the latest first. It is nobody else's to see."""
    own = SupportLook.objects.filter(support__person=person)
    return own.select_related("support__person").order_by("-at", "pk")


def looks_to_tell(person: Person) -> QuerySet[SupportLook]:
    """Return what supporters did of which this person has not let the line go."""
    return looks_at(person).filter(what__in=TOLD_AT_ONCE, is_dismissed=False)


def lines_to_tell(person: Person, up_to: datetime | None = None) -> list[SupportLook]:
    """Return those of them that the person's first page shows, the latest first.

    up_to: as of a page on which the latest was of then.
    However often a supporter pauses, it is one line, of the last; each is in the log. So neither
    that a code was used nor a pause by somebody else is put out of sight (R25).
    """
    told = looks_to_tell(person).filter(at__lte=up_to) if up_to else looks_to_tell(person)
    pauses = told.filter(what=What.PAUSE, support=OuterRef("support"))
    is_older = Q(what=What.PAUSE) & Exists(pauses.filter(at__gt=OuterRef("at")))
    return list(told.exclude(is_older)[:MOST_LINES])


def lets_read(person: Person, scope: Scope, at: datetime) -> bool:
    """Say whether somebody supports this person at `at` who may do this (R25)."""
    standing = Support.objects.filter(person=person, supporter__isnull=False, ended_at=None)
    return standing.filter(ends_at__gt=at, **{FIELDS[scope]: True}).exists()
