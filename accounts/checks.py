"""A system check that no URL ships without saying who may open it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import ANYONE, MEMBER, SIGNED_IN, SUPPORTED, SUPPORTER

# Pages of libraries cannot carry our decorators. Each stands here with who may open it, as read
# in its source. A page that a new version brings is not in the table and so fails the check.
LIBRARY_VIEWS = {
    "account_login": ANYONE,
    "account_logout": ANYONE,
    "account_inactive": ANYONE,
    "account_signup": ANYONE,
    "account_email_verification_sent": ANYONE,
    "account_confirm_email": ANYONE,
    "account_reset_password": ANYONE,
    "account_reset_password_done": ANYONE,
    "account_reset_password_from_key": ANYONE,
    "account_reset_password_from_key_done": ANYONE,
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_confirm_login_code": ANYONE,
}

KEYS_OF_SUPPORT = {"support_id": SUPPORTER, "trusted_id": SUPPORTED}
"""Each key that names a support, with who may open the addresses that it is in."""

Found = tuple[str, str, URLPattern]


def every_view_says_who_may_open_it(**_: Any) -> list[CheckMessage]:
    """Return an error for each URL without access, or open to others than the key in it says."""
    return [error for found in _patterns(get_resolver().url_patterns) if (error := _fault(*found))]


def _patterns(
    patterns: Sequence[URLPattern | URLResolver], route: str = "", namespace: str = ""
) -> Iterator[Found]:
    for entry in patterns:
        full_route = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _patterns(entry.url_patterns, full_route, inner)
        else:
            yield full_route, f"{namespace}{entry.name or ''}", entry


def _fault(route: str, name: str, pattern: URLPattern) -> CheckMessage | None:
    access = getattr(pattern.callback, "access", None) or LIBRARY_VIEWS.get(name)
    if access is None:
        return Error(
            f"'{route}' ({name or 'without a name'}) does not say who may open it.",
            hint="Decorate the view with one of the decorators in accounts.access.",
            id="accounts.E001",
        )
    if ("pair_id" in route) != (access == MEMBER):
        return Error(
            f"'{route}' ({name}) has a pair in its address or is for its members, but not both.",
            hint="A view under a pair's address is decorated with member, and only such a view.",
            id="accounts.E002",
        )
    for key, whose in KEYS_OF_SUPPORT.items():
        if (key in route) != (access == whose):
            return Error(
                f"'{route}' ({name}) has {key} in its address or is for the {whose}, but not both.",
                hint="A view under a support's key is decorated for who may use that key.",
                id="accounts.E003",
            )
    return None
