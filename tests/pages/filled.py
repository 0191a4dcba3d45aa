"""Forms as somebody would send them, by the names of their addresses."""

from typing import Any

TYPED = {
    "how_often": "month 1",
    "nth": "1",
    "weekday": "5",
    "opens_at": "18:00",
    "zone": "Europe/Berlin",
    "minutes": "45",
    "letters": "1",
    "letter_length": "4000",
}

LIMITS = {
    "shown": "0" * 64,
    "days_between": "28",
    "minutes": "45",
    "letters": "1",
    "letter_length": "4000",
    "cooling_off_hours": "72",
    "zone": "Europe/Berlin",
    "hours": ["9", "10"],
}
LETTER = {
    "body": "Dear you",
    "key": "5f0c9c4e-0d4b-4a7e-9f0a-6a5e3a6f6a11",
    "version": "1",
    "hold": "1",
    "read_again": "24",
    "only_after_reading": "on",
}
CHECK_IN = {
    "key": "5f0c9c4e-0d4b-4a7e-9f0a-6a5e3a6f6a12",
    "base": "0" * 64,
    "answer": "more",
    "safe": "3",
    "body": "Tired",
    "way": "half_as_long",
    "less": "half_as_long",
    "more": "longer",
}
WELL_FILLED: dict[str, dict[str, Any]] = {
    "boundaries:limits": LIMITS,
    "boundaries:preview": TYPED | {"phase": "0", "ask_before_each": "on"},
    "boundaries:propose": TYPED | {"phase": "0", "ask_before_each": "on"},
    "boundaries:take_less": TYPED | {"phase": "0", "minutes": "20"},
    "boundaries:consent": {"digest": "0" * 64},
    "checkins:give_before": CHECK_IN,
    "checkins:give_after": CHECK_IN,
    "checkins:give_own": CHECK_IN,
    "checkins:save_wish": {"is_wanted": "on", "days_ahead": "3"},
    "boundaries:suggest_time_apart": {"day": "2027-03-03", "phrase": "care"},
    "boundaries:agree_to_time_apart": {"digest": "0" * 64, "phrase": "care"},
    "boundaries:pause": {"phrase": "care"},
    "conversations:part": {"phrase": "well"},
    "conversations:write": LETTER,
    "conversations:letter": LETTER,
    "conversations:begin_draft": LETTER,
    "conversations:save_draft": LETTER,
    "conversations:keep_words": LETTER,
}
"""What a page of ours would send; the other addresses need nothing."""
