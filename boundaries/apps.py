"""The app and its name."""

from django.apps import AppConfig


class BoundariesConfig(AppConfig):
    """What is allowed: limits, proposals, agreements, pauses, windows, the record, as an app."""

    name = "boundaries"
