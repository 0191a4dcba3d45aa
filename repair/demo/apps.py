"""The demo as an app; development settings add it when REPAIR_DEMO=1, and nothing else does."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Holds the clock's offset."""

    name = "repair.demo"
