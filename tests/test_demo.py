"""The demo as a newcomer meets it: through its pages, its bar and the real worker."""

import re

import httpx
import pytest

from repair.demo.people import ANA, BEN, NOOR, PASSWORD
from tests import stack
from tests.stack import wait_for
from tests.test_start import manage

pytestmark = pytest.mark.processes


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, address: str) -> None:
        self.browser = httpx.Client(base_url=address, follow_redirects=True)

    def sees(self, path: str = "/") -> str:
        """The page at the path."""
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def sends(self, path: str, **fields: str) -> str:
        """The page that follows a form sent to the path."""
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', self.sees("/help/"))
        assert token
        answer = self.browser.post(path, data={"csrfmiddlewaretoken": token[1], **fields})
        assert answer.status_code == 200, answer.text
        return answer.text


def signed_in(address: str, email: str) -> Visitor:
    visitor = Visitor(address)
    visitor.sends("/account/login/", login=email, password=PASSWORD)
    return visitor


@pytest.mark.long
def test_a_newcomer_moves_to_the_next_conversation_and_the_letter_arrives(repair):
    ana, ben = (signed_in(repair.address, one.email) for one in (ANA, BEN))
    assert "It is now" in ana.sees()
    assert "A closed envelope" not in ben.sees()
    ben.sends("/demo/move/conversation/")
    wait_for(lambda: "A closed envelope" in ben.sees(), "Ana's letter did not arrive")
    wait_for(lambda: "A closed envelope" in ana.sees(), "Ben's letter did not arrive")


@pytest.mark.proof
@pytest.mark.once
def test_noor_sees_what_ana_lets_her(tmp_path):
    with stack.running(tmp_path) as repair:
        noor = signed_in(repair.address, NOOR.email)
        page = noor.sees("/supporting/")
        key = re.search("/supporting/([0-9a-f-]{36})/", page)
        assert key
        assert "whether I slept" in noor.sees(key[0])
        assert "Saturday" in noor.sees(f"{key[0]}calendar/")
        assert "Quieter than last time." in noor.sees(f"{key[0]}check-ins/")
        assert "paused for you" not in signed_in(repair.address, ANA.email).sees()


@pytest.mark.proof
@pytest.mark.once
def test_the_bar_moves_the_clock_and_leads_back_but_to_no_other_site(tmp_path):
    with stack.running(tmp_path) as repair:
        visitor = Visitor(repair.address)
        before = visitor.sees("/help/")
        day_later = visitor.sends("/demo/move/day/", here="/help/")
        hour_later = visitor.sends("/demo/move/hour/", here="/help/")
        assert len({said_day(page) for page in (before, day_later)}) == 2
        assert len({said_hour(page) for page in (day_later, hour_later)}) == 2
        visitor.browser.follow_redirects = False
        fields = {
            "csrfmiddlewaretoken": visitor.browser.cookies["csrftoken"],
            "here": "https://elsewhere.example",
        }
        answer = visitor.browser.post("/demo/move/hour/", data=fields)
        assert answer.headers["Location"] == "/"


@pytest.mark.proof
@pytest.mark.once
def test_putting_it_back_twice_makes_it_as_it_was_at_first(tmp_path):
    for _ in range(2):
        ended = manage(tmp_path, "demo", REPAIR_DEMO="1")
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.count(PASSWORD) == 3
        counted = manage(tmp_path, "shell", "--verbosity=0", "--command", COUNT, REPAIR_DEMO="1")
        assert counted.stdout.split() == ["3", "1", "held", "held", "2", "2", "0"], counted.stderr


@pytest.mark.proof
@pytest.mark.once
def test_on_a_slow_machine_it_is_the_same(tmp_path):
    """Whatever takes long: here it is what each does before they agree."""
    assert manage(tmp_path, "demo", REPAIR_DEMO="1").returncode == 0
    slow = manage(tmp_path, "shell", "--verbosity=0", "--command", SLOW + COUNT, REPAIR_DEMO="1")
    assert slow.stdout.split() == ["3", "1", "held", "held", "2", "2", "0"], slow.stderr


SLOW = """
from datetime import timedelta
from repair.demo import actions, data
rename = data.rename_other
data.rename_other = lambda **it: (actions.move(by=timedelta(seconds=7)), rename(**it))
data.put_back()
"""
COUNT = """
from accounts.models import Pair, Person
from boundaries.models import Window
from conversations.models import Letter
from repair.demo.models import DemoClock
print(Person.objects.count(), Pair.objects.count())
print(*Window.objects.exclude(state="planned").values_list("state", flat=True))
print(*(Letter.objects.filter(state=state).count() for state in ("held", "released")))
print(DemoClock.objects.get().offset_seconds)
"""


@pytest.mark.once
def test_without_demo_mode_there_is_no_such_command(tmp_path):
    ended = manage(tmp_path, "demo")
    assert ended.returncode == 1
    assert "Unknown command: 'demo'" in ended.stderr


def said_day(page: str) -> str:
    found = re.search(r"It is now (\w+ \d+ \w+)", page)
    assert found
    return found[1]


def said_hour(page: str) -> str:
    found = re.search(r"It is now [^,]+, (\d\d)", page)
    assert found
    return found[1]
