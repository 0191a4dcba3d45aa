"""`manage.py demo`: put the demo back as it was."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Exists only when REPAIR_DEMO=1."""

    help = "Put Ana, Ben and what happened between them back as it was at first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Only if they are not there.")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        pass
