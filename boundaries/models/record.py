"""The append-only record, and what the sweep leaves alone."""

import uuid

from django.db import models

from accounts.models import Pair, Person


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
