"""Proving again who one is, for an act that adds contact (R2).

allauth asks for the password (or what else the person signs in with) and keeps in the session when
that was. A proof is taken from there for one purpose, such as one proposal's exact terms: who has
said yes to one thing is asked again before the next, also within the five minutes for which allauth
itself would be content.
"""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.access import signed_in_person

TAKEN = "accounts_proof_taken"


@dataclass(frozen=True)
class Proof:
    """Says that this person proved again who they are.

    Only `take_proof` makes one from a request.
    """

    person: UUID

    def check(self, person: UUID) -> None:
        """Raise PermissionDenied unless it is this person's."""
        if self.person != person:
            raise PermissionDenied


def take_proof(request: HttpRequest, purpose: str) -> Proof:
    """The signed-in person's fresh proof, which from then on is good for `purpose` alone.

    Raises ReauthenticationRequired, on which allauth asks for the password and then resumes the
    request.
    """
    person = signed_in_person(request)
    proved_at = _proved_at(request)
    taken = request.session.get(TAKEN)
    if proved_at is None or (taken and taken["at"] == proved_at and taken["for"] != purpose):
        raise ReauthenticationRequired
    request.session[TAKEN] = {"at": proved_at, "for": purpose}
    return Proof(person.pk)


def _proved_at(request: HttpRequest) -> float | None:
    """When the person last proved again who they are (seconds since 1970), if that is recent
    enough.

    The machine's clock, not the rules': the session and allauth know no other, and what it measures
    is five minutes in front of one screen.
    """
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    proofs = [record["at"] for record in records if record.get("reauthenticated")]
    if proofs and time.time() - proofs[-1] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        return float(proofs[-1])
    return None
