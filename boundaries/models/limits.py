"""What each person allows at most."""

import uuid

from django.db import models

from accounts.models import Membership
from boundaries.fields import LimitsField


class PersonalLimits(models.Model):
    """What one person allows at most in a pair; theirs alone, seen by nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="limits")
    value = LimitsField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"limits {self.pk}"
