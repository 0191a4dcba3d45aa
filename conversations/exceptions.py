"""What this app's actions raise."""


class AlreadyReleasedError(Exception):
    """The letter went into a conversation meanwhile; it is not only its author's any more."""


class IsHeldError(Exception):
    """The letter is held: it is changed only when its writer presses a button."""


class TooManyLettersError(Exception):
    """As many letters of this person wait in the pair as can: what they wrote is kept nowhere."""


class ChangedElsewhereError(Exception):
    """The letter was changed since it was shown, by another tab or device.

    Neither version is lost.
    """

    def __init__(self, version: int, body: str) -> None:
        super().__init__(version)
        self.version = version
        self.body = body
