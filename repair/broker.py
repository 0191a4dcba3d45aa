"""The broker of a Repair without Redis: Celery's folder of messages, each of which appears whole.

Kombu's own transport writes a message under its final name. A worker that finds it in that moment
reads an empty or a half one, takes that for an unrecoverable error, and ends.
"""

from pathlib import Path
from time import time_ns
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils import json


class Channel(filesystem.Channel):
    """A channel whose messages are written under another name first."""

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:  # type: ignore[override]
        """Put a message onto the queue; those that were put earlier are read first.

        Raises ChannelError where the folder cannot be written to.
        """
        folder = Path(self.data_folder_out)
        name = f"{time_ns():020}_{uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.unfinished"
        try:
            unfinished.write_text(json.dumps(message))  # type: ignore[no-untyped-call]
            unfinished.replace(folder / name)
        except OSError as fault:
            raise ChannelError(f"A message cannot be written: {fault.strerror}") from fault


class Transport(filesystem.Transport):
    """What CELERY_BROKER_TRANSPORT names."""

    Channel = Channel
