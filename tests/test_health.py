"""/healthz: 200 when web, database, worker and mail are up, 503 otherwise, never a fault."""

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from accounts.clock import database_now
from repair.health.actions import beat, beat_for_mail
from repair.health.models import Heartbeat
from repair.health.queries import FRESH
from tests import compose
from tests.stack import ROOT, environment


def test_without_a_worker_it_is_unavailable(client, db):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"web": True, "database": True, "worker": False, "mail": False}


def test_a_worker_that_lived_just_now_is_up(client, db):
    for _ in range(2):
        beat()
        beat_for_mail()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"web": True, "database": True, "worker": True, "mail": True}


@pytest.mark.parametrize("silent", FRESH)
def test_a_worker_that_fell_silent_is_not(client, db, silent):
    beat()
    beat_for_mail()
    Heartbeat.objects.filter(name=silent).update(at=database_now() - FRESH[silent])
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert [part for part, is_up in answer.json().items() if not is_up] == [silent]


def test_health_is_real_time_also_where_the_clock_of_rules_is_moved(client, db, clock):
    beat()
    beat_for_mail()
    clock.move(days=365)
    assert client.get("/healthz").status_code == 200
    assert {
        each.at - database_now() < timedelta(seconds=5) for each in Heartbeat.objects.all()
    } == {True}


def test_it_may_only_be_read(client, db):
    assert client.post("/healthz").status_code == 405


ASK = """
import django
django.setup()
from django.test import Client
client = Client(HTTP_HOST="localhost")
client.cookies["sessionid"] = "something"
answer = client.get("/healthz")
print(answer.status_code, answer.content.decode())
"""


@pytest.mark.processes
@pytest.mark.once
@pytest.mark.parametrize("url", ["postgresql://repair@127.0.0.1:1/repair", None])
def test_without_a_database_it_answers_all_the_same(tmp_path, url):
    env = environment(
        tmp_path,
        DATABASE_URL=url or f"sqlite:///{tmp_path / 'never' / 'made.sqlite3'}",
    )
    said = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    expected = '503 {"web": true, "database": false, "worker": false, "mail": false}'
    assert said.stdout.strip() == expected, said.stderr


ANSWER_ONLY_HERE = {"http_proxy": "http://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1"}


@pytest.mark.processes
@pytest.mark.once
@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_compose_file_asks_the_container_itself_whatever_proxy_is_set(status, code):
    """It believes an answer of 200 and no other."""
    with answering(status) as port:
        kind, program, *arguments = compose.services()["web"]["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        asked = [each.replace(":8000", f":{port}") for each in arguments]
        ended = subprocess.run(
            [sys.executable, *asked],
            env={**os.environ, **ANSWER_ONLY_HERE},
            capture_output=True,
            check=False,
            timeout=30,
        )
    assert ended.returncode == code, ended.stderr


@contextmanager
def answering(status):
    """A web server on this machine that answers so, as /healthz would; yields its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
