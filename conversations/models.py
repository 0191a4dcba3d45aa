"""What is said in a pair: letters, their envelopes, and notices."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Pair, Person
from accounts.sealed import SealedTextField
from boundaries.models import Window


class Letter(models.Model):
    """Text written outside a window. Until it is released, only its author's queries reach it
    (R17).

    key: chosen by the form that made it, so that a doubled request makes one letter.
    held_at: since when it waits for the next conversation; null for a draft.
    read_again_hours: how long before a conversation its author wants to be asked to read it again;
    0 for never. only_after_reading: whether it stays held until they did. read_again_at: when they
    last said so, or saved it held.
    """

    class State(models.TextChoices):
        """A withdrawn letter is a draft again: words are never lost."""

        DRAFT = "draft"
        HELD = "held"
        RELEASED = "released"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="letters")
    author = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="letters")
    key = models.UUIDField()
    body = SealedTextField(owner="pair")
    length = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    read_again_hours = models.PositiveSmallIntegerField(default=0)
    only_after_reading = models.BooleanField(default=False)
    read_again_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("pair", "author", "key"), name="letter_once_for_a_form"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", held_at__isnull=True, released_at__isnull=True)
                | Q(state="held", held_at__isnull=False, released_at__isnull=True)
                | Q(state="released", held_at__isnull=False, released_at__isnull=False),
                name="letter_state_with_its_instants",
            ),
            models.CheckConstraint(
                condition=Q(only_after_reading=False) | Q(read_again_hours__gt=0),
                name="letter_only_after_reading_if_asked",
            ),
        )
        indexes = (
            models.Index(
                fields=("pair", "held_at"), condition=Q(state="held"), name="letter_held_in_pair"
            ),
            models.Index(fields=("pair", "author", "-changed_at"), name="letter_of_author"),
        )

    def __str__(self) -> str:
        return f"letter {self.pk}"

    @property
    def read_ahead(self) -> timedelta:
        """How long before a conversation opens its author wants to read it again."""
        return timedelta(hours=self.read_again_hours)


class Envelope(models.Model):
    """A released letter in its recipient's hands; its writer never learns what they do (R19)."""

    class State(models.TextChoices):
        """What the recipient did."""

        CLOSED = "closed"
        KEPT = "kept"
        OPENED = "opened"
        HANDED_BACK = "handed_back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, related_name="envelope")
    window = models.ForeignKey(Window, on_delete=models.RESTRICT, related_name="envelopes")
    recipient = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="envelopes")
    state = models.CharField(max_length=11, choices=State.choices, default=State.CLOSED)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["closed", "kept", "opened", "handed_back"]),
                name="envelope_in_a_state",
            ),
        )
        indexes = (models.Index(fields=("recipient", "window"), name="envelope_of_recipient"),)

    def __str__(self) -> str:
        return f"envelope {self.pk}"


class Message(models.Model):
    """Something said live in an open window; it stays readable to both (R21).

    number: 1, 2, 3 … within the window: the order on both screens. key: chosen by the form that
    sent it, so that a doubled request says it once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="messages")
    window = models.ForeignKey(Window, on_delete=models.RESTRICT, related_name="messages")
    author = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="messages")
    key = models.UUIDField()
    number = models.PositiveIntegerField()
    body = SealedTextField(owner="pair")
    said_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("window", "number"), name="message_numbered"),
            models.UniqueConstraint(
                fields=("window", "author", "key"), name="message_once_for_a_form"
            ),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"


class Notice(models.Model):
    """A neutral mail that somebody asked for, written with the change that it tells of (R28).

    ended_at: when it was sent or, if a pause or an end came first, cancelled.
    """

    class Kind(models.TextChoices):
        """What it tells of."""

        WINDOW_OPENED = "window_opened"

    ENDS: ClassVar = [("sent", "sent"), ("cancelled", "cancelled"), ("failed", "failed")]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    written_at = models.DateTimeField()
    end = models.CharField(max_length=9, choices=ENDS, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "window", "kind"), name="notice_once"),
            models.CheckConstraint(
                condition=Q(end="", ended_at__isnull=True)
                | (~Q(end="") & Q(ended_at__isnull=False)),
                name="notice_ends_with_its_instant",
            ),
        )
        indexes = (
            models.Index(fields=("written_at",), condition=Q(end=""), name="notice_to_send"),
        )

    def __str__(self) -> str:
        return f"notice {self.pk}"
