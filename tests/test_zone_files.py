"""Which copy of the zone data is used: that of the pinned package, never the machine's.

In processes of their own, since a process looks for its copy once. Each is told of a folder, as a
machine's would be, in which Berlin has no winter.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import zones

# It uses no database.
pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
SHOW = """
from datetime import datetime, UTC
from zoneinfo import ZoneInfo
print(datetime(2027, 1, 2, 17, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")).hour)
"""
OURS, THE_MACHINE_S = "18", "19"


@pytest.fixture
def machine(tmp_path):
    """The environment of a machine whose own copy says something else."""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(zones.compiled("CEST-2"))
    return {
        **os.environ,
        "PYTHONTZPATH": str(tmp_path),
        "REPAIR_VAR": str(tmp_path / "var"),
        "DJANGO_SETTINGS_MODULE": "repair.settings.testing",
    }


def shown(environment, *command):
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return done.stdout.decode().split()[-1]


@pytest.mark.parametrize("begin", ["repair.asgi", "repair.wsgi", "repair.celery"])
def test_the_web_server_and_the_worker_use_the_pinned_copy(machine, begin):
    assert shown(machine, "-c", f"import {begin}\n{SHOW}") == OURS


def test_commands_use_the_pinned_copy(machine):
    assert shown(machine, "manage.py", "shell", "--no-imports", "-c", SHOW) == OURS


def test_it_is_used_also_if_somebody_looked_up_a_zone_before(machine):
    """Zones are kept once they were read: the pinned copy counts also for one that was."""
    early = "from zoneinfo import ZoneInfo; ZoneInfo('Europe/Berlin')"
    assert shown(machine, "-c", f"{early}\nimport repair.celery\n{SHOW}") == OURS


def test_without_repair_the_machine_s_copy_would_be_used(machine):
    """So that the others are known to bite."""
    assert shown(machine, "-c", SHOW) == THE_MACHINE_S
