"""What every page may need to know of who is looking at it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Membership, Person
from accounts.queries import memberships_of


def person_pairs(request: HttpRequest) -> dict[str, Any]:
    """Give templates `my_memberships`. It asks the database once, and only if it is used."""

    def load() -> list[Membership]:
        person = getattr(request, "user", None)
        return list(memberships_of(person)) if isinstance(person, Person) else []

    return {"my_memberships": SimpleLazyObject(load)}
