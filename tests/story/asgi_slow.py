"""What an ASGI server runs to show that a stream which tells too much is noticed.

STREAMS in the environment says how its streams are: slow and right, or slow and wrong in one way.
They are slow so that a pause comes between a look and what is sent upon it.
"""

import os
import time
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from repair.asgi import application

# Models can be imported only once there is an application.
from accounts.locks import locked_pair  # isort: skip
from conversations import delivery, hub, live  # isort: skip
from conversations.streams import Stream  # isort: skip

A_WHILE = 1.5
"""Seconds: much longer than a pause takes, and than it is until the next look at the database."""

Streams = Collection[Stream]
real_deliver, real_context = delivery.deliver, live.context


def right(pair_id: UUID, streams: Streams, send: delivery.Send) -> None:
    """Slow before the look and before sending, but the pair is locked from the one to the other."""

    def send_slowly(told: list[delivery.Told]) -> None:
        time.sleep(A_WHILE)
        send(told)

    time.sleep(A_WHILE)
    real_deliver(pair_id, streams, send_slowly)


def without_the_lock(pair_id: UUID, streams: Streams, send: delivery.Send) -> None:
    """It looks under the lock, and sends what it saw when a pause may have come."""
    with locked_pair(pair_id) as (pair, at):
        told = delivery._what_is_new(pair, streams, at)
    time.sleep(A_WHILE)
    send(told)
    for each in told:
        each.stream.mark = each.mark


def without_the_gate(pair_id: UUID, streams: Streams, send: delivery.Send) -> None:
    """Under the lock it tells what was said, whether or not anything may still be told."""
    time.sleep(A_WHILE)
    real_deliver(pair_id, streams, send)


def ungated(*args: Any) -> dict[str, Any]:
    """As if nothing were ever against talking."""
    return real_context(*args) | {"may_talk": True}


WAYS: dict[str, Callable[..., None]] = {
    each.__name__: each for each in (right, without_the_lock, without_the_gate)
}
vars(hub)["deliver"] = WAYS[os.environ["STREAMS"]]
if os.environ["STREAMS"] == without_the_gate.__name__:
    vars(live)["context"] = ungated

__all__ = ["application"]
