"""Which copy of the zone data is used: that of the pinned package, never the machine's.

In processes of their own, since one looks for its copy once. Each is told of a folder, as a
machine's would be, in which Berlin has no winter.
"""

import pytest

from tests import forked, zones
from tests.stack import environment

# It uses no database.
pytestmark = pytest.mark.once

SHOW = """
from datetime import datetime, UTC
from zoneinfo import ZoneInfo
print(datetime(2027, 1, 2, 17, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")).hour)
"""
EARLY = "from zoneinfo import ZoneInfo; ZoneInfo('Europe/Berlin')"
OURS, THE_MACHINE_S = "18", "19"
SHOWN = {
    "the web server": (OURS, ["-c", f"import repair.asgi\n{SHOW}"]),
    "another web server": (OURS, ["-c", f"import repair.wsgi\n{SHOW}"]),
    "the worker": (OURS, ["-c", f"import repair.celery\n{SHOW}"]),
    "a command": (OURS, ["manage.py", "shell", "--no-imports", "-c", SHOW]),
    "somebody looked up the zone before": (OURS, ["-c", f"{EARLY}\nimport repair.celery\n{SHOW}"]),
    "without Repair, so that the others are known to bite": (THE_MACHINE_S, ["-c", SHOW]),
}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """The environment of a machine whose own copy says something else."""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(zones.compiled("CEST-2"))
    monkeypatch.setenv("PYTHONTZPATH", str(tmp_path))
    return environment(tmp_path / "var", DJANGO_SETTINGS_MODULE="repair.settings.testing")


@pytest.mark.long
def test_the_pinned_copy_is_used(machine, subtests):
    commands = ((command, machine) for _, command in SHOWN.values())
    for (who, (hour, _)), ended in zip(SHOWN.items(), forked.run(*commands), strict=True):
        with subtests.test(who):
            assert ended.stdout.split() == [hour], ended.stderr
