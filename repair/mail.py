"""Mail in development: a file in a folder, and its links in the terminal."""

import re
import sys

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

LINK = re.compile(r"https?://\S+")


class FolderAndTerminal(EmailBackend):
    """Keeps each mail as a file and prints its links, so that nobody needs a mail server."""

    def write_message(self, message: EmailMessage) -> None:
        """Write `message` to its file and its links to the terminal."""
        super().write_message(message)
        for link in LINK.findall(str(message.body)):
            sys.stdout.write(f"Mail to {', '.join(message.to)}: {link}\n")
        sys.stdout.flush()
