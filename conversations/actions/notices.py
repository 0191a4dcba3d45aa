"""Writing notices with the change that they tell of, and sending them once it is committed (R28).

Those of a conversation that opens are written by the release, in its transaction. What comes up by
the passing of time, or by what the other put to somebody, is looked for: each hour, for who asked.
All that is due to one person in a pair goes in one mail.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import clock
from accounts.locks import locked_pair
from accounts.models import Membership, Pair, Person
from boundaries.actions.sweeping import settle_one_by_one
from boundaries.queries import load_situation
from boundaries.rules import acts, gate
from boundaries.rules.quiet import next_morning, quiet_until
from boundaries.rules.situation import Situation
from boundaries.rules.windows import Window
from conversations.mail import Fault, Post
from conversations.matters import matters_for, quiet_hours_of
from conversations.models import Envelope, Matter, Notice

BATCH = 100
LOOK_AGAIN_AFTER = timedelta(hours=1)
GAPS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""After each try in vain so long until the next one; after the last of these it is given up."""

Kind, End = Notice.Kind, Notice.End
AHEAD = (Kind.DAY_BEFORE, Kind.TO_DECIDE, Kind.CHECK_IN)
"""What is looked for, and told while it is so; the others are of a conversation that opened."""


def write_on_opening(
    opened: Mapping[UUID, Window], arrived: Collection[tuple[UUID, UUID]], at: datetime
) -> None:
    """Write the notices of windows that opened, by pair, for who asked for them.

    The caller holds the pairs' locks. arrived: the pair and person of each to whom something came.
    That a conversation opened is told whether or not anything came.
    """
    asked = Q(person__wants_notice_on_opening=True) | Q(person__wants_notice_on_arrival=True)
    places = Membership.objects.filter(asked, pair__in=opened).select_related("person")
    Notice.objects.bulk_create(
        _notice(place, Matter(kind, window, window), at)
        for place in places
        for kind in (Kind.WINDOW_OPENED, Kind.ARRIVED)
        for window in [opened[place.pair_id].id]
        if _wants(place.person, kind)
        and (kind is not Kind.ARRIVED or (place.pair_id, place.person_id) in arrived)
    )


def look_for_matters() -> None:
    """Write the notices of what is to come or to be decided, for persons whose hour has come.

    At most once for each matter: a conversation, a proposal, a letter of theirs to read again.
    """
    at = clock.now()
    due = Person.objects.filter(look_at__lte=at).order_by("look_at", "pk")
    for person in due[:BATCH]:
        places = Membership.objects.filter(person=person, pair__ended_at=None)
        settle_one_by_one(places.order_by("pk"), partial(_look_in_pair, person=person))
        looked = Person.objects.filter(pk=person.pk, look_at=person.look_at)
        looked.update(look_at=at + LOOK_AGAIN_AFTER)


def send_notices() -> None:
    """Send what was written and not sent yet, each at most once.

    Pair by pair, so that a fault in one does not stop the others (R7).
    """
    with Post() as post:
        due = _due(clock.now()).order_by("next_try_at", "pk")
        settle_one_by_one(due, partial(_send_in_pair, post=post), at_most=BATCH)


def _look_in_pair(pair_id: UUID, *, person: Person) -> None:
    with locked_pair(pair_id) as (pair, at):
        place = _place(pair, person)
        wanted = [kind for kind in AHEAD if _wants(person, kind)]
        matters = matters_for(place, load_situation(pair, at), at, wanted)
        Notice.objects.bulk_create(
            (_notice(place, each, at, told_from=_told_from(place, each, at)) for each in matters),
            ignore_conflicts=True,
        )


def _told_from(place: Membership, matter: Matter, at: datetime) -> datetime:
    """What the other proposed is told from this person's next morning on.

    A mail in the minute in which it was proposed would say that the other is here now (R22).
    """
    is_of_the_other = matter.kind is Kind.TO_DECIDE and matter.window is None
    return next_morning(quiet_hours_of(place.person), at) if is_of_the_other else at


def _notice(
    place: Membership, matter: Matter, at: datetime, *, told_from: datetime | None = None
) -> Notice:
    """A notice, written at `at`, that is to go then or from `told_from` on."""
    return Notice(
        pair_id=place.pair_id,
        person_id=place.person_id,
        kind=matter.kind,
        about=matter.about,
        window_id=matter.window,
        written_at=at,
        next_try_at=told_from or at,
    )


