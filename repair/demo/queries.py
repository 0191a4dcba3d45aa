"""Where the demo's clock can go."""

from datetime import datetime

from accounts.models import Person
from boundaries.models import Window
from boundaries.rules.windows import State


def next_conversation(person: Person, at: datetime) -> datetime | None:
    """When the person's next conversation opens, in whichever pair it is."""
    coming = Window.objects.filter(
        pair__memberships__person=person, state=State.PLANNED, opens_at__gt=at
    )
    return coming.order_by("opens_at").values_list("opens_at", flat=True).first()
