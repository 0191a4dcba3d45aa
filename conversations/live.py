"""A conversation while it is open: as a page has it, and as events for a page that is open.

Server-sent events (HTML Standard, section 9.2): `said` is one message each, whose id is its number
within the conversation; `state` is whether it is open and what is left of it, `over` ends the
stream. Each begins with `here`, which also is its sign of life.
"""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Membership
from boundaries.models import Window
from boundaries.rules import acts, gate
from boundaries.rules.situation import Situation
from boundaries.rules.talk import minutes_told
from boundaries.rules.windows import State
from conversations import queries
from conversations.models import Message

RETRY = "retry: 2000\n\n"
"""Milliseconds after which a browser that lost the stream is to ask for it again."""

MOST_AT_ONCE = 100
"""Messages in one delivery, which is made and sent while the pair is locked."""

ALIVE = "event: here\ndata: \n\n"
"""A sign of life: a page that has heard none for some time knows that the connection is dead."""

NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class Mark(NamedTuple):
    """What stands for all that a stream tells: as long as it is the same, there is nothing new.

    last: the number of the last message, 0 before the first. state: of the window, or nothing as
    long as nothing was told of it.
    """

    last: int
    state: str = ""
    minutes_told: int | None = None


class News(NamedTuple):
    """What happened after the mark `before`, for both persons alike, and the mark up to which.

    now: what may be done in the conversation (`context`). said: what was said and is to be told.
    """

    before: Mark
    mark: Mark
    now: dict[str, Any]
    said: list[Message]

    @property
    def is_over(self) -> bool:
        """Whether nothing will follow."""
        return not self.now["is_open"]


def marks(window_ids: Collection[UUID], at: datetime) -> dict[UUID, Mark]:
    """The marks of many conversations by their keys, in one query; at `at`."""
    rows = queries.how_far(window_ids)
    return {key: _mark(state, closes_at, last, at) for key, state, closes_at, last in rows}


def context(window: Window, situation: Situation, at: datetime) -> dict[str, Any]:
    """What may be done now in a conversation, for its page and for its parts."""
    value = window.as_value()
    is_open = not gate.reasons_against(acts.Leave(value), situation, at)
    return {
        "window": window,
        "may_talk": not gate.reasons_against(acts.Say(value, length=0, recent=0), situation, at),
        "is_open": is_open,
        "minutes_left": minutes_told(window.closes_at - at) if is_open else None,
    }


def news(window: Window, situation: Situation, before: Mark, at: datetime) -> News:
    """What is to be told at `at`, where it was told up to the mark `before`.

    Once nothing may be said any more, no message is told either, whatever the cause: a pause lets
    nothing through (R13), and nobody is to tell it from another end (R15). Who wants to read the
    last words opens the page again. Of many messages the first; the others follow.
    """
    now = context(window, situation, at)
    untold = queries.messages_of(window).filter(number__gt=before.last)
    found = list(untold[:MOST_AT_ONCE]) if now["may_talk"] else []
    last = found[-1].number if found else before.last
    if now["is_open"] and not now["may_talk"]:
        # What is not told any more counts as told, or the stream would be behind for good.
        last = queries.last_message(window)
    return News(before, _mark(window.state, window.closes_at, last, at), now, found)


def events(news: News, membership: Membership) -> str:
    """The news as this person is told them: in their zone, with their name for the other."""
    now = news.now | {"membership": membership}
    with timezone.override(ZoneInfo(membership.person.time_zone)):
        parts = [_said(now, message) for message in news.said]
        if news.mark[1:] != news.before[1:]:
            parts.append(event("state", _state(now)))
    if news.is_over:
        parts.append(event("over", ""))
    return "".join(parts)


def number_after(told: str | None, asked: str | None, last: int) -> int:
    """After which message to begin, from `Last-Event-ID` or else the address; 0 for the first.

    What is no number of this conversation, or one that is still to come, counts for nothing: all
    is sent again, and the page shows once what has one id.
    """
    for text in (told, asked):
        if text and NUMBER.fullmatch(text) and int(text) <= last:
            return int(text)
    return 0


def seen(window: Window, at: datetime) -> str:
    """What stands for the state that a page shows which is made at `at`."""
    return _seen(_mark(window.state, window.closes_at, 0, at))


def mark_after(window: Window, after: int, told: str | None, at: datetime) -> Mark:
    """The mark of a page that shows the messages up to the number `after`.

    told: `seen` of the page, as it says. Where that is so still, nothing has to be told of it: a
    thousand pages that come back at once are not told a thousand times what they show.
    """
    mark = _mark(window.state, window.closes_at, after, at)
    return mark if told == _seen(mark) else Mark(after)


def _seen(mark: Mark) -> str:
    return f"{mark.state}-{mark.minutes_told}"


def _mark(state: str, closes_at: datetime, last: int, at: datetime) -> Mark:
    return Mark(last, state, minutes_told(closes_at - at) if state == State.OPEN else None)


def _state(now: dict[str, Any]) -> str:
    return render_to_string("conversations/talk_state.html", now | {"is_told": True}).strip()


def _said(now: dict[str, Any], message: Message) -> str:
    html = render_to_string("conversations/message.html", now | {"message": message}).strip()
    return event("said", html, message.number)


def event(name: str, data: str, number: int | None = None) -> str:
    """One event. Its data may have lines: they end in CR, LF or both, and in nothing else."""
    lines = [f"event: {name}", *(f"data: {line}" for line in re.split(r"\r\n|\r|\n", data))]
    if number is not None:
        lines.append(f"id: {number}")
    return "\n".join(lines) + "\n\n"