def _due(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(end="", next_try_at__lte=at)


def _send_in_pair(pair_id: UUID, *, post: Post) -> None:
    """The mail server is reached before the pair is locked: that may take long."""
    due = _due(clock.now()).filter(pair=pair_id).order_by("person")
    for person in due.values_list("person", flat=True).distinct():
        if post.has_taken_long():
            return
        fault = post.reach()
        if claimed := _claim(pair_id, person, fault):
            _send(pair_id, claimed, post)


def _claim(pair_id: UUID, person: UUID, fault: Fault | None) -> list[UUID]:
    """The notices to one person that this process, and no other, is to send now.

    They are marked as claimed, and that committed, before they are sent: a crash between the two
    loses a notice, and never doubles one. What is no longer right is cancelled; the rest is put off
    where it is quiet, or where the mail server could not be reached.
    """
    with locked_pair(pair_id) as (pair, at):
        right = _still_right(_due(at).filter(pair=pair, person=person), pair, at)
        rows = Notice.objects.filter(pk__in=[each.pk for each in right])
        if not right:
            return []
        if until := quiet_until(quiet_hours_of(right[0].person), at):
            rows.update(next_try_at=until)
        elif fault:
            _put_off(right, fault, at)
        else:
            rows.update(end=End.CLAIMED, ended_at=at)
            return [each.pk for each in right]
        return []


def _send(pair_id: UUID, claimed: list[UUID], post: Post) -> None:
    """Send one mail for them under the pair's lock, so that none goes after a pause returned (R13).

    A pause in this pair may then wait for the mail server: EMAIL_TIMEOUT at the most, and not while
    it is being reached.
    """
    with locked_pair(pair_id) as (pair, at):
        right = _still_right(Notice.objects.filter(pk__in=claimed, end=End.CLAIMED), pair, at)
        if right:
            _settle(right, post.hand_over(right[0].person.email), at)


def _still_right(notices: QuerySet[Notice], pair: Pair, at: datetime) -> list[Notice]:
    """Those that tell what is so, and was asked for, at `at`; all others are cancelled."""
    found = list(notices.select_related("person", "window").order_by("written_at", "pk"))
    if not found:
        return []
    person, situation = found[0].person, load_situation(pair, at)
    place = _place(pair, person)
    kinds = [kind for kind in AHEAD if any(each.kind == kind for each in found)]
    ahead = {*matters_for(place, situation, at, kinds)}
    right = [
        each
        for each in found
        if _wants(person, each.kind)
        and (each.matter in ahead if each.kind in AHEAD else _is_so(each, situation, at))
    ]
    wrong = [each.pk for each in found if each not in right]
    if wrong:
        Notice.objects.filter(pk__in=wrong).update(end=End.CANCELLED, ended_at=at)
    return right


def _is_so(notice: Notice, situation: Situation, at: datetime) -> bool:
    """Whether the conversation is open, or what it brought still lies there, untouched."""
    if notice.window is None:
        return False
    window = notice.window.as_value()
    if notice.kind == Kind.WINDOW_OPENED:
        return not gate.reasons_against(acts.Notify(window), situation, at)
    came = Envelope.objects.filter(
        window=window.id, recipient=notice.person_id, state=Envelope.State.CLOSED
    )
    allowed = not gate.reasons_against(acts.NotifyOfArrival(window), situation, at)
    return allowed and came.exists()


def _settle(sent: list[Notice], fault: Fault | None, at: datetime) -> None:
    """What became of a mail. One that may have gone is not sent again."""
    rows, person = Notice.objects.filter(pk__in=[each.pk for each in sent]), sent[0].person
    if fault is None:
        rows.update(end=End.SENT, ended_at=at, fault="")
        if person.undelivered_at:
            _note_undelivered(person, "", None)
    elif fault is Fault.LOST:
        rows.update(end=End.FAILED, ended_at=at, fault=fault)
        _note_undelivered(person, person.email, at)
    else:
        _put_off(sent, fault, at)


def _put_off(notices: Iterable[Notice], fault: Fault, at: datetime) -> None:
    """Try again after the next gap; after the last one give up. None of them can have gone."""
    notices = list(notices)
    for each in notices:
        each.attempts += 1
        each.fault = fault
        is_over = each.attempts > len(GAPS)
        each.end, each.ended_at = (End.FAILED, at) if is_over else ("", None)
        if not is_over:
            each.next_try_at = at + GAPS[each.attempts - 1]
    fields = ["attempts", "fault", "end", "ended_at", "next_try_at"]
    Notice.objects.bulk_update(notices, fields)
    _note_undelivered(notices[0].person, notices[0].person.email, at)


def _note_undelivered(person: Person, address: str, at: datetime | None) -> None:
    Person.objects.filter(pk=person.pk).update(undelivered_to=address, undelivered_at=at)


def _wants(person: Person, kind: str) -> bool:
    return bool(getattr(person, Notice.WISHES[Kind(kind)]))


def _place(pair: Pair, person: Person) -> Membership:
    place = Membership.objects.get(pair=pair, person=person)
    place.pair, place.person = pair, person
    return place
