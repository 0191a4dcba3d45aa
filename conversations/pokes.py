"""Pokes: "look at this pair now", from whoever changed something to the processes with streams.

A poke holds the key of a pair and no word of what was said. One that is lost costs a second at the
most, since streams also look at the database by themselves; so Redis is never waited for.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import cache
from uuid import UUID

from django.conf import settings
from redis import Redis, RedisError
from redis import asyncio as redis

CHANNEL = "repair:pokes"
PATIENCE = 0.5
"""Seconds for which somebody who said something may wait for Redis."""

AGAIN_AFTER = 1.0
"""Seconds until a lost Redis is tried again, and between two looks whether to go on."""

log = logging.getLogger(__name__)


def poke(pair_id: UUID) -> None:
    """Tell every process that something changed in the pair. Without Redis, nobody is told."""
    if settings.REDIS_URL:
        try:
            _publisher(settings.REDIS_URL).publish(CHANNEL, str(pair_id))
        except RedisError as fault:
            log.warning("Redis cannot be poked: %s", fault)


@cache
def _publisher(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


async def pokes() -> AsyncIterator[UUID]:
    """The keys of pairs that are poked from now on: one subscription for as long as it is read.

    A lost Redis is tried again; without one there are no pokes. It ends when its task is cancelled,
    also where the Redis client lets nobody know of that: it does so while it connects.
    """
    while settings.REDIS_URL and not _is_cancelled():
        try:
            async with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as read:
                await read.subscribe(CHANNEL)
                while not _is_cancelled():
                    message = await read.get_message(timeout=AGAIN_AFTER)
                    with suppress(ValueError):
                        if message:
                            yield UUID(_text(message["data"]))
        except (RedisError, OSError) as fault:
            log.warning("Redis cannot be listened to: %s", fault)
            await asyncio.sleep(AGAIN_AFTER)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _text(data: object) -> str:
    return data.decode(errors="replace") if isinstance(data, bytes) else ""
