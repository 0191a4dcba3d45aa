"""How far the demo's clock is from the real one."""

from typing import ClassVar

from django.db import models


class DemoClock(models.Model):
    """One row: the seconds that are added to the database's clock. Without it, none are."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset_seconds = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager["DemoClock"]] = models.Manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="demo_has_one_clock"),)

    def __str__(self) -> str:
        return f"{self.offset_seconds} s"

    @classmethod
    def seconds(cls) -> int:
        """By how much the clock is moved."""
        return cls.objects.values_list("offset_seconds", flat=True).first() or 0
