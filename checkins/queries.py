"""Which check-ins are due to somebody, and what they wrote; all of it theirs alone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Membership, Person, Support
from boundaries.models import TimeApart, Window
from boundaries.queries import (
    agreements_of,
    coming_windows,
    own_limits,
    own_pauses,
    record_for,
)
from boundaries.rules import checkins as rules
from boundaries.rules import window_checks
from boundaries.rules.canonical import limits_digest, terms_digest
from boundaries.rules.checkins import Answer, Due, Kind, Wishes
from boundaries.rules.entries import Act
from boundaries.rules.limits import Limits
from boundaries.rules.situation import Situation
from boundaries.rules.terms import Terms
from boundaries.rules.ways import Less, More, ways_to_less, ways_to_more
from boundaries.rules.windows import DID_NOT_TAKE_PLACE, TOOK_PLACE, State
from checkins.models import CheckIn, Reflection, Round, Wish
from checkins.picture import SHOWN_FOR, Picture, picture


def wish_of(membership: Membership) -> Wish:
    """What this person wants of scheduled check-ins; as is usual if they did not say."""
    row = Wish.objects.filter(membership=membership).first()
    return row or Wish(membership=membership)


def wishes_of(membership: Membership, situation: Situation) -> Wishes:
    """How this person wants to be asked around conversations; see REPAIR_WISHES. One query."""
    wish, me = wish_of(membership), membership.person_id
    return Wishes(
        me,
        wish.days_ahead,
        membership.person.time_zone,
        needs_go_ahead=window_checks.needs_go_ahead(me, situation),
        wants_check_ins=wish.is_wanted,
    )


def due_for(membership: Membership, situation: Situation, at: datetime) -> list[Due]:
    """The scheduled check-ins that this person can give now, what ends first before the others.

    None where they want none, or where the pair has ended.
    """
    wishes = wishes_of(membership, situation)
    if not wishes.wants_check_ins or situation.parted:
        return []
    lately = Window.objects.filter(
        pair=membership.pair_id,
        state__in=TOOK_PLACE,
        opens_at__gt=at - rules.AFTER_MATTERS_FOR,
    )
    windows = [*(row.as_value() for row in lately), *coming_windows(situation, at)]
    return rules.due(
        wishes,
        situation.limits[membership.person_id],
        windows,
        _last_answers(membership, [each.id for each in windows]),
        at,
    )


def _last_answers(
    membership: Membership, windows: Collection[UUID]
) -> Mapping[tuple[Kind, UUID], Answer | None]:
    """What this person answered last around each of these; None where that cannot be read."""
    answers = {}
    given = CheckIn.objects.filter(membership=membership, window__in=windows)
    for row in given.order_by("given_at"):
        row.membership = membership  # with the key that opens it
        answers[Kind(row.kind), cast(UUID, row.window_id)] = row.wanted
    return answers


def last_answer_before(membership: Membership, window_id: UUID) -> Answer | None:
    """What this person answered last before this conversation, if anything that can be read."""
    return _last_answers(membership, [window_id]).get((Kind.BEFORE, window_id))


def due_around(
    membership: Membership, kind: Kind, window_id: UUID, situation: Situation, at: datetime
) -> Due | None:
    """The one of this kind around this conversation, if this person can give it now."""
    due = due_for(membership, situation, at)
    return next((each for each in due if (each.kind, each.window.id) == (kind, window_id)), None)


def get_window_for(membership: Membership, window_id: UUID) -> Window:
    """A conversation of the pair. Raises Http404 alike for another pair's and a guessed one."""
    row = Window.objects.filter(pair=membership.pair_id, pk=window_id).first()
    if row is None:
        raise Http404
    return row


def is_of_pair(window_id: UUID, pair_id: UUID) -> bool:
    """Whether this conversation is, or was, one of the pair's."""
    return Window.objects.filter(pair=pair_id, pk=window_id).exists()


def is_told_of_room(window_id: UUID) -> bool:
    """Whether both are told, in the round of this conversation, that both leave room (R12)."""
    return Round.objects.filter(window=window_id, both_leave_room=True).exists()


