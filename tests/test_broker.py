"""The broker of files: a worker never meets a message that is not whole."""

import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from queue import Empty

import pytest
from kombu.connection import Connection
from kombu.exceptions import ChannelError

from repair.broker import Transport

pytestmark = pytest.mark.once

MESSAGES = 500
PAYLOAD = {"words": "quiet " * 100}


@pytest.fixture
def connect(tmp_path):
    def connect(transport):
        folders = dict.fromkeys(("data_folder_in", "data_folder_out"), str(tmp_path))
        options = {**folders, "control_folder": str(tmp_path / "control")}
        return Connection("filesystem://", transport=transport, transport_options=options)

    return connect


def put(connection, count):
    with connection:
        queue = connection.SimpleQueue("celery")
        for _ in range(count):
            queue.put(PAYLOAD)


def get(connection, writing):
    """Read as fast as can be, until all is read: how many messages were whole, and how many not."""
    seen = Counter()
    with connection:
        channel = connection.channel()
        while True:
            is_all_there = writing.done()
            try:
                channel._get("celery")
            except Empty:
                if is_all_there:
                    return seen
            except json.JSONDecodeError:
                seen["broken"] += 1
            else:
                seen["whole"] += 1


def read_while_written(connect, transport):
    with ProcessPoolExecutor(1, get_context("fork")) as processes:
        writing = processes.submit(put, connect(transport), MESSAGES)
        seen = get(connect(transport), writing)
        writing.result()
    return seen


def test_a_message_is_read_whole_however_early_it_is_found(connect):
    assert read_while_written(connect, Transport) == {"whole": MESSAGES}


def test_the_transport_beneath_is_caught(connect):
    """So that the check is known to bite; there about one message in two hundred is broken."""
    seen = Counter()
    while not seen["broken"] and seen.total() < 40 * MESSAGES:
        seen += read_while_written(connect, "filesystem")
    assert seen["broken"]


def test_what_cannot_be_written_is_said_and_nothing_is_left(connect, tmp_path):
    with connect(Transport) as connection:
        channel = connection.channel()
        tmp_path.rename(tmp_path.with_name("moved"))
        with pytest.raises(ChannelError, match="A message cannot be written"):
            channel._put("celery", PAYLOAD)


def test_the_settings_name_it(settings):
    if not settings.REDIS_URL:
        assert settings.CELERY_BROKER_TRANSPORT == "repair.broker:Transport"
