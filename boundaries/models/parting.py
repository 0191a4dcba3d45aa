"""What stays when a pair has ended."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Membership, Pair, Person
from boundaries.models.phrases import words_for
from boundaries.rules.phrases import Occasion


class Farewell(models.Model):
    """The fixed kind words that came with the end of a pair (R15, R16).

    There is none for an end without words: then nothing here says who ended it.
    """

    PHRASES: ClassVar = words_for(Occasion.ENDING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.OneToOneField(Pair, on_delete=models.CASCADE, related_name="farewell")
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="+")
    phrase = models.CharField(max_length=20, choices=PHRASES)
    left_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(phrase__in=[phrase for phrase, _ in words_for(Occasion.ENDING)]),
                name="farewell_with_a_known_phrase",
            ),
        )

    def __str__(self) -> str:
        return f"farewell {self.pk}"


class LastWords(models.Model):
    """When kind words of one person could last begin to be read in the pair; theirs alone (R15)."""

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="last_words"
    )
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"last words of {self.membership_id}"


class Door(models.Model):
    """What somebody leaves open after the pair was parted; theirs alone until both did (R16)."""

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="door"
    )
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"door of {self.membership_id}"
