"""`make bench`: how fast Repair is, on a PostgreSQL and a Redis of its own. No test: it only tells.

Names of parts choose them; `--quick` measures little, to see whether it works. It ends with 1 where
something did not work, such as a word that never came, and with 0 whichever goals were met.
"""

import json
import os
import platform
import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from tests import servers
from tests.bench.figures import Part, lines
from tests.run import short_folder
from tests.stack import ROOT, environment


class Choice(NamedTuple):
    """A part as it can be chosen. module: which measures it; embedded: on SQLite and files."""

    module: str
    usual: dict[str, Any]
    quick: dict[str, Any]
    embedded: bool = False
    settings: str = "repair.settings.development"


OPENING = {"pairs": [1, 200], "times": 10}
QUICK_OPENING = {"pairs": [1, 3], "times": 1}
PARTS = {
    "live": Choice(
        "live",
        {"streams": [2, 100, 1000], "words": 300, "rate": 10},
        {"streams": [2, 10], "words": 4, "rate": 10},
    ),
    "opening": Choice(
        "opening",
        {"name": "PostgreSQL and Redis", "goal": 2, **OPENING},
        {"name": "PostgreSQL and Redis", "goal": 2, **QUICK_OPENING},
        settings="tests.bench.settings",
    ),
    "embedded": Choice(
        "opening",
        {"name": "SQLite and files", "goal": 5, **OPENING},
        {"name": "SQLite and files", "goal": 5, **QUICK_OPENING},
        embedded=True,
        settings="tests.bench.settings",
    ),
    "sealing": Choice(
        "sealing", {"pages": 200, "releases": 6}, {"pages": 2, "releases": 1, "pairs": 3}
    ),
}


def main(arguments: list[str]) -> int:
    """Measure part by part and print each as it comes."""
    parser = ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    say([machine()])
    worked = [_show(PARTS[name], quick=chosen.quick) for name in chosen.parts or PARTS]
    return 0 if all(worked) else 1


def machine() -> str:
    """What it was measured on."""
    cores, release = os.cpu_count(), platform.python_version()
    return f"{cores} cores ({platform.machine()}), {platform.system()}, Python {release}"


def measured(choice: Choice, folder: Path, servers: Mapping[str, str], *, quick: bool) -> Part:
    """One part, measured in a process of its own; raises CalledProcessError if it failed.

    servers: DATABASE_URL and REDIS_URL, of an empty database; without them, files in `folder`.
    """
    arguments = choice.quick if quick else choice.usual
    settings = {"DJANGO_SETTINGS_MODULE": choice.settings}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.part", choice.module, json.dumps(arguments)],
        cwd=ROOT,
        # With DEBUG on, Django would keep every query.
        env=environment(folder, REPAIR_DEMO="0", REPAIR_DEBUG="0", **settings, **servers),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Part.read(ended.stdout)


def say(text: list[str]) -> None:
    """To whoever looks on."""
    sys.stdout.write("\n".join([*text, ""]))
    sys.stdout.flush()


def _show(choice: Choice, *, quick: bool) -> bool:
    """Measure one part on servers of its own, and print it. Whether all of it worked."""
    load = f"{os.getloadavg()[0]:.1f} processes were waiting for a core in the minute before."
    with short_folder() as folder, ExitStack() as stack:
        own: dict[str, str] = {}
        if not choice.embedded:
            own["DATABASE_URL"] = stack.enter_context(servers.postgresql(folder, careful=True))
            own["REDIS_URL"] = stack.enter_context(servers.redis(folder))
        try:
            part = measured(choice, folder / "var", own, quick=quick)
        except subprocess.CalledProcessError:
            say(["", f"WRONG: {choice.module} did not come to its end; what it said is above."])
            return False
    say([*lines(part), f"  {load}"])
    return not part.wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
