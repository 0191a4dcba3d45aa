"""Zone data that say something else than the tzdata package does, for some zones."""

import struct
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from boundaries.rules import windows


@contextmanager
def other(*, folder: Path, version: str, **rules: str) -> Iterator[None]:
    """Zone data of this version for the block, in which these zones have other rules.

    rules: POSIX rules by the last part of a zone's name in Europe, such as `Berlin="CEST-2"` for
    summer time all year. All other zones stay as they are.
    """
    for city, rule in rules.items():
        path = folder / "Europe" / city
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compiled(rule))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "zone_data", lambda: version)
        before = zoneinfo.TZPATH
        _look_in(folder, *before)
        try:
            yield
        finally:
            _look_in(*before)


def _look_in(*folders: Path | str) -> None:
    zoneinfo.reset_tzpath(to=[str(folder) for folder in folders])
    ZoneInfo.clear_cache()


def compiled(rule: str) -> bytes:
    """A file of the second version of RFC 8536: no transitions, and `rule` for all instants."""
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = head + struct.pack(">lbb", 0, 0, 0) + b"XXX\0"
    return block + block + b"\n" + rule.encode() + b"\n"
