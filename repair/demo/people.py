"""The people of the demo: two who were partners, and a friend who stands by one of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoPerson:
    """Who signs in, where they live, and what they call the other, or whom they support."""

    email: str
    time_zone: str
    name_for_other: str


PASSWORD = "two-cups-of-tea"  # noqa: S105 - the demo prints it
ANA = DemoPerson("ana@example.org", "Europe/Berlin", "Ben")
BEN = DemoPerson("ben@example.org", "Europe/Lisbon", "Ana")
NOOR = DemoPerson("noor@example.org", "Europe/Berlin", "Ana")
PEOPLE = (ANA, BEN, NOOR)
