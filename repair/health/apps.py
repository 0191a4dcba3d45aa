"""Health as an app."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Holds the heartbeat."""

    name = "repair.health"
