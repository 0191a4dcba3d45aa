"""What changes who supports whom (R25).

The person asks, changes, renews and ends, alone and at any time; the supporter leaves. Each locks
the row of the person, so that nothing is changed while its code is used. Nothing here is in the
record of a pair: none of it is the other person's to see.

Whatever lets a supporter see or do more, or for longer, needs a proof of who asks: whoever holds
the person's phone could else be their supporter for good. Less needs none (R1).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import codes
from accounts.actions import CODE_LASTS, CodeGone
from accounts.locks import locked_persons
from accounts.models import Invitation, Person, Support, SupportLook, somebody_trusted
from accounts.proof import Proof
from accounts.queries import (
    lines_to_tell,
    live_invitations,
    looks_at,
    looks_to_tell,
    open_supports_of,
)
from accounts.scopes import FIELDS, MOST_AT_ONCE, Scope, What
from accounts.sealed import is_readable
from accounts.vault import UnreadableError


class TooManySupports(Exception):  # noqa: N818 - an answer, not a fault
    """So many supports are open that there is no room for one more."""


class ProofNeeded(Exception):  # noqa: N818 - an answer, not a fault
    """A supporter would see or do more, or for longer, and who asks has not proved who they are."""


class WordsNotKept(Exception):  # noqa: N818 - an answer, not a fault
    """What was taken away is taken away; the rest could not be sealed, and is as it was."""


def invite_supporter(
    *,
    by: Person,
    seed: str,
    name: str,
    request: str,
    allowed: Mapping[str, bool],
    ends_at: datetime,
    proof: Proof,
) -> str:
    """Ask for support, and return the code for it, the only time that it is known.

    allowed: by the names of the fields in `scopes.FIELDS`. Of one seed there is one support, which
    is as was asked last, and one code that works (docs/decisions/0050): for the same it is the
    same, and what was taken away since stays away; for anything else it is another. Raises
    `CodeGone` when that support has begun or ended, `TooManySupports`, and PermissionDenied for
    somebody else's proof.
    """
    proof.check(by.pk)
    asked: dict[str, Any] = {"name_for_supporter": name, "request": request, "ends_at": ends_at}
    asked |= {field: bool(allowed.get(field)) for field in FIELDS.values()}
    key = codes.key_from(seed, by.pk)
    with locked_persons(by) as at:
        support = Support.objects.filter(pk=key).first() or _new_support(by, key, at)
        if support.began_at or support.ended_at:
            raise CodeGone
        support.person = by
        code = _code_of(asked, support, seed)
        if live_invitations(at).filter(code_digest=codes.digest_of(code)).exists():
            _keep_to_less(asked, support, at)
            return code
        _set_as(asked, support, at)
        _withdraw_code(support, at)
        code = _code_of(asked, support, seed)
        _make_code(support, code, at)
        return code


def make_support_code(*, by: Support, seed: str, proof: Proof) -> str:
    """Make another code for a support that nobody has begun, in place of the one before.

    Returns it, the only time that it is known; the same for the same seed. Raises `CodeGone` when
    the code of that seed is no longer live, and when the support has begun or ended, and
    PermissionDenied for somebody else's proof.
    """
    proof.check(by.person_id)
    code = codes.code_from(seed, by.person_id)
    with locked_persons(by.person) as at:
        if _is_live(code, at):
            return code
        by.refresh_from_db(fields=["began_at", "ended_at"])
        if by.began_at or by.ended_at:
            raise CodeGone
        _withdraw_code(by, at)
        _make_code(by, code, at)
    return code


def change_support(
    *,
    by: Support,
    name: str,
    request: str,
    allowed: Mapping[str, bool],
    proof: Proof | None = None,
) -> None:
    """Set what the person sees for the supporter, what they ask for, and what they allow.

    It counts from the supporter's next request on. What has ended stays as it was. Raises
    `ProofNeeded` where something more is allowed and there is no proof, PermissionDenied for
    somebody else's, and `WordsNotKept` where words cannot be sealed: less needs none, and holds.
    """
    with locked_persons(by.person) as at:
        by.refresh_from_db(fields=["ended_at", "check_ins_since", *FIELDS.values()])
        if by.ended_at:
            return
        more = [field for field in FIELDS.values() if allowed.get(field) and not getattr(by, field)]
        _check(proof, by, is_needed=bool(more))
        less = {field: False for field in FIELDS.values() if not allowed.get(field)}
        Support.objects.filter(pk=by.pk).update(**less)
        by.name_for_supporter, by.request = name, request
        for field in FIELDS.values():
            setattr(by, field, bool(allowed.get(field)))
        if FIELDS[Scope.CHECK_INS] in more:
            by.check_ins_since = at
        changed = ["name_for_supporter", "request", "check_ins_since", *FIELDS.values()]
        is_kept = _is_saved(by, changed)
    if not is_kept:
        raise WordsNotKept


def renew_support(*, by: Support, ends_at: datetime, proof: Proof | None = None) -> None:
    """Set until when it stands, sooner or later. What has ended stays so.

    Check-ins given after it had run out stay unread. Raises `ProofNeeded` for a later end without a
    proof, and PermissionDenied for somebody else's.
    """
    with locked_persons(by.person) as at:
        by.refresh_from_db(fields=["ended_at", "ends_at", "check_ins_since"])
        if by.ended_at:
            return
        _check(proof, by, is_needed=ends_at > by.ends_at)
        if by.ends_at <= at:
            by.check_ins_since = at
        by.renewed_at, by.ends_at = _renewed_at(ends_at, at), ends_at
        by.save(update_fields=["renewed_at", "ends_at", "check_ins_since"])


def end_support(*, by: Support) -> None:
    """End it at once, alone, with its code; the same for both. Twice changes nothing.

    Of what nobody began no words are kept: it is shown nowhere afterwards. It needs nothing that
    could be broken: where none can be sealed in their place, nothing at all takes it.
    """
    with locked_persons(by.person) as at:
        _withdraw_code(by, at)
        Support.objects.filter(pk=by.pk, ended_at=None).update(ended_at=at)
        by.refresh_from_db(fields=["began_at"])
        if by.began_at is None:
            by.name_for_supporter, by.request = somebody_trusted(), ""
            if not _is_saved(by, ["name_for_supporter", "request"]):
                Support.objects.filter(pk=by.pk).update(name_for_supporter=b"", request=b"")


def rename_supported(*, by: Support, name: str) -> None:
    """Set the name that the supporter sees for the person, who never sees it."""
    by.name_for_person = name
    by.save(update_fields=["name_for_person"])


def dismiss_told(*, by: Person, look_id: UUID) -> None:
    """Let the lines go that tell of what supporters did, up to this one. They stay in the log.

    What was done after the page was made stays to be told, and so do lines for which it had no
    room. One that is not theirs changes nothing.
    """
    last = looks_at(by).filter(pk=look_id).first()
    if last:
        shown = lines_to_tell(by, up_to=last.at)
        paused = [look.support_id for look in shown if look.what == What.PAUSE]
        is_shown = Q(pk__in=[look.pk for look in shown]) | Q(what=What.PAUSE, support__in=paused)
        told = looks_to_tell(by).filter(is_shown, at__lte=last.at).values_list("pk", flat=True)
        SupportLook.objects.filter(pk__in=list(told)).update(is_dismissed=True)


def _check(proof: Proof | None, support: Support, *, is_needed: bool) -> None:
    if is_needed and proof is None:
        raise ProofNeeded
    if proof:
        proof.check(support.person_id)


def _renewed_at(ends_at: datetime, at: datetime) -> datetime:
    """From when the end counts. Of a day that was over before its form arrived, just before it."""
    return min(at, ends_at - timedelta(seconds=1))


def _is_live(code: str, at: datetime) -> bool:
    """Whether this code could be used now. Raises `CodeGone` if it once could."""
    made = Invitation.objects.filter(code_digest=codes.digest_of(code))
    if made.exists() and not live_invitations(at).filter(pk__in=made.values("pk")).exists():
        raise CodeGone
    return made.exists()


def _new_support(by: Person, key: UUID, at: datetime) -> Support:
    """Not in the database, and nothing is asked yet. Raises `TooManySupports`."""
    if open_supports_of(by, at).count() >= MOST_AT_ONCE:
        raise TooManySupports
    return Support(pk=key, person=by, request="", made_at=at, check_ins_since=at)


def _set_as(asked: Mapping[str, Any], support: Support, at: datetime) -> None:
    """Make of it what is asked. A doubled request, and what stands so already, write nothing."""
    is_read = not support._state.adding and is_readable(support, "name_for_supporter", "request")
    if is_read and all(getattr(support, field) == value for field, value in asked.items()):
        return
    for field, value in asked.items():
        setattr(support, field, value)
    support.renewed_at = _renewed_at(support.ends_at, at)
    support.save()


def _keep_to_less(asked: Mapping[str, Any], support: Support, at: datetime) -> None:
    """Leave what was made of it since, as far as it is no more than what is asked (R1).

    A page that is loaded again asks once more, and gives nothing back that was taken away.
    """
    less = {field: getattr(support, field) and asked[field] for field in FIELDS.values()}
    if support.ends_at > asked["ends_at"]:
        ends_at = asked["ends_at"]
        less |= {"ends_at": ends_at, "renewed_at": _renewed_at(ends_at, at)}
    if any(getattr(support, field) != value for field, value in less.items()):
        Support.objects.filter(pk=support.pk).update(**less)


def _code_of(asked: Mapping[str, Any], support: Support, seed: str) -> str:
    """The code of what is asked.

    It is made of how many are void by then, too: what was asked first, then changed and then asked
    again has a code that never was void.
    """
    void = support.invitations.exclude(withdrawn_at=None).count()
    return codes.code_from(json.dumps([seed, void, *map(str, asked.values())]), support.person_id)


def _is_saved(support: Support, fields: list[str]) -> bool:
    """Save these, or, where words cannot be sealed, none of them: what was done before stands."""
    try:
        with transaction.atomic():
            support.save(update_fields=fields)
    except UnreadableError:
        return False
    return True


def _make_code(support: Support, code: str, at: datetime) -> None:
    Invitation.objects.create(
        made_by=support.person,
        support=support,
        code_digest=codes.digest_of(code),
        made_at=at,
        expires_at=at + CODE_LASTS,
    )


def _withdraw_code(support: Support, at: datetime) -> None:
    unused = Invitation.objects.filter(support=support, used_at=None, withdrawn_at=None)
    unused.update(withdrawn_at=at)
