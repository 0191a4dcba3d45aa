"""The worker's application. It only pokes; what is due, the database knows."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "repair.settings.production")

app = Celery("repair")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["repair"])


@setup_logging.connect
def keep_logging_of_settings(**_: Any) -> None:
    """Leave logging as the settings made it: Celery's own would print arguments and faults."""


@worker_init.connect
def check_keys(**_: Any) -> None:
    """End the start if words could not be opened; with a line, and not in the middle of a night."""
    from repair import keys

    keys.check()
