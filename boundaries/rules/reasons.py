"""The reasons that the gate gives."""

from enum import StrEnum


class Reason(StrEnum):
    """Why something may not happen.

    What a person is told for each is one table, `boundaries.words.TOLD`.
    """

    PARTED = "parted"
    PAUSED = "paused"
    OWN_PAUSE = "own_pause"
    NO_AGREEMENT = "no_agreement"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NOT_PLANNED = "not_planned"
    NOT_OPEN = "not_open"
    NOT_CONFIRMED = "not_confirmed"
    SKIPPED = "skipped"
    OUTSIDE_HOURS = "outside_hours"
    TOO_MANY_LETTERS = "too_many_letters"
    LETTER_TOO_LONG = "letter_too_long"
    NOT_LIVE = "not_live"
    MESSAGE_TOO_LONG = "message_too_long"
    TOO_MANY_MESSAGES = "too_many_messages"
    NOT_READ_AGAIN = "not_read_again"
    NOT_LESS = "not_less"
    NOT_MORE = "not_more"
    BEYOND_OWN_LIMITS = "beyond_own_limits"
    OUTSIDE_OWN_HOURS = "outside_own_hours"
    BEYOND_LIMITS = "beyond_limits"
    ONE_AT_A_TIME = "one_at_a_time"
    RESTING = "resting"
    TOO_SOON_FOR_MORE = "too_soon_for_more"
    NOT_THEIRS = "not_theirs"
    NOT_STANDING = "not_standing"
    CHANGED_MEANWHILE = "changed_meanwhile"
    COOLING_OFF = "cooling_off"
    NOT_RECEIVED = "not_received"
    NOT_PARTED = "not_parted"
    BEGUN_AGAIN = "begun_again"
    DOORS_NOT_OPEN = "doors_not_open"
    TIME_APART = "time_apart"
    DAY_OUT_OF_REACH = "day_out_of_reach"
    ALREADY_SUGGESTED = "already_suggested"
    SUGGESTION_RESTS = "suggestion_rests"
