"""`manage.py check_help_lines`: which numbers are to be looked up again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import clock, help_lines


class Command(BaseCommand):
    """Lists what nobody compared with its page within a year, with where to look."""

    help = (
        "List the help lines that were never compared with the page of who answers, or over a "
        "year ago. Ends with 1 if there are any, so that a calendar job can tell somebody."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.now().date()
        files = filter(None, [settings.REPAIR_HELP, help_lines.own()])
        old = [each for file in files for each in help_lines.to_look_up(file, today)]
        for each in old:
            when = f"checked on {each.checked}" if each.checked else "never checked"
            self.stdout.write(f"{each.country}, {each.name}: {when}, see {each.source}")
        if old:
            raise CommandError(
                f"{len(old)} of the help lines are to be looked up. What you find goes into your "
                "own file (REPAIR_HELP_FILE) or into accounts/help_lines.toml."
            )
        self.stdout.write("Every help line was checked within a year.")
