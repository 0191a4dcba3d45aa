"""One part of the bench, in a process with Django: `python -m tests.bench.part NAME ARGUMENTS`.

Whatever the environment names is what is measured; its database is migrated first and then filled.
The arguments are those of `measure` in the module of that name, as JSON. It writes one `Part`.
"""

import json
import logging
import sys
from importlib import import_module

import django
from django.core.management import call_command


def main(name: str, arguments: str) -> None:
    """Measure, and write what came of it."""
    django.setup()
    # Every page that is asked for would be a line.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    call_command("migrate", verbosity=0, interactive=False)
    part = import_module(f"tests.bench.{name}").measure(**json.loads(arguments))
    sys.stdout.write(part.as_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
