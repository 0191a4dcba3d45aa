"""What was proposed, consented to and agreed."""

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Pair, Person
from boundaries.fields import TermsField
from boundaries.rules.canonical import terms_digest
from boundaries.rules.limits import SHORTEST_COOLING_OFF
from boundaries.rules.proposals import End
from boundaries.rules.proposals import Proposal as ProposalValue


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
    """Exact terms that one person puts to the other. Its author consented by making it.

    agreed_at: when the later of the two consents was given, from which cooling-off counts (R2).
    """

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
    agreed_at = models.DateTimeField(null=True)
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
                condition=Q(agreed_at__isnull=True, takes_force_at__isnull=True)
                | Q(
                    agreed_at__isnull=False,
                    takes_force_at__isnull=False,
                    agreed_at__gte=F("made_at"),
                    takes_force_at__gte=F("agreed_at") + SHORTEST_COOLING_OFF,
                ),
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
            agreed_at=self.agreed_at,
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
