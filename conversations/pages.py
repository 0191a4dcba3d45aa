"""What the pair's page is made of."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Membership
from boundaries import queries as boundaries
from boundaries.rules import gate
from boundaries.rules.situation import Situation
from boundaries.rules.windows import ASK_AHEAD, State, Window
from boundaries.words import terms_lines
from conversations import queries
from conversations.models import Letter

PAST_ON_THE_PAGE = 3
LETTERS_ON_THE_PAGE = 5
LOOK_OFTEN_FROM = timedelta(minutes=10)


def pair_page(membership: Membership, at: datetime) -> dict[str, Any]:
    """The context of the pair's page at `at`, all of it through this person's own queries."""
    situation = boundaries.load_situation(membership.pair, at)
    window = boundaries.next_window(situation, at)
    conversations = list(queries.conversations_of(membership)[:PAST_ON_THE_PAGE])
    proposals = boundaries.proposals_for(membership, situation, at)
    return {
        "membership": membership,
        "at": at,
        "own_pause": boundaries.own_pause(membership),
        "has_limits": boundaries.own_limits(membership) is not None,
        "window": window,
        "is_open": window is not None and window.state is State.OPEN,
        "answer": _answer(membership, window, situation, at),
        "terms_lines": terms_lines(situation.in_force),
        "proposals": [
            {"row": row, "standing": standing, "is_mine": row.author_id == membership.person_id}
            for row, standing in proposals
        ],
        "letters": queries.letters_of(membership).exclude(state=Letter.State.RELEASED)[
            :LETTERS_ON_THE_PAGE
        ],
        "conversations": conversations,
        "is_about_to_change": window is not None and at >= window.span.opens_at - LOOK_OFTEN_FROM,
    }


def _answer(
    membership: Membership, window: Window | None, situation: Situation, at: datetime
) -> str:
    """What this person said to the next conversation: "skipped", "go_ahead", or "asked" or "open".

    Who wanted to be asked is asked from some days before (R24). Empty if there is nothing to say.
    """
    me = membership.person_id
    if window is None or gate.reasons_against(gate.AnswerWindow(window), situation, at):
        return ""
    if me in window.skipped:
        return "skipped"
    if me in window.go_ahead:
        return "go_ahead"
    is_near = window.span.opens_at - at <= ASK_AHEAD
    return "asked" if is_near and gate.needs_go_ahead(me, situation) else "open"
