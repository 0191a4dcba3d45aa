"""Logging that tells what failed and where, and never what somebody wrote."""

import logging
import traceback
from types import TracebackType
from typing import TypeAlias

Fault: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class Wordless(logging.Formatter):
    """Prints a fault's kind and its lines of code, but not its message.

    A message can carry data: PostgreSQL repeats the whole row that broke a constraint, a parser
    the text that it could not read.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: Fault) -> str:  # noqa: N802
        """The frames of `ei` and the kind of fault, innermost last."""
        kind, _, frames = ei
        lines = traceback.format_tb(frames)
        return "".join(lines) + (f"{kind.__module__}.{kind.__qualname__}" if kind else "")
