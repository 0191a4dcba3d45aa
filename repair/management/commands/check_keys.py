"""`manage.py check_keys`: end with one line if the host's keys are not those of this database."""

from typing import Any

from django.core.management.base import BaseCommand

from repair import keys


class Command(BaseCommand):
    """For what starts the web server: one with several workers starts them again for ever."""

    help = "Say whether REPAIR_KEYS opens the keys of this database; end with 1 if it does not."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        keys.check()
        self.stdout.write("REPAIR_KEYS opens the keys of this database.")
