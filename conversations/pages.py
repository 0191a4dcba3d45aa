"""What the pair's page is made of."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Membership
from accounts.queries import place_after
from boundaries import queries as boundaries
from boundaries.models import Window as DbWindow
from boundaries.queries import time_apart as times_apart
from boundaries.rules import acts, gate
from boundaries.rules.checkins import Wishes
from boundaries.rules.situation import Situation
from boundaries.rules.windows import State, Window
from boundaries.words import PHRASES, terms_lines
from conversations import matters, queries
from conversations.models import Letter

PAST_ON_THE_PAGE = 3
LETTERS_ON_THE_PAGE = 5
LOOK_OFTEN_FROM = timedelta(minutes=10)


def pair_page(membership: Membership, at: datetime) -> dict[str, Any]:
    """The context of the pair's page at `at`, all of it through this person's own queries."""
    situation = boundaries.load_situation(membership.pair, at)
    wishes = matters.asking(membership, situation)
    conversations = list(queries.conversations_of(membership)[:PAST_ON_THE_PAGE])
    own_pause = boundaries.own_pause(membership)
    kind_words = boundaries.kind_words_for(membership, situation, at)
    own_words = boundaries.own_kind_words(membership, at)
    unreleased = queries.letters_of(membership).exclude(state=Letter.State.RELEASED)
    return _now(membership, situation, wishes, conversations, at) | {
        "situation": situation,
        "own_pause": own_pause,
        "own_kind_words": PHRASES[own_words] if own_words else "",
        "kind_words": PHRASES[kind_words] if kind_words else "",
        "has_limits": boundaries.own_limits(membership) is not None,
        "in_force": situation.in_force,
        "terms_lines": terms_lines(situation.in_force),
        "coming": [
            (window, matters.answer_to(membership, window, situation, at, wishes))
            for window in boundaries.coming_windows(situation, at)
        ],
        "proposals": [
            {"row": row, "standing": standing, "is_mine": row.author_id == membership.person_id}
            for row, standing in boundaries.proposals_for(membership, situation, at)
        ],
        "letters": unreleased[:LETTERS_ON_THE_PAGE],
        "to_read_again": matters.to_read_again(membership, situation, at),
        "apart": _time_apart(membership, situation, at),
    }


def parted_page(membership: Membership, at: datetime) -> dict[str, Any]:
    """The context of the page of a pair that has ended: not by whom, nor when (R16)."""
    situation = boundaries.load_situation(membership.pair, at)
    kind_words = times_apart.farewell_for(membership, situation, at)
    own_words = times_apart.own_farewell(membership, at)
    after = place_after(membership)
    return {
        "membership": membership,
        "at": at,
        "own_kind_words": PHRASES[own_words] if own_words else "",
        "kind_words": PHRASES[kind_words] if kind_words else "",
        "conversations": list(queries.conversations_of(membership)[:PAST_ON_THE_PAGE]),
        "letters": queries.letters_of(membership)[:LETTERS_ON_THE_PAGE],
        "after": after,
        "own_door": boundaries.own_door(membership),
        "may_begin_again": boundaries.may_begin_again(
            situation, at, has_begun_again=after is not None
        ),
    }


def _time_apart(membership: Membership, situation: Situation, at: datetime) -> dict[str, Any]:
    """What of times apart is on the pair's page."""
    seen = times_apart.times_apart_for(membership, situation, at)
    kind_words = own_words = None
    if seen.standing:
        kind_words = times_apart.words_with(membership, seen.standing, situation)
        own_words = times_apart.own_words_with(membership, seen.standing)
    return {
        "standing": seen.standing,
        "to_answer": seen.to_answer,
        "own_words": PHRASES[own_words] if own_words else "",
        "kind_words": PHRASES[kind_words] if kind_words else "",
        "suggestions": [
            {"row": row, "standing": look, "is_mine": row.author_id == membership.person_id}
            for row, look in seen.suggestions
        ],
    }


def now_part(membership: Membership, at: datetime) -> dict[str, Any]:
    """The context of that part of the pair's page which changes by itself."""
    situation = boundaries.load_situation(membership.pair, at)
    wishes = matters.asking(membership, situation)
    conversations = list(queries.conversations_of(membership)[:1])
    return _now(membership, situation, wishes, conversations, at)


def _now(
    membership: Membership,
    situation: Situation,
    wishes: Wishes | None,
    conversations: list[DbWindow],
    at: datetime,
) -> dict[str, Any]:
    """`look` stands for all that this part shows: as long as it is the same, nothing changed."""
    window = boundaries.next_window(situation, at)
    answer = matters.answer_to(membership, window, situation, at, wishes)
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
