"""Outside demo mode the demo does not exist: no app, no address, no clock, no word on a page."""

import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from tests.stack import ROOT, environment
from tests.test_start import PRODUCTION

LOOK = """
import sys, django
django.setup()
from django.conf import settings
from django.urls import get_resolver
get_resolver().url_patterns
processors = settings.TEMPLATES[0]["OPTIONS"]["context_processors"]
ours = [name for name in sys.modules if name.startswith("repair")]
print(settings.REPAIR_CLOCK)
print(any("demo" in name for name in [*settings.INSTALLED_APPS, *processors, *ours]))
"""


def test_the_tests_themselves_run_without_it():
    assert not apps.is_installed("repair.demo")
    assert settings.REPAIR_CLOCK == "accounts.clock.database_now"
    with pytest.raises(NoReverseMatch):
        reverse("demo:hour")


@pytest.mark.parametrize("way", ["hour", "day", "conversation"])
def test_its_addresses_are_not_found(client, db, way):
    assert client.post(f"/demo/move/{way}/").status_code == 404


def test_no_page_carries_its_bar(client, db):
    page = client.get(reverse("account_login"))
    assert "demo_bar" not in page.context
    assert b"demo" not in page.content.lower()


@pytest.mark.processes
@pytest.mark.parametrize("mode", ["development", "production", "testing"])
def test_no_way_of_running_knows_it_unless_it_is_asked_for(tmp_path, mode):
    values = {**PRODUCTION, "DJANGO_SETTINGS_MODULE": f"repair.settings.{mode}"}
    env = environment(tmp_path, **values)
    said = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["accounts.clock.database_now", "False"]
