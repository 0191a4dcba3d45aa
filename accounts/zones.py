"""Time zones, from the pinned `tzdata` package alone, as `repair/__init__.py` sees to."""

from functools import cache
from importlib import resources

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

UNKNOWN_ZONE = _("There is no time zone with this name. Please choose one from the list.")


@cache
def all_zones() -> frozenset[str]:
    """Return the name of every zone that a person may have, old names included.

    Browsers still report old names, such as Asia/Calcutta, so these must be accepted.
    """
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii")
    return frozenset(listed.split()) - {"Factory"}


@cache
def places() -> tuple[str, ...]:
    """Return the zones that are offered for choosing: one for each place, no second names."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return ("UTC", *sorted(row[2] for row in rows))


def validate_zone(value: str) -> None:
    """Raise a `ValidationError` unless the value names a zone."""
    if value not in all_zones():
        raise ValidationError(UNKNOWN_ZONE, code="unknown_zone")
