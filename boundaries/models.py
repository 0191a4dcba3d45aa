"""What is allowed in a pair: each person's limits, agreements, proposals, pauses, windows, and the
record.

All instants are aware and come from the clock of the pair's lock; none has a default.
"""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership, Pair, Person
from boundaries.fields import LimitsField, TermsField
from boundaries.rules.canonical import terms_digest
from boundaries.rules.limits import SHORTEST_COOLING_OFF
from boundaries.rules.phrases import FITTING, Occasion
from boundaries.rules.proposals import End
from boundaries.rules.proposals import Proposal as ProposalValue
from boundaries.rules.time_apart import End as EndOfTimeApart
from boundaries.rules.time_apart import TimeApart as TimeApartValue
from boundaries.rules.windows import Span, State
from boundaries.rules.windows import Window as WindowValue


def _words_for(occasion: Occasion) -> list[tuple[str, str]]:
    return [(phrase.value, phrase.value) for phrase in FITTING[occasion]]


def _known(occasion: Occasion) -> list[str]:
    """The phrases that fit, and none."""
    return ["", *(phrase.value for phrase in FITTING[occasion])]


class PersonalLimits(models.Model):
    """What one person allows at most in a pair; theirs alone, seen by nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="limits")
    value = LimitsField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"limits {self.pk}"


class Agreement(models.Model):
    """Terms in force from `in_force_from` to `ended_at` (half-open; open while null).

    Never edited, only ended. A decrease ends one and begins the next, which then has no proposal
    (R1). number: 1, 2, 3 … within the pair. review_at: when its last window closes; it lapses then
    (R6). zone_data: the version of the zone data with which its windows were computed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="agreements")
    number = models.PositiveIntegerField()
    terms = TermsField()
    digest = models.CharField(max_length=64)
    proposal = models.OneToOneField(
        "Proposal", on_delete=models.RESTRICT, null=True, related_name="agreement"
    )
    in_force_from = models.DateTimeField()
    review_at = models.DateTimeField()
    zone_data = models.CharField(max_length=20, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("pair",), condition=Q(ended_at__isnull=True), name="agreement_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("in_force_from")),
                name="agreement_ends_after_it_began",
            ),
            models.UniqueConstraint(fields=("pair", "number"), name="agreement_numbered"),
        )
        indexes = (
            models.Index(
                fields=("review_at",),
                condition=Q(ended_at__isnull=True),
                name="agreement_due_for_review",
            ),
            models.Index(
                fields=("zone_data",),
                condition=Q(ended_at__isnull=True),
                name="agreement_by_zone_data",
            ),
        )

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class Proposal(models.Model):
    """Exact terms that one person puts to the other. Its author consented by making it."""

    ENDS: ClassVar = [(end.value, end.value) for end in End]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="proposals")
    author = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="proposals")
    terms = TermsField()
    digest = models.CharField(max_length=64)
    base = models.ForeignKey(
        Agreement, on_delete=models.RESTRICT, null=True, related_name="changes"
    )
    made_at = models.DateTimeField()
    takes_force_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=20, choices=ENDS, null=True)  # noqa: DJ001 - no end is not an empty end
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, on_delete=models.RESTRICT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(end__isnull=True, ended_at__isnull=True)
                | Q(end__isnull=False, ended_at__isnull=False),
                name="proposal_ends_with_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__in=[end.value for end in End]),
                name="proposal_ended_in_a_way",
            ),
            models.CheckConstraint(
                condition=Q(takes_force_at__isnull=True)
                | Q(takes_force_at__gte=F("made_at") + SHORTEST_COOLING_OFF),
                name="proposal_cools_off",
            ),
            models.CheckConstraint(
                condition=~Q(end=End.IN_FORCE)
                | Q(takes_force_at__isnull=False, ended_at__gte=F("takes_force_at")),
                name="proposal_in_force_after_cooling_off",
            ),
            models.UniqueConstraint(
                fields=("pair",),
                condition=Q(end__isnull=True, takes_force_at__isnull=False),
                name="proposal_one_in_cooling_off",
            ),
        )
        indexes = (
            models.Index(fields=("pair", "-made_at"), name="proposal_latest"),
            models.Index(
                fields=("takes_force_at",),
                condition=Q(end__isnull=True, takes_force_at__isnull=False),
                name="proposal_due",
            ),
        )

    def __str__(self) -> str:
        return f"proposal {self.pk}"

    def as_value(self, consents: "Iterable[Consent] | None" = None) -> ProposalValue:
        """The facts that the rules look at.

        consents: to this proposal, where callers have them. Only those to the digest of the terms
        as they are now count: who said yes to other terms has not said yes to these (R2).
        """
        consents = list(self.consents.all() if consents is None else consents)
        exact = terms_digest(self.terms)
        return ProposalValue(
            id=self.pk,
            author=self.author_id,
            terms=self.terms,
            base=self.base_id,
            made_at=self.made_at,
            agreed_at=max((each.given_at for each in consents), default=None)
            if self.takes_force_at
            else None,
            takes_force_at=self.takes_force_at,
            end=End(self.end) if self.end else None,
            ended_at=self.ended_at,
            ended_by=self.ended_by_id,
            consented=frozenset(
                each.person_id
                for each in consents
                if each.withdrawn_at is None and each.digest == exact
            ),
            taken_back={
                each.person_id: each.withdrawn_at for each in consents if each.withdrawn_at
            },
        )


