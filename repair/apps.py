"""The project as an app, for its commands."""

from django.apps import AppConfig


class RepairConfig(AppConfig):
    """Holds commands and tasks, no models."""

    name = "repair"
