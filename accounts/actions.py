"""What changes persons, codes and pairs. Every write of this app has its home here, or, of who
supports whom, in `support_actions`.
"""

from datetime import datetime, time, timedelta

from accounts import clock, codes, feeds
from accounts.locks import locked_persons
from accounts.looks import note_look
from accounts.models import (
    CodeAttempt,
    Feed,
    Invitation,
    Membership,
    Pair,
    Person,
    Support,
    untitled,
)
from accounts.proof import Proof
from accounts.queries import (
    feed_of,
    is_between_the_two,
    live_invitation_of,
    live_invitations,
    share_a_pair,
    stands_between,
)
from accounts.scopes import What
from accounts.sessions import SessionStore

CODE_LASTS = timedelta(days=7)

# Failed tries are counted for a person, not for an address on the network. Only somebody with a
# verified e-mail address can try at all, a code has 80 bits, and the address would be one more
# thing known about people who may be watched; it also joins all who sit behind one router.
TRIES, TRIES_WITHIN = 5, timedelta(hours=1)

SETTINGS = (
    "time_zone",
    "wants_notice_day_before",
    "wants_notice_on_opening",
    "wants_notice_on_arrival",
    "wants_notice_to_decide",
    "wants_notice_check_in",
    "quiet_from",
    "quiet_until",
    "look_at",
)


class CodeRefused(Exception):  # noqa: N818 - an answer, not a fault
    """The code does not begin a pair. Why is not said, to nobody (R26)."""


class QuestionsFirst(Exception):  # noqa: N818 - an answer, not a fault
    """Who came to support somebody has not answered the questions that come before a pair (R27)."""


class CodeGone(Exception):  # noqa: N818 - an answer, not a fault
    """The code that was asked for again has been used, withdrawn or replaced since."""


def create_code(*, by: Person, seed: str | None = None) -> str:
    """Make a one-time code for this person and return it, the only time that it is known.

    Makes the person's older code void. Asked again with the same seed it returns the same code
    and changes nothing. Raises `CodeGone` when the code of that seed is no longer live, and
    `QuestionsFirst` for who came to support somebody.
    """
    if by.came_to_support:
        raise QuestionsFirst
    code = codes.code_from(seed or codes.new_seed(), by.pk)
    digest = codes.digest_of(code)
    with locked_persons(by) as at:
        live = live_invitation_of(by, at)
        if live and live.code_digest == digest:
            return code
        if Invitation.objects.filter(code_digest=digest).exists():
            raise CodeGone
        _withdraw_codes(by, at)
        Invitation.objects.create(
            made_by=by, code_digest=digest, made_at=at, expires_at=at + CODE_LASTS
        )
    return code


def withdraw_code(*, by: Person) -> None:
    """Make the person's code void, if there is one. Doing it twice changes nothing."""
    with locked_persons(by) as at:
        _withdraw_codes(by, at)


def use_code(*, by: Person, code: str) -> Membership:
    """Begin a pair with who made the code, and return the place of who used it.

    Raises `CodeRefused`, whatever the cause: a code that is wrong, used, expired or withdrawn, one
    that is one's own or a supporter's, from somebody with whom a pair stands or has ended, or a
    support between the two, by somebody who was not asked the questions of R27, or too many failed
    tries. A failed try is counted and nobody is told of it. The same code sent twice gives the same
    pair twice.
    """
    begun = _used_or_counted(by, codes.digest_of(code), for_pairs_alone=True)
    if not isinstance(begun, Membership):
        raise CodeRefused
    return begun


def use_any_code(*, by: Person, code: str) -> Membership | Support:
    """Begin what the code is for: a pair, or supporting who made it, whose `Support` it returns.

    Raises `CodeRefused` as `use_code` does, and for a supporter's code also where the support is
    over, stands already, or would be by the other person of any pair of who made it, or by
    somebody who supports that other person (R25).
    """
    begun = _used_or_counted(by, codes.digest_of(code))
    if begun is None:
        raise CodeRefused
    return begun


def answer_questions(*, by: Person) -> None:
    """Note that who came to support somebody has answered both questions of R27 with no."""
    by.came_to_support = False
    by.save(update_fields=["came_to_support"])


