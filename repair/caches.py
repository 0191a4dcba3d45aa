"""Caches that never fail a request. They hold rate limits, and nothing that a rule rests on."""

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)


class LockedFiles(FileBasedCache):
    """Files that several processes share. `add` is a true "only if absent", as a lock needs."""

    def __init__(self, dir: str, params: dict[str, Any]) -> None:  # noqa: A002
        super().__init__(dir, params)
        self._lock = Path(dir) / "lock"

    def add(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Set `key` unless it is there; say whether it was set."""
        with self._alone():
            return super().add(key, value, timeout, version)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _either(name: str) -> Callable[..., Any]:
    """The method `name`, of Redis while it answers, otherwise of this process's memory."""

    def method(self: "RedisElseMemory", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.rests_until:
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except RedisError:
                self.rest()
        return getattr(self.memory, name)(*args, **kwargs)

    return method


class RedisElseMemory(RedisCache):
    """Redis, and while it does not answer the memory of this process.

    A lost Redis must neither turn a sign-in into a fault nor lift its rate limits. In memory each
    process counts for itself, so for that time a limit is at most as many times wider as there
    are web processes: bounded, and nobody is kept from pausing. After a failure Redis is left
    alone for a few seconds, so that not every request waits for the same silence.
    """

    patience = 0.5
    pause_after_failure = 5.0

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._options = {
            "socket_connect_timeout": self.patience,
            "socket_timeout": self.patience,
            "retry": Retry(NoBackoff(), 0),
            **params.get("OPTIONS", {}),
        }
        self.memory = LocMemCache("redis-else-memory", {**params, "OPTIONS": {}})
        self.rests_until = 0.0

    def rest(self) -> None:
        """Leave Redis alone for a while, and say so once."""
        self.rests_until = time.monotonic() + self.pause_after_failure
        log.warning("Redis does not answer; rate limits are counted in memory meanwhile")

    add = _either("add")
    get = _either("get")
    set = _either("set")
    touch = _either("touch")
    delete = _either("delete")
    get_many = _either("get_many")
    has_key = _either("has_key")
    incr = _either("incr")
    set_many = _either("set_many")
    delete_many = _either("delete_many")
    clear = _either("clear")
