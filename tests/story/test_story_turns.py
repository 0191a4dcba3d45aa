"""Whoever sends many requests that wait does not take what somebody else pauses with."""

import re
import socket
import threading
import time
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest

from repair.demo.people import ANA, BEN
from tests import stack
from tests.stack import wait_for
from tests.story.parts import in_parts
from tests.story.visitors import signed_in

pytestmark = [pytest.mark.processes, pytest.mark.postgres, pytest.mark.once, pytest.mark.proof]

MANY, FEW, CONNECTIONS = 30, 6, 18
SOON = 3.0


@pytest.fixture
def parts(tmp_path):
    with (
        stack.own_database() as database,
        stack.own_redis() as redis,
        in_parts(
            tmp_path,
            DATABASE_URL=database,
            REDIS_URL=redis,
            DATABASE_CONNECTIONS=str(CONNECTIONS),
        ) as running,
    ):
        yield running, database


def press_many_times(ben, label, answers):
    """Press the same button in many tabs at once."""
    form, pressed = ben.page.button(label)
    cookies, data = dict(ben.client.cookies), dict(form.sent(pressed, {}))

    def press():
        with httpx.Client(base_url=ben.origin, cookies=cookies, timeout=60) as client:
            answers.append(client.post(pressed.action, data=data, headers={"Origin": ben.origin}))

    for _ in range(MANY):
        threading.Thread(target=press, daemon=True).start()


def waiting_for_locks(database):
    with psycopg.connect(database, autocommit=True) as server:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return server.execute(waiting).fetchone()[0]


def test_r13_while_many_requests_of_ben_s_wait_ana_s_pages_come_and_she_can_pause(parts):
    running, database = parts
    ana, ben = (signed_in(running.address, each.email) for each in (ANA, BEN))
    answers: list[httpx.Response] = []
    with psycopg.connect(database) as other:
        other.execute("SELECT * FROM accounts_pair FOR UPDATE")
        press_many_times(ben, "Skip this one", answers)
        wait_for(lambda: waiting_for_locks(database) >= FEW, "They do not wait")
        for _ in range(3):
            begun = time.monotonic()
            ana.open("/settings/")
            assert time.monotonic() - begun < SOON
        assert not answers
    ana.open("/")
    ana.press("Pause")
    assert "paused" in ana.text
    wait_for(lambda: len(answers) == MANY, "Some were not answered", 30)
    assert {each.status_code for each in answers} == {302}


def unread(address, cookies):
    """A request of somebody whose answer is long, and who does not read it."""
    body = urlencode({**cookies, "login": "x" * 8_000_000, "password": "y"}).encode()
    said = {"Host": urlsplit(address).netloc, "Origin": address, "Content-Length": len(body)}
    said["Cookie"] = f"sessionid={uuid4().hex}; csrftoken={cookies['csrftoken']}"
    said["Content-Type"] = "application/x-www-form-urlencoded"
    head = "\r\n".join(f"{name}: {value}" for name, value in said.items())
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", urlsplit(address).port))
    connection.sendall(f"POST /account/login/ HTTP/1.1\r\n{head}\r\n\r\n".encode() + body)
    return connection


def test_r13_answers_that_nobody_reads_keep_nobody_from_pausing(parts):
    """Also of many who are not signed in."""
    running, _ = parts
    ana = signed_in(running.address, ANA.email)
    stranger = httpx.Client(base_url=running.address)
    page = stranger.get("/account/login/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    cookies = {"csrfmiddlewaretoken": token, "csrftoken": stranger.cookies["csrftoken"]}
    connections = [unread(running.address, cookies) for _ in range(CONNECTIONS + 4)]
    time.sleep(4)
    begun = time.monotonic()
    ana.press("Pause")
    assert "paused" in ana.text
    assert time.monotonic() - begun < SOON
    for each in connections:
        each.close()
