"""What this app's actions raise."""

from collections.abc import Collection

from boundaries.rules.reasons import Reason


class RefusedError(Exception):
    """The gate said no.

    `reasons` are its reasons; what a person is told for them is in `boundaries.words`.
    """

    def __init__(self, reasons: Collection[Reason]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)


class NotAllPaused(Exception):  # noqa: N818 - told to who pressed, and written to the host's log
    """By a fault of ours not every pair of somebody is paused; those that could be are."""


def refuse_if(reasons: Collection[Reason]) -> None:
    """Raise RefusedError if there are reasons against."""
    if reasons:
        raise RefusedError(reasons)
