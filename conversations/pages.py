"""What the pair's page is made of."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Membership
from boundaries import queries as boundaries
from boundaries.models import Window as DbWindow
from boundaries.rules import acts, gate, reading, window_checks
from boundaries.rules.situation import Situation
from boundaries.rules.windows import ASK_AHEAD, State, Window, fits_hours
from boundaries.words import PHRASES, terms_lines
from conversations import queries
from conversations.models import Letter

PAST_ON_THE_PAGE = 3
LETTERS_ON_THE_PAGE = 5
LOOK_OFTEN_FROM = timedelta(minutes=10)


def pair_page(membership: Membership, at: datetime) -> dict[str, Any]:
    """The context of the pair's page at `at`, all of it through this person's own queries."""
    situation = boundaries.load_situation(membership.pair, at)
    conversations = list(queries.conversations_of(membership)[:PAST_ON_THE_PAGE])
    own_pause = boundaries.own_pause(membership)
    kind_words = boundaries.kind_words_for(membership, situation, at)
    own_words = boundaries.own_kind_words(membership, at)
    unreleased = queries.letters_of(membership).exclude(state=Letter.State.RELEASED)
    return _now(membership, situation, conversations, at) | {
        "own_pause": own_pause,
        "own_kind_words": PHRASES[own_words] if own_words else "",
        "kind_words": PHRASES[kind_words] if kind_words else "",
        "has_limits": boundaries.own_limits(membership) is not None,
        "in_force": situation.in_force,
        "terms_lines": terms_lines(situation.in_force),
        "coming": boundaries.coming_for(membership, situation, at),
        "proposals": [
            {"row": row, "standing": standing, "is_mine": row.author_id == membership.person_id}
            for row, standing in boundaries.proposals_for(membership, situation, at)
        ],
        "letters": unreleased[:LETTERS_ON_THE_PAGE],
        "to_read_again": _to_read_again(membership, situation, at),
    }


def is_asked_to_read(membership: Membership, letter: Letter, at: datetime) -> bool:
    """Whether its writer wanted to read this letter again before it goes, and it is time."""
    if letter.state != Letter.State.HELD or not letter.read_again_hours:
        return False
    situation = boundaries.load_situation(membership.pair, at)
    return _is_asked(letter, _would_go_at(membership, situation, at), at)


def _to_read_again(membership: Membership, situation: Situation, at: datetime) -> list[Letter]:
    opens_at = _would_go_at(membership, situation, at)
    chosen = queries.letters_of(membership).filter(state=Letter.State.HELD, read_again_hours__gt=0)
    return [letter for letter in chosen if _is_asked(letter, opens_at, at)]


def _is_asked(letter: Letter, opens_at: datetime | None, at: datetime) -> bool:
    return opens_at is not None and reading.asked(
        letter.read_again_at, opens_at, letter.read_ahead, at
    )


def _would_go_at(membership: Membership, situation: Situation, at: datetime) -> datetime | None:
    """When the next conversation opens that this person did not skip.

    Their own answer alone counts: what the other answered is not to be noticed.
    """
    coming = boundaries.coming_windows(situation, at)
    return next(
        (
            window.span.opens_at
            for window in coming
            if window.state is State.PLANNED and membership.person_id not in window.skipped
        ),
        None,
    )


def parted_page(membership: Membership, at: datetime) -> dict[str, Any]:
    """The context of the page of a pair that has ended: not by whom, nor when (R16)."""
    situation = boundaries.load_situation(membership.pair, at)
    return {
        "membership": membership,
        "at": at,
        "conversations": list(queries.conversations_of(membership)[:PAST_ON_THE_PAGE]),
        "letters": queries.letters_of(membership)[:LETTERS_ON_THE_PAGE],
        "own_door": boundaries.own_door(membership),
        "may_begin_again": boundaries.may_begin_again(situation, at),
    }


def now_part(membership: Membership, at: datetime) -> dict[str, Any]:
    """The context of that part of the pair's page which changes by itself."""
    situation = boundaries.load_situation(membership.pair, at)
    conversations = list(queries.conversations_of(membership)[:1])
    return _now(membership, situation, conversations, at)


def _now(
    membership: Membership, situation: Situation, conversations: list[DbWindow], at: datetime
) -> dict[str, Any]:
    """`look` stands for all that this part shows: as long as it is the same, nothing changed."""
    window = boundaries.next_window(situation, at)
    answer = _answer(membership, window, situation, at)
    is_near = window is not None and at >= window.span.opens_at - LOOK_OFTEN_FROM
    return {
        "membership": membership,
        "at": at,
        "window": window,
        "is_open": window is not None and window.state is State.OPEN,
        "may_talk": window is not None and _may_talk(window, situation, at),
        "is_about_to_change": is_near,
        "answer": answer,
        "conversations": conversations,
        "look": _look(window, answer, is_near) if window else "nothing",
    }


def _may_talk(window: Window, situation: Situation, at: datetime) -> bool:
    return not gate.reasons_against(acts.Say(window, length=0, recent=0), situation, at)


def _look(window: Window, answer: str, is_near: bool) -> str:
    """With its times: zone data that change move a window."""
    times = f"{window.span.opens_at:%Y%m%d%H%M}-{window.span.closes_at:%H%M}"
    return f"{window.id}-{times}-{window.state}-{answer}-{is_near}"


def _answer(
    membership: Membership, window: Window | None, situation: Situation, at: datetime
) -> str:
    """What this person said to the next conversation: "skipped", "go_ahead", or "asked" or "open".

    Who wanted to be asked is asked from some days before (R24). "outside" if their own hours forbid
    it; "due" if it should be open and no worker has come, when it can still be skipped, and
    "skipped_for_good" if it was; empty if there is nothing to say.
    """
    me = membership.person_id
    if window is None or gate.reasons_against(acts.Skip(window), situation, at):
        return ""
    if not fits_hours(window.span, situation.limits[me]):
        return "outside"
    if gate.reasons_against(acts.GoAhead(window), situation, at):
        return "skipped_for_good" if me in window.skipped else "due"
    if me in window.skipped:
        return "skipped"
    if me in window.go_ahead:
        return "go_ahead"
    is_near = window.span.opens_at - at <= ASK_AHEAD
    return "asked" if is_near and window_checks.needs_go_ahead(me, situation) else "open"
