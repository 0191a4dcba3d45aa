"""`manage.py rotate_keys`: wrap every key of pairs and persons with the host's present key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import keys


class Command(BaseCommand):
    """Goes through the keys in batches; stop it at any moment, and start it again to go on."""

    help = (
        "Wrap the keys of pairs and persons with the first key of REPAIR_KEYS. Put the new key "
        "first and keep the old ones behind it; once this has run, they can be left out."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for wrapped in keys.rotate():
            count += wrapped
            self.stdout.write(f"{count} keys are wrapped anew.")
        if left := keys.left():
            raise CommandError(
                f"{left} keys are not wrapped with the present key, since they could not be opened "
                "(the log tells which) or were made meanwhile with the old settings. Run it again."
            )
        self.stdout.write("Every key is wrapped with the present key.")
