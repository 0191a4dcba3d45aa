"""The floor: what the same server needs to pass a word on to open streams, and nothing else.

Nobody is asked who they are, nothing is judged, kept or sealed. `/PAIR/PERSON/stream/` is a stream,
and what is sent to `/PAIR/PERSON/say/` goes to all streams of the pair.
"""

import asyncio
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qs

EVENTS = [(b"content-type", b"text/event-stream")]

streams: defaultdict[str, list[Any]] = defaultdict(list)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The whole of it; any other address is answered with nothing."""
    parts = scope["path"].split("/")
    if parts[-2] == "stream":
        await _keep_open(streams[parts[1]], receive, send)
    elif parts[-2] == "say":
        await _pass_on(streams[parts[1]], receive, send)
    else:
        await _answer(send)


async def _keep_open(of_pair: list[Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": EVENTS})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
    of_pair.append(send)
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        of_pair.remove(send)


async def _pass_on(of_pair: list[Any], receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        event = await receive()
        body, more = body + event["body"], event["more_body"]
    text = parse_qs(body.decode())["body"][0]
    said = {
        "type": "http.response.body",
        "body": f"event: said\ndata: {text}\n\n".encode(),
        "more_body": True,
    }
    await asyncio.gather(*(each(said) for each in of_pair))
    await _answer(send)


async def _answer(send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
