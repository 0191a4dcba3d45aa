"""The app and its name."""

from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    """How it feels: check-ins before and after, private reflections, as an app."""

    name = "checkins"
