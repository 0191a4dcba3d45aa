"""How much can be sent: what is longer is answered 413, and nothing of it is kept on a disk."""

import asyncio
import socket
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import urlsplit

import httpx
import pytest

from repair.bodies import with_limit
from tests import stack

pytestmark = pytest.mark.once

LONGEST = 12 * 1024 * 1024
MEBIBYTE = b"x" * 1024 * 1024
SAID = "This is more than Repair takes at once"


def chunk(body, *, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


def asked(*events, headers=(), type_="http"):
    """What an application that may be sent four bytes was given, and the status of the answer."""
    given, sent, events = [], [], iter([*events, {"type": "http.disconnect"}])

    async def app(_scope, receive, send):
        while (event := await receive())["type"] == "http.request":
            given.append(event["body"])
            if not event["more_body"]:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                return

    async def receive():
        return next(events)

    async def send(event):
        sent.append(event)

    scope = {"type": type_, "headers": list(headers)}
    asyncio.run(with_limit(app, 4)(scope, receive, send))
    return b"".join(given), [each["status"] for each in sent if "status" in each]


def length(said):
    return [(b"Content-Length", said)]


def test_what_is_not_too_long_is_all_there():
    assert asked(chunk(b"1234", more=False), headers=length(b"4")) == (b"1234", [200])
    assert asked(chunk(b"12"), chunk(b"34", more=False)) == (b"1234", [200])
    assert asked(chunk(b"", more=False), headers=length(b"not a number")) == (b"", [200])


@pytest.mark.parametrize("parts", [[b"12345"], [b"1234", b"5"], [b"12", b"345", b"6"]])
def test_what_is_too_long_is_refused_while_it_comes(parts):
    given, statuses = asked(*map(chunk, parts))
    assert statuses == [413]
    assert len(given) <= 4


def test_what_is_said_to_be_too_long_is_refused_before_it_comes():
    assert asked(chunk(b"12"), headers=length(b"5")) == (b"", [413])
    assert asked(chunk(b"12"), headers=[*length(b"1"), *length(b"5")]) == (b"", [413])


def test_who_goes_away_in_the_middle_is_not_answered():
    assert asked(chunk(b"12")) == (b"12", [])


@pytest.mark.processes
@pytest.mark.proof
def test_by_a_real_server_nobody_fills_the_memory_or_the_disk(tmp_path):
    with stack.running(tmp_path, REPAIR_DEMO="0") as repair:
        help_ = f"{repair.address}/help/"
        for body in (MEBIBYTE * 40, (MEBIBYTE for _ in range(40))):  # at once, and in chunks
            answer = httpx.post(help_, content=body)
            assert (answer.status_code, SAID in answer.text) == (413, True)
        answer = httpx.post(help_, files={"file": MEBIBYTE * 11})
        assert answer.status_code == 403  # it has no token
        with upload(repair, size=LONGEST) as connection:
            connection.sendall(MEBIBYTE * 11)
            assert nameless_files(repair) == []


def upload(repair, size):
    """A connection on which a body of this size is to be sent.

    Little of it fits in between: most of what was sent has been read.
    """
    address = urlsplit(repair.address)
    connection = socket.create_connection((address.hostname, address.port))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
    head = f"POST /help/ HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {size}\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def nameless_files(repair):
    """The temporary files that its processes have open: they have no name, and lie in no folder of
    their own, as what the processes of a worker share does.
    """
    folders = (Path(f"/proc/{process.pid}/fd") for process in repair.alive())
    links = (str(each.readlink()) for folder in folders for each in folder.glob("*"))
    return [link for link in links if link.startswith(f"{gettempdir()}/#")]
