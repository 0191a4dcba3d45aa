"""The connections to PostgreSQL that the web server keeps for all its threads."""

import os
import subprocess
import sys

import pytest

from tests.stack import ROOT, environment

pytestmark = [pytest.mark.postgres, pytest.mark.once, pytest.mark.long]

ASK = """
from threading import Thread
import django
django.setup()
from django.db import connection

def ask(sql="SELECT pg_backend_pid()"):
    def in_a_thread():
        with connection.cursor() as cursor:
            cursor.execute(sql)
            found.append(cursor.fetchone()[0])
        connection.close()
    found = []
    thread = Thread(target=in_a_thread)
    thread.start()
    thread.join()
    return found[0] if found else None
"""


def run(tmp_path, script, **env):
    """Let a process of its own say what it finds."""
    url = {"DATABASE_URL": os.environ["DATABASE_URL"]}
    ended = subprocess.run(
        [sys.executable, "-c", ASK + script],
        cwd=ROOT,
        env=environment(tmp_path, **url, **env),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split()


@pytest.mark.parametrize(("most", "how_many"), [("2", range(1, 3)), ("0", [6])])
def test_some_are_kept_for_all_threads_where_they_are_to_be_kept(tmp_path, most, how_many):
    """How many is not certain: one may not be back yet when the next thread asks."""
    found = run(tmp_path, "print(*[ask() for _ in range(6)])", DATABASE_CONNECTIONS=most)
    assert len(found) == 6
    assert len(set(found)) in how_many


def test_one_that_the_database_ended_is_not_handed_out_again(tmp_path):
    script = """
before = ask()
import psycopg, os
with psycopg.connect(os.environ["DATABASE_URL"]) as other:
    other.execute("SELECT pg_terminate_backend(%s)", [before])
print(before, ask())
"""
    before, after = run(tmp_path, script, DATABASE_CONNECTIONS="3")
    assert after not in ("None", before)


def test_one_of_an_open_stream_is_as_impatient_for_nobody_else_after_a_fault(tmp_path):
    script = """
import asyncio
from conversations.hub import Hub

def fail():
    with connection.cursor() as cursor:
        print(*cursor.execute("SHOW lock_timeout").fetchone())
    raise ZeroDivisionError

async def in_a_thread():
    await Hub()._in_thread(fail)

asyncio.run(in_a_thread())
print(ask("SHOW lock_timeout"))
"""
    assert run(tmp_path, script, DATABASE_CONNECTIONS="1") == ["2s", "0"]