def begin_pair_again(*, by: Membership, at: datetime) -> Membership:
    """Begin a new pair of the two persons of a pair that has ended, whose lock the caller holds.

    Returns the place of `by` in it. Each keeps the name that they see for the other; nothing else
    is carried over. Whether it may be is asked before (R16), also whether one has begun already.
    """
    old = list(Membership.objects.filter(pair=by.pair_id).select_related("person"))
    with locked_persons(*(each.person for each in old)):
        pair = Pair.objects.create(created_at=at)
        places = {
            each.person_id: Membership(
                pair=pair, person=each.person, seat=each.seat, name_for_other=each.name
            )
            for each in old
        }
        Membership.objects.bulk_create(places.values())
        return places[by.person_id]


def rename_other(*, membership: Membership, name: str) -> None:
    """Set the name that this person sees for the other. The other never sees it."""
    membership.name_for_other = name
    membership.save(update_fields=["name_for_other"])


def save_settings(
    *,
    person: Person,
    time_zone: str,
    wants_notice_day_before: bool,
    wants_notice_on_opening: bool,
    wants_notice_on_arrival: bool,
    wants_notice_to_decide: bool,
    wants_notice_check_in: bool,
    quiet_from: time,
    quiet_until: time,
) -> None:
    """Set the person's own time zone, which notices they want (R28), and their quiet hours.

    quiet_from, quiet_until: whole minutes of local time in that zone; the same twice for none.
    Where something has to be looked for to tell them of it, the next sweep begins to look.
    """
    person.time_zone = time_zone
    person.wants_notice_day_before = wants_notice_day_before
    person.wants_notice_on_opening = wants_notice_on_opening
    person.wants_notice_on_arrival = wants_notice_on_arrival
    person.wants_notice_to_decide = wants_notice_to_decide
    person.wants_notice_check_in = wants_notice_check_in
    person.quiet_from, person.quiet_until = quiet_from, quiet_until
    looked_for = (wants_notice_day_before, wants_notice_to_decide, wants_notice_check_in)
    person.look_at = clock.now() if any(looked_for) else None
    person.save(update_fields=SETTINGS)


def dismiss_undelivered(*, person: Person) -> None:
    """Let the note go that a mail could not be delivered. Without one it changes nothing."""
    person.undelivered_to, person.undelivered_at = "", None
    person.save(update_fields=["undelivered_to", "undelivered_at"])


def make_feed(*, by: Person, seed: str, proof: Proof) -> str:
    """Make the person's calendar feed and return its secret, the only time that it is known.

    An older address is void at once; its title goes on. Asked again with the same seed it returns
    the same secret, as long as no other was made since. Raises PermissionDenied for somebody
    else's proof: an address that a stranger made on this phone would tell them for good.
    """
    proof.check(by.pk)
    with locked_persons(by):
        old = feed_of(by)
        if old and old.token_digest == feeds.digest_of(feeds.token_from(seed, old.pk)):
            return feeds.token_from(seed, old.pk)
        stop_feed(by=by)
        feed = Feed(person=by, title=old.title_shown if old else untitled())
        token = feeds.token_from(seed, feed.pk)
        feed.token_digest = feeds.digest_of(token)
        feed.save(force_insert=True)
    return token


def stop_feed(*, by: Person) -> None:
    """Make the person's calendar address void, if there is one. Twice changes nothing."""
    Feed.objects.filter(person=by).delete()


def rename_feed(*, by: Person, title: str) -> None:
    """Give all appointments in the person's calendar feed this title. Without a feed, nothing."""
    with locked_persons(by):
        if feed := feed_of(by):
            feed.title = title
            feed.save(update_fields=["title"])


def forget_old() -> None:
    """Delete what no longer counts: sessions that have expired, and failed tries of codes.

    A step of every sweep. Both are found by an index, so that with nothing to delete, as nearly
    always, it takes a millisecond (measured with 100,000 sessions and 50,000 tries). To run it less
    often would take something that remembers when it last ran.
    """
    CodeAttempt.objects.filter(at__lte=clock.now() - TRIES_WITHIN).delete()
    SessionStore.clear_expired()


