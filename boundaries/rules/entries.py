"""What can stand in the record of a pair (R30)."""

from enum import StrEnum


class Act(StrEnum):
    """What can stand in the record."""

    LIMITS_SET = "limits_set"
    PROPOSED = "proposed"
    CONSENTED = "consented"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PROPOSAL_WITHDRAWN = "proposal_withdrawn"
    PROPOSAL_DECLINED = "proposal_declined"
    PROPOSAL_VOID = "proposal_void"
    IN_FORCE = "in_force"
    LESSENED = "lessened"
    ENDED = "ended"
    LAPSED = "lapsed"
    PAUSED = "paused"
    PAUSE_LIFTED = "pause_lifted"
    GO_AHEAD = "go_ahead"
    SKIP = "skip"
    WINDOW_SKIPPED = "window_skipped"
    WINDOW_OPENED = "window_opened"
    WINDOW_MISSED = "window_missed"
    WINDOW_CLOSED = "window_closed"
    LETTER_HELD = "letter_held"
    LETTER_WITHDRAWN = "letter_withdrawn"
    LETTER_RELEASED = "letter_released"
    PARTED = "parted"
    DOOR_OPENED = "door_opened"
    DOOR_CLOSED = "door_closed"
    BEGUN_AGAIN = "begun_again"
