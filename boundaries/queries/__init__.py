"""What is so in a pair, and who may see what of it."""

from boundaries.queries.agreements import (
    agreement_in_force,
    agreements_of,
    has_room_for_more,
    terms_in_force,
)
from boundaries.queries.doors import may_begin_again, own_door
from boundaries.queries.limits import limits_of, own_limits
from boundaries.queries.pauses import (
    KIND_WORDS_STAY_FOR,
    kind_words_for,
    own_kind_words,
    own_pause,
    own_pauses,
    pairs_paused_by,
    words_rest_until,
)
from boundaries.queries.proposals import (
    PROPOSALS_MATTER_FOR,
    get_proposal_for,
    has_declined,
    proposals_for,
)
from boundaries.queries.record import OWN_ACTS, record_for
from boundaries.queries.situation import (
    Talk,
    load_situation,
    load_situation_of_talk,
    load_situations,
    load_talk,
)
from boundaries.queries.windows import (
    Coming,
    appointments_of,
    coming_for,
    coming_windows,
    first_for,
    left_for,
    next_window,
    times_of,
)

__all__ = [
    "KIND_WORDS_STAY_FOR",
    "OWN_ACTS",
    "PROPOSALS_MATTER_FOR",
    "Coming",
    "Talk",
    "agreement_in_force",
    "agreements_of",
    "appointments_of",
    "coming_for",
    "coming_windows",
    "first_for",
    "get_proposal_for",
    "has_declined",
    "has_room_for_more",
    "kind_words_for",
    "left_for",
    "limits_of",
    "load_situation",
    "load_situation_of_talk",
    "load_situations",
    "load_talk",
    "may_begin_again",
    "next_window",
    "own_door",
    "own_kind_words",
    "own_limits",
    "own_pause",
    "own_pauses",
    "pairs_paused_by",
    "proposals_for",
    "record_for",
    "terms_in_force",
    "times_of",
    "words_rest_until",
]
