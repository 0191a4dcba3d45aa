"""Logging that tells what failed and where, and never what somebody wrote."""

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

Fault: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
# A secret stands in the address itself: whoever reads it in a log could read the calendar.
FEED = re.compile(r"/feeds/[^\s?\"']+")


class Wordless(logging.Formatter):
    """Prints a fault's kind and its lines of code, but not its message, nor a calendar's address.

    A message can carry data: PostgreSQL repeats the whole row that broke a constraint, a parser
    the text that it could not read.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, in which no secret stands."""
        return FEED.sub("/feeds/…", super().format(record))

    def formatException(self, ei: Fault) -> str:  # noqa: N802
        """The fault and what caused it, the cause last."""
        return "\ncaused by\n".join(_in_code(fault) for fault in _chain(ei[1]))


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def _in_code(fault: BaseException) -> str:
    frames = traceback.format_tb(fault.__traceback__)
    return "".join([*frames, f"{type(fault).__module__}.{type(fault).__qualname__}"])
