"""`manage.py write_record_heads FILE`: where records end, signed, to be kept elsewhere (R30)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from boundaries import chains


class Command(BaseCommand):
    """Writes one signed line for each pair; keep the file where the database's host is not."""

    help = (
        "Write where the record of each pair ends, signed with SECRET_KEY, to a file that does not "
        "exist yet. Kept elsewhere, it shows later that no record was written anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        lines = [chains.signed(head) for head in chains.heads()]
        try:
            with file.open("x", encoding="utf-8") as heads:
                heads.writelines(f"{line}\n" for line in lines)
        except OSError as fault:
            raise CommandError(f"{file} cannot be written: {fault.strerror}.") from None
        self.stdout.write(f"{len(lines)} heads are in {file}.")