class Consent(models.Model):
    """One person's fresh yes to one proposal's exact terms, bound to them by their digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="consents")
    digest = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("proposal", "person"), name="consent_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        )

    def __str__(self) -> str:
        return f"consent {self.pk}"


class Pause(models.Model):
    """One person stops all contact in the pair, until they themselves lift it (R13, R14).

    phrase: the fixed kind words that they let come with it, if any (R15).
    """

    PHRASES: ClassVar = _words_for(Occasion.PAUSE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="pauses")
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="pauses")
    began_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    phrase = models.CharField(max_length=20, choices=PHRASES, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(phrase__in=_known(Occasion.PAUSE)),
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


class TimeApart(models.Model):
    """No contact until a day: suggested by one person, and perhaps chosen by both.

    Structured alone, without a word of anybody's (R23). day, ends_at: the day as both read it, and
    its first instant where the author was. taken_back_at: by its author, also if it was over
    without their knowing. phrase_of_author, phrase_of_other: the fixed kind words that each let
    come with it (R15). Both chose it while `agreed_at` is set and `end` is not; that it is over is
    told by `ends_at` alone, so that nothing has to happen on that day (R6).
    """

    ENDS: ClassVar = [(end.value, end.value) for end in EndOfTimeApart]
    PHRASES: ClassVar = _words_for(Occasion.TIME_APART)

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
                condition=Q(phrase_of_author__in=_known(Occasion.TIME_APART))
                & Q(phrase_of_other__in=_known(Occasion.TIME_APART)),
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


class Farewell(models.Model):
    """The fixed kind words that came with the end of a pair (R15, R16).

    There is none for an end without words: then nothing here says who ended it.
    """

    PHRASES: ClassVar = _words_for(Occasion.ENDING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.OneToOneField(Pair, on_delete=models.CASCADE, related_name="farewell")
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="+")
    phrase = models.CharField(max_length=20, choices=PHRASES)
    left_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(phrase__in=[phrase for phrase, _ in _words_for(Occasion.ENDING)]),
                name="farewell_with_a_known_phrase",
            ),
        )

    def __str__(self) -> str:
        return f"farewell {self.pk}"


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


class Door(models.Model):
    """What somebody leaves open after the pair was parted; theirs alone until both did (R16)."""

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, primary_key=True, related_name="door"
    )
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"door of {self.membership_id}"


class RecordEntry(models.Model):
    """One act in a pair's append-only record (R30): ids and digests, no content.

    number: 1, 2, 3 … within the pair. actor: who acted; null for what time did. previous, hash: of
    the entry before and of this one (`canonical.entry_hash`), which make the record one chain.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="record")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(Person, on_delete=models.RESTRICT, null=True, related_name="+")
    act = models.CharField(max_length=40)
    subject = models.UUIDField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("pair", "number"), name="record_numbered"),)

    def __str__(self) -> str:
        return f"record {self.pair_id} {self.number}"


class SetAside(models.Model):
    """A pair in which the sweep failed, left alone so that it does not stop the others (R7).

    reason: the kind of the fault, never its words, which could hold content.
    """

    pair = models.OneToOneField(
        Pair, on_delete=models.CASCADE, primary_key=True, related_name="set_aside"
    )
    until = models.DateTimeField()
    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"set aside {self.pair_id}"