def less_for(situation: Situation, at: datetime) -> Mapping[Less, Terms]:
    """The ways to less that there are now, for either of the two."""
    coming = coming_windows(situation, at)
    planned = (each.span.opens_at for each in coming if each.state is State.PLANNED)
    return ways_to_less(situation.in_force, next(planned, None))


def base_of(situation: Situation) -> str:
    """What stands for the terms from which less was offered."""
    return terms_digest(situation.in_force)


def own_base_of(membership: Membership, situation: Situation) -> str:
    """What stands for this person's own limits, from which more was offered."""
    return limits_digest(situation.limits[membership.person_id])


def has_agreed_since(membership: Membership, at: datetime) -> bool:
    """Whether something took force after this instant to which both had said yes."""
    agreed = agreements_of(membership.pair).filter(proposal__isnull=False)
    return agreed.filter(in_force_from__gt=at).exists()


def times_limits_were_set_since(membership: Membership, at: datetime) -> int:
    """How often this person set their own limits, from this instant on."""
    return record_for(membership).filter(act=Act.LIMITS_SET, at__gte=at).count()


def more_for(membership: Membership, situation: Situation) -> Mapping[More, Limits]:
    """The ways in which this person's own limits can be wider; none before they set any."""
    limits = own_limits(membership)
    return {} if limits is None or situation.parted else ways_to_more(limits)


def check_ins_in(membership: Membership) -> QuerySet[CheckIn]:
    """What this person answered in the pair, the latest first."""
    return _check_ins().filter(membership=membership)


def check_ins_for(support: Support) -> QuerySet[CheckIn]:
    """What a supporter may read of what the person answered in all their pairs, the latest first.

    Only what was given since they may, and on a page that said so: of anything else it was said
    that nobody else reads it (R25).
    """
    if support.check_ins_since is None:
        return CheckIn.objects.none()
    theirs = _check_ins().filter(membership__person=support.person_id)
    return theirs.filter(given_at__gte=support.check_ins_since, is_for_oneself=False)


def _check_ins() -> QuerySet[CheckIn]:
    found = CheckIn.objects.select_related("window", "membership__person")
    return found.order_by("-given_at", "pk")


def rated_lately(membership: Membership, at: datetime) -> list[CheckIn]:
    """The check-ins of the last year in which this person said how safe it was, readable or not."""
    given = check_ins_in(membership).filter(given_at__gt=at - SHOWN_FOR)
    return list(given.exclude(safe__isnull=True))


def picture_for(membership: Membership, rated: Collection[CheckIn], at: datetime) -> Picture | None:
    """How it went in the last year, of what this person may know (R30): five queries at the most.

    rated: see `rated_lately`; what cannot be read is left out. Of the other's answers, pauses and
    limits there is nothing in it. Nor is the end of an agreement: its day would often be that of
    the other's pause (R15).
    """
    since = at - SHOWN_FOR
    windows = Window.objects.filter(
        pair=membership.pair_id,
        opens_at__gt=since,
        state__in=TOOK_PLACE | DID_NOT_TAKE_PLACE,
    )
    chosen = TimeApart.objects.filter(pair=membership.pair_id, agreed_at__gt=since)
    return picture(
        answers=[(row.given_at, row.how_safe) for row in rated if row.how_safe],
        conversations=[
            (opens_at, state in TOOK_PLACE)
            for opens_at, state in windows.values_list("opens_at", "state")
        ],
        pauses=list(own_pauses(membership).values_list("began_at", "lifted_at")),
        terms=agreements_of(membership.pair)
        .filter(in_force_from__gt=since)
        .values_list("in_force_from", flat=True),
        apart=[row.agreed_at for row in chosen if row.agreed_at],
        at=at,
    )


def reflections_of(person: Person) -> QuerySet[Reflection]:
    """What this person wrote for themselves, the latest first."""
    own = Reflection.objects.filter(person=person).select_related("person")
    return own.order_by("-written_at", "pk")


def marked_reflections_of(person: Person) -> QuerySet[Reflection]:
    """Those that this person marked for a supporter who may see such ones."""
    return reflections_of(person).filter(is_marked=True)


def get_reflection_for(person: Person, reflection_id: UUID) -> Reflection:
    """One of this person's. Raises Http404 alike for somebody else's and a guessed one."""
    row = reflections_of(person).filter(pk=reflection_id).first()
    if row is None:
        raise Http404
    return row
