"""How it feels: check-ins around conversations, the rounds in which both are told, reflections."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Person
from accounts.sealed import SealedTextField, is_readable
from boundaries.models import Window
from boundaries.rules.checkins import (
    LONGEST_AHEAD,
    SHORTEST_AHEAD,
    USUALLY_AHEAD,
    Answer,
    Kind,
)


class Wish(models.Model):
    """What one person wants of scheduled check-ins in a pair, once they chose; theirs alone.

    is_wanted: whether there are any around conversations. days_ahead: from how many days before one
    on. Without a row they are wanted, as many days ahead as usual.
    """

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="check_in_wish"
    )
    is_wanted = models.BooleanField(default=True)
    days_ahead = models.PositiveSmallIntegerField(default=USUALLY_AHEAD)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(days_ahead__gte=SHORTEST_AHEAD, days_ahead__lte=LONGEST_AHEAD),
                name="wish_some_days_ahead",
            ),
        )

    def __str__(self) -> str:
        return f"wish of {self.membership_id}"


class Round(models.Model):
    """Whether both left room for more when it was looked, once, before a conversation (R12).

    It is never looked again, so that what either does afterwards changes nothing that is told.
    """

    window = models.OneToOneField(
        Window, on_delete=models.CASCADE, primary_key=True, related_name="round"
    )
    both_leave_room = models.BooleanField()
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"round of {self.window_id}"


LONGEST_ANSWER = 14
"""Characters to which each answer, and each way, is padded before it is sealed."""


class CheckIn(models.Model):
    """What somebody answered, for themselves alone (R24).

    window: before or after which conversation; null for one of their own. key: made from the form's
    and from what was said, so that a doubled request is one. answer, way: what they wanted, and in
    which respect less or more of it. safe: how safe it was, "1" to "5"; with less it need not be
    said. body: how the body felt, in their own words. is_for_oneself: whether the page on which it
    was given said that nobody else reads it, as no supporter then does (R25).

    All that was answered is sealed, answer and way so that all are of one length. So no query
    filters by it, and no constraint sees it: `rules.checkins.is_an_answer` does, before it is kept.
    What is not sealed, and what an answer leaves elsewhere, is in docs/data.md.
    """

    KINDS: ClassVar = [(kind.value, kind.value) for kind in Kind]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="check_ins")
    window = models.ForeignKey(
        Window, on_delete=models.CASCADE, null=True, related_name="check_ins"
    )
    kind = models.CharField(max_length=6, choices=KINDS)
    key = models.UUIDField()
    given_at = models.DateTimeField()
    answer = SealedTextField(owner="membership.person", padded_to=LONGEST_ANSWER)
    way = SealedTextField(owner="membership.person", padded_to=LONGEST_ANSWER, default="")
    safe = SealedTextField(owner="membership.person", null=True)  # type: ignore[misc]
    body = SealedTextField(owner="membership.person", null=True)  # type: ignore[misc]
    is_for_oneself = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("membership", "window"),
                condition=Q(kind=Kind.AFTER.value),
                name="checkin_once_after_a_window",
            ),
            models.UniqueConstraint(fields=("membership", "key"), name="checkin_once_for_a_form"),
            models.CheckConstraint(
                condition=Q(kind=Kind.OWN.value, window__isnull=True)
                | Q(kind__in=[Kind.BEFORE.value, Kind.AFTER.value], window__isnull=False),
                name="checkin_with_its_window",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.BEFORE.value) | Q(safe__isnull=True, body__isnull=True),
                name="checkin_says_how_it_was_afterwards",
            ),
        )
        indexes = (models.Index(fields=("membership", "-given_at"), name="checkin_latest"),)

    def __str__(self) -> str:
        return f"check-in {self.pk}"

    @property
    def wanted(self) -> Answer | None:
        """What they wanted; None where it cannot be read."""
        return Answer(self.answer) if is_readable(self, "answer") else None

    @property
    def in_which_way(self) -> str:
        """In which respect less or more; empty for the other answers, and if it cannot be read."""
        return self.way if is_readable(self, "way") else ""

    @property
    def how_safe(self) -> int | None:
        """1 to 5; None where it was not asked, or cannot be read."""
        return int(self.safe) if is_readable(self, "safe") and self.safe else None

    @property
    def was_rated(self) -> bool:
        """Whether it was said how safe it was, readable or not."""
        return self.__dict__["safe"] is not None

    @property
    def has_words(self) -> bool:
        """Whether there are words of their own, readable or not."""
        return self.__dict__["body"] is not None


class Question(models.TextChoices):
    """What somebody can think about for themselves, in an order."""

    HOPE = "hope", _("What am I hoping for?")
    EXPECT = "expect", _("What can I really expect?")
    OTHERWISE = "otherwise", _("What will I do if it does not work out?")
    SAFE = "safe", _("What would be safe enough for me?")
    MINE = "mine", _("What is mine to answer for?")
    SUPPORT = "support", _("What support do I want, and from whom?")


class Reflection(models.Model):
    """What somebody wrote about a question, for themselves; it belongs to no pair.

    key: of the form that made it, so that a doubled request makes one, and what was written on one
    page is known to be of it. is_marked: whether a
    supporter who may see marked ones sees it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reflections")
    question = models.CharField(max_length=9, choices=Question.choices)
    key = models.UUIDField()
    body = SealedTextField(owner="person")
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    is_marked = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "key"), name="reflection_once_for_a_form"),
            models.CheckConstraint(
                condition=Q(question__in=Question.values), name="reflection_on_a_question"
            ),
        )
        indexes = (models.Index(fields=("person", "-written_at"), name="reflection_latest"),)

    def __str__(self) -> str:
        return f"reflection {self.pk}"
