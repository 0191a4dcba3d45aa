"""What this app's actions raise."""


class OverError(Exception):
    """The check-in cannot be given: not any more, not yet, or it was given already."""


class WayGoneError(Exception):
    """The way to less or more that was chosen is not one from what there is now."""


class WordsNotKeptError(Exception):
    """Less holds from now on; what was said with it could not be sealed, and is not kept."""


class ChangedElsewhereError(Exception):
    """The reflection was changed since it was shown, by another tab or device.

    Neither version is lost.
    """

    def __init__(self, version: int, body: str) -> None:
        super().__init__(version)
        self.version = version
        self.body = body
