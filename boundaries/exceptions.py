"""The one exception of this app's actions."""

from collections.abc import Collection

from boundaries.rules.reasons import Reason


class RefusedError(Exception):
    """The gate said no.

    `reasons` are its reasons; what a person is told for them is in `boundaries.words`.
    """

    def __init__(self, reasons: Collection[Reason]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)


def refuse_if(reasons: Collection[Reason]) -> None:
    """Raise RefusedError if there are reasons against."""
    if reasons:
        raise RefusedError(reasons)
