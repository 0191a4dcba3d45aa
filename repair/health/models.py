"""The heartbeat: a row that the worker renews, so that its health is a fact and not a guess."""

from django.db import models


class Heartbeat(models.Model):
    """When something last showed that it lives, by the database's own clock."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
