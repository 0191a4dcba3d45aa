"""`manage.py demo`: put the demo back as it was."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from repair.demo import data
from repair.demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    """Exists only when REPAIR_DEMO=1."""

    help = "Put Ana, Ben and Noor, what happened, and the clock back as they were at first."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Only if they are not there.")

    def handle(self, *args: Any, if_empty: bool, verbosity: int, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        if if_empty and data.is_there():
            return
        data.put_back()
        if verbosity:
            for one in PEOPLE:
                self.stdout.write(f"{one.email}  password {PASSWORD}")
