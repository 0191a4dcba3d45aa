"""Rate limits hold, and no request fails, whatever becomes of Redis."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import reverse

from repair.caches import LockedFiles, RedisElseMemory
from tests.servers import redis
from tests.stack import ROOT, environment

DEAD = "redis://127.0.0.1:1/0"


@pytest.fixture
def lost(settings):
    """The cache of a site whose Redis does not answer."""
    settings.CACHES = {"default": {"BACKEND": "repair.caches.RedisElseMemory", "LOCATION": DEAD}}


def test_a_lost_redis_is_counted_in_memory():
    cache = RedisElseMemory(DEAD, {})
    cache.clear()
    assert cache.add("key", 1)
    assert not cache.add("key", 2)
    assert cache.get("key") == 1
    assert cache.incr("key") == 2
    cache.set_many({"other": 3})
    assert cache.get_many(["key", "other"]) == {"key": 2, "other": 3}
    assert cache.delete("key")
    assert "key" not in cache


def test_a_lost_redis_is_not_asked_again_at_once():
    cache = RedisElseMemory(DEAD, {})
    cache.get("key")
    assert cache.rests_until > time.monotonic()


def test_redis_is_used_again_once_it_has_come_back(tmp_path):
    with redis(tmp_path) as url:
        cache = RedisElseMemory(url, {})
        cache.set("key", 1)
        cache.rest()
        assert cache.get("key") is None
        cache.rests_until = time.monotonic()
        assert cache.get("key") == 1
    assert cache.get("key") is None


def test_a_page_with_a_rate_limit_works_and_is_limited_without_redis(lost, client, db):
    sign_in = {"login": "somebody@example.org", "password": "not-the-password"}
    answers = [client.post(reverse("account_login"), sign_in) for _ in range(12)]
    assert {answer.status_code for answer in answers} <= {200, 429}
    first, last = (str(answer.context["form"].errors) for answer in (answers[0], answers[-1]))
    assert first != last


def test_files_are_added_by_one_only(tmp_path):
    cache = LockedFiles(str(tmp_path), {})
    with ThreadPoolExecutor(8) as pool:
        for number in range(30):
            added = pool.map(lambda _, key=number: cache.add(str(key), 1), range(8))
            assert sum(added) == 1


REQUEST = """
import sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
client = Client(HTTP_HOST="localhost")
password = "a-quiet-password"
signed_up = {"email": "c@example.org", "password1": password, "password2": password}
print(client.get("/account/login/").status_code)
print(client.post("/account/login/", {"login": "c@example.org", "password": "x"}).status_code)
print(client.post("/account/signup/", signed_up).status_code in (200, 302))
print("celery" in sys.modules)
"""


@pytest.mark.long
@pytest.mark.processes
@pytest.mark.once
def test_a_lost_broker_fails_no_request_because_none_touches_it(tmp_path):
    env = environment(tmp_path, REDIS_URL=DEAD)
    said = subprocess.run(
        [sys.executable, "-c", REQUEST],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout.split() == ["200", "200", "True", "False"], said.stderr
