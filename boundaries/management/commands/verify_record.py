"""`manage.py verify_record`: whether every pair's record is one unbroken chain (R30)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boundaries import chains


class Command(BaseCommand):
    """Walks all records and, where heads were kept, compares with them."""

    help = (
        "Walk the record of every pair and name the first broken link. "
        "With --heads FILE, also compare with heads that write_record_heads has written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads", type=Path, help="A file that write_record_heads has written."
        )

    def handle(self, *args: Any, heads: Path | None, **options: Any) -> None:
        try:
            entries = chains.check()
            signed = chains.check_against(_lines(heads)) if heads else 0
        except chains.BrokenError as broken:
            raise CommandError(f"The record is broken: {broken}.") from None
        also = f", and {signed} signed heads are in them" if heads else ""
        self.stdout.write(f"{entries} entries, each record one unbroken chain{also}.")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(f"{path} cannot be read: {fault}.") from None
