"""Proving again who one is, for one act that adds contact (R2).

What is asked is kept in the session: for what, in which words, when, and on which page. The
password page shows the words and sends back a digest of the purpose, so that a password typed in
one tab confirms nothing that another tab asked. allauth then resumes the request, whose form it
kept in the session. So a form with somebody's own words takes the password beside them
(`proof_by_password`), and nothing of it waits anywhere.

The clock is the machine's, not the rules': sessions know no other, and what it measures is a few
minutes in front of one screen.
"""

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.core.exceptions import ReauthenticationRequired
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.access import signed_in_person

ASKED = "accounts_proof_asked"
LASTS = 600.0


@dataclass(frozen=True)
class Proof:
    """Says that this person proved again who they are.

    Only `take_proof` and `proof_by_password` make one from a request.
    """

    person: UUID

    def check(self, person: UUID) -> None:
        """Raise PermissionDenied unless it is this person's."""
        if self.person != person:
            raise PermissionDenied


def take_proof(request: HttpRequest, purpose: str, words: str) -> Proof:
    """The signed-in person's proof that was asked for this purpose and given since.

    It may be taken again for the same purpose, as a doubled click does, until something else is
    asked or ten minutes after it was asked. Raises ReauthenticationRequired where there is none;
    then `words` say on the password page what is confirmed.
    """
    person = signed_in_person(request)
    asked = _standing_ask(request)
    if not asked or asked["for"] != purpose or "proved_at" not in asked:
        request.session[ASKED] = {
            "for": purpose,
            "words": words,
            "at": time.time(),
            "page": request.get_full_path(),
            "person": str(person.pk),
        }
        raise ReauthenticationRequired
    return Proof(person.pk)


def proof_by_password(request: HttpRequest, password: str) -> Proof:
    """The signed-in person's proof by a password that came in the very form that it is for.

    It is kept nowhere, so it counts for this request alone. Tries are limited as on the password
    page and together with it. Raises ValidationError, with words for the person.
    """
    person, adapter = signed_in_person(request), get_adapter()
    if not ratelimit.consume(request, action="reauthenticate", user=person):
        raise adapter.validation_error("rate_limited")
    if not adapter.reauthenticate(person, password):
        raise adapter.validation_error("incorrect_password")
    return Proof(person.pk)


def asked_on(request: HttpRequest) -> tuple[str, str]:
    """What a password typed for this request confirms: a digest of the purpose, and the words.

    Both are empty where it confirms nothing of ours: for the library's own pages, such as the
    change of one's address, and once what was asked has expired.
    """
    asked = _standing_ask(request)
    going_to = request.POST.get("next") or request.GET.get("next")
    if not asked or asked["page"] != going_to:
        return "", ""
    return sha256(asked["for"].encode()).hexdigest(), asked["words"]


def confirm(request: HttpRequest) -> None:
    """Remember that the password was typed for what is asked now, if it is on this page."""
    if asked_on(request) != ("", ""):
        request.session[ASKED] = request.session[ASKED] | {"proved_at": time.time()}


def _standing_ask(request: HttpRequest) -> dict[str, Any] | None:
    """What this person was asked last, unless it is too long ago."""
    asked: dict[str, Any] | None = request.session.get(ASKED)
    if not asked or asked["person"] != str(request.user.pk):
        return None
    return asked if 0 <= time.time() - asked["at"] < LASTS else None
