"""Outside demo mode the demo does not exist: no app, no address, no clock, no word on a page."""

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from tests import forked
from tests.stack import environment
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
    assert settings.REPAIR_CLOCK == "accounts.clock.as_it_is"
    with pytest.raises(NoReverseMatch):
        reverse("demo:hour")


@pytest.mark.parametrize("way", ["hour", "day", "conversation"])
def test_its_addresses_are_not_found(client, db, way):
    assert client.post(f"/demo/move/{way}/").status_code == 404


def test_no_page_carries_its_bar(client, db):
    page = client.get(reverse("account_login"))
    assert "demo_bar" not in page.context
    assert b"demo" not in page.content.lower()


@pytest.mark.long
@pytest.mark.processes
@pytest.mark.once
def test_no_way_of_running_knows_it_unless_it_is_asked_for(tmp_path):
    modes = ("development", "production", "testing")
    values = (PRODUCTION | {"DJANGO_SETTINGS_MODULE": f"repair.settings.{mode}"} for mode in modes)
    for ended in forked.run(*((["-c", LOOK], environment(tmp_path, **each)) for each in values)):
        assert ended.stdout.split() == ["accounts.clock.as_it_is", "False"], ended.stderr
