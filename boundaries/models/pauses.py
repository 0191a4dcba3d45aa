"""Pauses."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Pair, Person
from boundaries.models.phrases import known_words, words_for
from boundaries.rules.phrases import Occasion


class Pause(models.Model):
    """One person stops all contact in the pair, until they themselves lift it (R13, R14).

    phrase: the fixed kind words that they let come with it, if any (R15).
    """

    PHRASES: ClassVar = words_for(Occasion.PAUSE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="pauses")
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="pauses")
    began_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    phrase = models.CharField(max_length=20, choices=PHRASES, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(phrase__in=known_words(Occasion.PAUSE)),
                name="pause_with_a_known_phrase",
            ),
            models.UniqueConstraint(
                fields=("pair", "person"),
                condition=Q(lifted_at__isnull=True),
                name="pause_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("began_at")),
                name="pause_lifted_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return f"pause {self.pk}"
