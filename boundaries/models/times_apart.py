"""Times apart."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Pair, Person
from boundaries.models.phrases import known_words, words_for
from boundaries.rules.phrases import Occasion
from boundaries.rules.time_apart import End as EndOfTimeApart
from boundaries.rules.time_apart import TimeApart as TimeApartValue


class TimeApart(models.Model):
    """No contact until a day: suggested by one person, and perhaps chosen by both.

    Structured alone, without a word of anybody's (R23). day, ends_at: the day as both read it, and
    its first instant where days begin last. taken_back_at: by its author, also if it was over
    without their knowing. phrase_of_author, phrase_of_other: the fixed kind words that each let
    come with it (R15). Both chose it while `agreed_at` is set and `end` is not; that it is over is
    told by `ends_at` alone, so that nothing has to happen on that day (R6).
    """

    ENDS: ClassVar = [(end.value, end.value) for end in EndOfTimeApart]
    PHRASES: ClassVar = words_for(Occasion.TIME_APART)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="times_apart")
    author = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="times_apart")
    day = models.DateField()
    ends_at = models.DateTimeField()
    suggested_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=20, choices=ENDS, null=True)  # noqa: DJ001 - no end is not an empty end
    ended_at = models.DateTimeField(null=True)
    phrase_of_author = models.CharField(max_length=20, choices=PHRASES, blank=True, default="")
    phrase_of_other = models.CharField(max_length=20, choices=PHRASES, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("pair",),
                condition=Q(agreed_at__isnull=False, end__isnull=True),
                name="time_apart_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(agreed_at__gte=F("suggested_at")),
                name="time_apart_agreed_after_suggested",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("suggested_at"))
                & (Q(agreed_at__isnull=True) | Q(ends_at__gt=F("agreed_at"))),
                name="time_apart_ends_after_agreed",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True)
                | Q(agreed_at__isnull=True, taken_back_at__gte=F("suggested_at")),
                name="time_apart_taken_back_or_agreed",
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True, ended_at__isnull=True)
                | Q(end__isnull=False, ended_at__isnull=False),
                name="time_apart_ends_with_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True)
                | Q(end=EndOfTimeApart.OVER, agreed_at__isnull=False)
                | Q(
                    end__in=[end.value for end in EndOfTimeApart if end != EndOfTimeApart.OVER],
                    agreed_at__isnull=True,
                ),
                name="time_apart_ended_in_a_way",
            ),
            models.CheckConstraint(
                condition=Q(phrase_of_author__in=known_words(Occasion.TIME_APART))
                & Q(phrase_of_other__in=known_words(Occasion.TIME_APART)),
                name="time_apart_with_known_phrases",
            ),
        )
        indexes = (models.Index(fields=("pair", "-suggested_at"), name="time_apart_latest"),)

    def __str__(self) -> str:
        return f"time apart {self.pk}"

    def as_value(self) -> TimeApartValue:
        """The facts that the rules look at."""
        return TimeApartValue(
            id=self.pk,
            author=self.author_id,
            day=self.day,
            ends_at=self.ends_at,
            suggested_at=self.suggested_at,
            agreed_at=self.agreed_at,
            end=EndOfTimeApart(self.end) if self.end else None,
            taken_back_at=self.taken_back_at,
            words=self.phrase_of_author,
        )


class LetBe(models.Model):
    """Somebody chose nothing for now when a time apart was over; theirs alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    time_apart = models.ForeignKey(TimeApart, on_delete=models.CASCADE, related_name="let_be")
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("time_apart", "person"), name="let_be_once"),
        )

    def __str__(self) -> str:
        return f"let be {self.pk}"
