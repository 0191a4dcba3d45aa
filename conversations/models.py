"""What is said in a pair: letters, their envelopes, and notices."""

import uuid
from datetime import timedelta
from typing import ClassVar, NamedTuple

from django.db import models
from django.db.models import Q

from accounts.models import Pair, Person
from accounts.sealed import SealedTextField
from boundaries.models import Window
from boundaries.rules import acts
from boundaries.rules.windows import Window as WindowValue


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

    def release_into(self, window: WindowValue, released: int) -> acts.Release:
        """Its going into this conversation, to ask the gate about.

        released: letters by its author that go before it.
        """
        return acts.Release(
            window,
            self.length,
            released,
            read_ahead=self.read_ahead if self.only_after_reading else None,
            read_at=self.read_again_at,
        )


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

    window: of which conversation it tells, if of one. about: the key of what it tells of: that
    conversation, a proposal, a letter of their own that is to be read again, or a check-in.
    next_try_at: before this instant it is not sent. attempts: how often that was tried.
    fault: why it could not be sent the last time.
    end: empty while it waits. It is "claimed" from just before it is sent until it is known what
    became of it, and stays so where the process died in between: it may have gone, so it is not
    sent again. ended_at: since when.
    """

    class Kind(models.TextChoices):
        """What it tells of; nothing in the mail does."""

        DAY_BEFORE = "day_before"
        WINDOW_OPENED = "window_opened"
        ARRIVED = "arrived"
        TO_DECIDE = "to_decide"
        CHECK_IN = "check_in"

    class Fault(models.TextChoices):
        """Why it could not be sent, in our words; the server's could hold an address.

        LOST: the connection ended when the mail was on its way, so it may have arrived.
        """

        UNREACHABLE = "unreachable"
        ADDRESS_REFUSED = "address_refused"
        REFUSED = "refused"
        NOT_NOW = "not_now"
        LOST = "lost"
        OTHER = "other"

    class End(models.TextChoices):
        """What became of it."""

        CLAIMED = "claimed"
        SENT = "sent"
        CANCELLED = "cancelled"
        FAILED = "failed"

    WISHES: ClassVar = {
        Kind.DAY_BEFORE: "wants_notice_day_before",
        Kind.WINDOW_OPENED: "wants_notice_on_opening",
        Kind.ARRIVED: "wants_notice_on_arrival",
        Kind.TO_DECIDE: "wants_notice_to_decide",
        Kind.CHECK_IN: "wants_notice_check_in",
    }
    """The field in which a person asks for each kind."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    window = models.ForeignKey(Window, on_delete=models.CASCADE, null=True, related_name="notices")
    about = models.UUIDField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    written_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=20, choices=Fault.choices, blank=True)
    end = models.CharField(max_length=9, choices=End.choices, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "kind", "about", "window"), name="notice_once"
            ),
            # Where there is no conversation the other one compares nothing with nothing.
            models.UniqueConstraint(
                fields=("person", "kind", "about"),
                condition=Q(window__isnull=True),
                name="notice_once_without_a_window",
            ),
            models.CheckConstraint(
                condition=Q(end="", ended_at__isnull=True)
                | (~Q(end="") & Q(ended_at__isnull=False)),
                name="notice_ends_with_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(end__in=["", "claimed", "sent", "cancelled", "failed"]),
                name="notice_ended_in_a_way",
            ),
        )
        indexes = (
            models.Index(fields=("next_try_at",), condition=Q(end=""), name="notice_to_send"),
            models.Index(
                fields=("pair", "person"), condition=Q(end=""), name="notice_waiting_in_pair"
            ),
        )

    def __str__(self) -> str:
        return f"notice {self.pk}"

    @property
    def matter(self) -> "Matter":
        """What it tells of, as a value."""
        return Matter(self.Kind(self.kind), self.about, self.window_id)


class Matter(NamedTuple):
    """Something of which a person can be told: see `Notice`."""

    kind: Notice.Kind
    about: uuid.UUID
    window: uuid.UUID | None
