"""What every page may need to know of who is looking at it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Membership, Person, SupportLook
from accounts.queries import memberships_of, pauses_to_tell


def person_pairs(request: HttpRequest) -> dict[str, Any]:
    """Give templates `my_memberships`, and the pauses by supporters that are still to be told.

    Each asks the database once, and only if it is used.
    """
    person = getattr(request, "user", None)

    def load() -> list[Membership]:
        return list(memberships_of(person)) if isinstance(person, Person) else []

    def load_pauses() -> list[SupportLook]:
        return list(pauses_to_tell(person)) if isinstance(person, Person) else []

    return {
        "my_memberships": SimpleLazyObject(load),
        "paused_for_me": SimpleLazyObject(load_pauses),
    }