def _withdraw_codes(by: Person, at: datetime) -> None:
    """Those for a pair; a supporter's code is withdrawn by itself."""
    open_ones = Invitation.objects.filter(
        made_by=by, support=None, used_at__isnull=True, withdrawn_at__isnull=True
    )
    open_ones.update(withdrawn_at=at)


def _begun_by_used_code(by: Person, digest: str) -> Membership | Support | None:
    """Return what this very person began by this code, while it stands."""
    supports = Support.objects.filter(supporter=by, ended_at=None, invitations__code_digest=digest)
    place = Membership.objects.filter(
        person=by,
        seat=Membership.Seat.USER,
        pair__ended_at__isnull=True,
        pair__invitation__code_digest=digest,
    ).first()
    return place or supports.first()


def _used_or_counted(
    by: Person, digest: str, *, for_pairs_alone: bool = False
) -> Membership | Support | None:
    """Use the code if it may be used, else count the failed try. Commits in both cases."""
    with locked_persons(by, *_makers(digest)) as at:
        if begun := _begun_by_used_code(by, digest):
            return begun
        if _tried_too_often(by, at):
            return None
        invitation = _usable(by, digest, at)
        if invitation is None or (invitation.support and for_pairs_alone):
            CodeAttempt.objects.create(person=by, at=at)
            return None
        return _begin_support(by, invitation, at) or _join(by, invitation, at)


def _makers(digest: str) -> list[Person]:
    """Return who made the code, to be locked. What else holds of it is read under the lock."""
    return list(Person.objects.filter(invitations__code_digest=digest))


def _tried_too_often(by: Person, at: datetime) -> bool:
    """Say whether to refuse unseen, and forget the tries that no longer count.

    Tries during the rest are not counted, or somebody who keeps trying would never get out.
    """
    CodeAttempt.objects.filter(person=by, at__lte=at - TRIES_WITHIN).delete()
    return CodeAttempt.objects.filter(person=by).count() >= TRIES


def _usable(by: Person, digest: str, at: datetime) -> Invitation | None:
    """Return the code's row, locked, if this person may begin with it now what it is for."""
    live = live_invitations(at).select_related("support__person", "made_by")
    found = live.select_for_update(of=("self",)).filter(code_digest=digest).first()
    if found is None or found.made_by_id == by.pk:
        return None
    may_begin = _may_support if found.support else _may_pair
    return found if may_begin(by, found, at) else None


def _may_pair(by: Person, invitation: Invitation, at: datetime) -> bool:
    """Both persons are locked, so that what is read here stays true until it is written.

    Also a pair that has ended is in the way, for good: these two begin again by their doors (R16).
    For some time alone would tell whoever tries when it ended (docs/decisions/0041).
    """
    maker = invitation.made_by
    is_in_the_way = share_a_pair(by, maker) or stands_between(by, maker)
    return not by.came_to_support and not is_in_the_way


def _may_support(by: Person, invitation: Invitation, at: datetime) -> bool:
    support = invitation.support
    if support is None or support.ended_at or support.ends_at <= at:
        return False
    is_begun = Support.objects.filter(person=support.person, supporter=by, ended_at=None).exists()
    return not is_begun and not is_between_the_two(by, support.person)


def _begin_support(by: Person, invitation: Invitation, at: datetime) -> Support | None:
    """Let them support who made the code, if it is for that."""
    support = invitation.support
    if support is None:
        return None
    support.supporter, support.began_at = by, at
    support.check_ins_since = at if support.sees_check_ins else None
    support.save(update_fields=["supporter", "began_at", "check_ins_since"])
    note_look(support=support, what=What.BEGAN, at=at)
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    return support


def _join(by: Person, invitation: Invitation, at: datetime) -> Membership:
    pair = Pair.objects.create(created_at=at)
    seats = Membership.Seat
    Membership.objects.create(pair=pair, person=invitation.made_by, seat=seats.MAKER)
    membership = Membership.objects.create(pair=pair, person=by, seat=seats.USER)
    invitation.used_at, invitation.pair = at, pair
    invitation.save(update_fields=["used_at", "pair"])
    return membership
