"""The agreed conversations."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Pair
from boundaries.models.agreements import Agreement
from boundaries.rules.windows import Span, State
from boundaries.rules.windows import Window as WindowValue


class Window(models.Model):
    """One agreed conversation, from `opens_at` to `closes_at` (half-open).

    answers: by the key of each person who answered, True for "go ahead" and False for "skip"; the
    last answer alone, and not when it was given (R24).
    """

    STATES: ClassVar = [(state.value, state.value) for state in State]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="windows")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="windows")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STATES, default=State.PLANNED)
    answers = models.JSONField(default=dict)
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("pair", "opens_at"),
                condition=~Q(state=State.CANCELLED),
                name="window_once_at_an_instant",
            ),
            models.UniqueConstraint(
                fields=("pair",), condition=Q(state=State.OPEN), name="window_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="window_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="window_in_a_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.OPEN, State.HELD, State.CUT_SHORT])
                | Q(
                    opened_at__isnull=False,
                    opened_at__gte=F("opens_at"),
                    opened_at__lt=F("closes_at"),
                ),
                name="window_opened_while_it_may",
            ),
        )
        indexes = (
            models.Index(fields=("pair", "-opens_at"), name="window_latest"),
            models.Index(
                fields=("opens_at",), condition=Q(state=State.PLANNED), name="window_due_to_open"
            ),
            models.Index(
                fields=("closes_at",), condition=Q(state=State.OPEN), name="window_due_to_close"
            ),
        )

    def __str__(self) -> str:
        return f"window {self.pk}"

    def as_value(self) -> WindowValue:
        """The facts that the rules look at."""
        return WindowValue(
            id=self.pk,
            span=Span(self.opens_at, self.closes_at),
            state=State(self.state),
            agreement=self.agreement_id,
            go_ahead=self._who_answered(go_ahead=True),
            skipped=self._who_answered(go_ahead=False),
        )

    def _who_answered(self, *, go_ahead: bool) -> frozenset[uuid.UUID]:
        return frozenset(
            uuid.UUID(person) for person, said in self.answers.items() if said is go_ahead
        )
