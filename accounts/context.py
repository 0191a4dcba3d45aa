"""What every page may need to know of who is looking at it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import clock
from accounts.models import Membership, Person, SupportLook
from accounts.queries import lets_read, lines_to_tell, memberships_of
from accounts.scopes import Scope


def person_pairs(request: HttpRequest) -> dict[str, Any]:
    """Give templates `my_memberships`, and what supporters did that is still to be told.

    `check_ins_are_read` and `reflections_are_read` say whether a supporter may read any, so that no
    page promises what is not so (R25). Each asks the database once, and only if it is used.
    """
    person = getattr(request, "user", None)

    def load() -> list[Membership]:
        return list(memberships_of(person)) if isinstance(person, Person) else []

    def load_lines() -> list[SupportLook]:
        return lines_to_tell(person) if isinstance(person, Person) else []

    def is_read(scope: Scope) -> bool:
        return isinstance(person, Person) and lets_read(person, scope, clock.now())

    return {
        "check_ins_are_read": SimpleLazyObject(lambda: is_read(Scope.CHECK_INS)),
        "reflections_are_read": SimpleLazyObject(lambda: is_read(Scope.REFLECTIONS)),
        "my_memberships": SimpleLazyObject(load),
        "told_of_supporters": SimpleLazyObject(load_lines),
    }
