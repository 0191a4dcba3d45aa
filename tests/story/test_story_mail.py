"""A mail server that takes a connection and says nothing, while a conversation is to open (R7)."""

import socket
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest

from repair.demo.people import ANA
from repair.management.commands import start
from tests import mailserver, stack
from tests.stack import wait_for
from tests.story.parts import in_parts
from tests.story.visitors import signed_in
from tests.story.watched import Watched

pytestmark = [pytest.mark.processes, pytest.mark.proof]

EMAIL_TIMEOUT = 20
"""Seconds: longer than where people use it, so that who waits for it is told from who does not."""

AS_STARTED = [(start.SWEEPS, start.BEAT), (start.MAILS,)]
ONE_FOR_BOTH = [(start.BEAT,)]

ON_FILES = pytest.param([], marks=pytest.mark.once)
ON_SERVERS = pytest.param([stack.own_database, stack.own_redis], marks=pytest.mark.postgres)


@pytest.mark.parametrize("servers", [ON_FILES, ON_SERVERS])
def test_r7_a_mail_server_that_hangs_holds_up_no_conversation(tmp_path, servers):
    assert seconds_until_open(tmp_path, servers, AS_STARTED) < EMAIL_TIMEOUT / 2


@pytest.mark.once
def test_one_worker_for_both_is_held_up(tmp_path):
    """So that it is known that this server hangs, and that a queue of their own is needed."""
    assert seconds_until_open(tmp_path, [], ONE_FOR_BOTH) > EMAIL_TIMEOUT * 3 / 4


def seconds_until_open(folder, servers, workers):
    """How long a due conversation waits, with these workers, while a mail is on its way."""
    with ExitStack() as block:
        urls = [block.enter_context(each()) for each in servers]
        silent = block.enter_context(socket.create_server((mailserver.HOST, 0)))
        silent.settimeout(30)
        port = silent.getsockname()[1]
        values = {
            **dict(zip(("DATABASE_URL", "REDIS_URL"), urls, strict=False)),
            "DJANGO_SETTINGS_MODULE": "tests.story.settings_with_mail",
            "EMAIL_URL": f"smtp://{mailserver.HOST}:{port}?timeout={EMAIL_TIMEOUT}",
        }
        parts = block.enter_context(in_parts(folder, **values))
        parts.kill_worker()
        for each in workers:
            parts.run(start.worker(*each))
        watched = Watched(parts)
        ana = signed_in(parts.address, ANA.email)
        ana.open("/settings/")
        always = {"quiet_from": "09:00", "quiet_until": "09:00"}
        ana.press("Save", wants_notice_day_before=True, **always)
        watched.go_to(watched.opens_at - timedelta(hours=20))
        connection, _ = silent.accept()
        block.enter_context(connection)
        begun = time.monotonic()
        watched.go_to(watched.opens_at + timedelta(seconds=1))
        wait_for(lambda: watched.window()[1] == "open", "It does not open", 2 * EMAIL_TIMEOUT)
        return time.monotonic() - begun
