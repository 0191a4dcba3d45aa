"""What is new for open streams, and sending it under the pair's lock.

A pause waits for the lock, so that after its response nothing is sent any more (R13). It never
waits for long: all is sent together, and who does not take it in time is let go (`Stream.write`).
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts import clock
from accounts.access import SIGNED_OUT, signed_in_sessions
from accounts.locks import locked_pair
from accounts.models import Pair
from boundaries.models import Window
from boundaries.queries import Talk, load_talk
from conversations import live
from conversations.streams import Stream


class Told(NamedTuple):
    """What one stream is to be sent, and the mark up to which it then was told."""

    stream: Stream
    text: str
    mark: live.Mark
    is_last: bool


Send = Callable[[list[Told]], None]
"""Sends all of it, and returns once none of it is on its way any more."""


def behind(streams: Collection[Stream]) -> set[UUID]:
    """The keys of the pairs of which some stream has not been told all: two queries for all."""
    if not streams:
        return set()
    found = live.marks({stream.window_id for stream in streams}, clock.now())
    return {each.pair_id for each in streams if found.get(each.window_id) != each.mark}


def deliver(pair_id: UUID, streams: Collection[Stream], send: Send) -> None:
    """Bring these streams of one pair up to date.

    One whose person is not signed in any more, or whose conversation is gone, is told nothing but
    that, and ends.
    """
    try:
        with locked_pair(pair_id) as (pair, at):
            told = _what_is_new(pair, streams, at)
            send(told)
    except Pair.DoesNotExist:
        told = [Told(stream, "", stream.mark, is_last=True) for stream in streams]
        send(told)
    for each in told:
        each.stream.mark = each.mark


def _what_is_new(pair: Pair, streams: Collection[Stream], at: datetime) -> list[Told]:
    """It is made for both persons, whether or not both have a page open: so the time that it takes
    does not tell one of them that the other is there (R22).
    """
    talk = load_talk(pair)
    windows = _windows(talk, {each.window_id for each in streams})
    by_person = {place.person_id: place for place in talk.places}
    news = {
        (window.pk, mark): live.news(window, talk.situation, mark, at)
        for window, mark in {(windows.get(each.window_id), each.mark) for each in streams}
        if window
    }
    texts = {
        (*key, place.person_id): live.events(each, place)
        for key, each in news.items()
        for place in by_person.values()
    }
    signed_in = signed_in_sessions(
        {each.session: by_person[each.person_id].person for each in streams}
    )
    return [
        _told(
            each,
            news.get((each.window_id, each.mark)),
            texts.get((each.window_id, each.mark, each.person_id), ""),
            each.session in signed_in,
        )
        for each in streams
    ]


def _windows(talk: Talk, keys: set[UUID]) -> dict[UUID, Window]:
    """The windows of these keys; the open one is there already, and mostly it is that alone."""
    found = {talk.opened.pk: talk.opened} if talk.opened else {}
    others = keys - found.keys()
    in_the_pair = Window.objects.filter(pair=talk.places[0].pair_id)
    return found | (in_the_pair.in_bulk(others) if others else {})


def _told(stream: Stream, news: live.News | None, text: str, is_signed_in: bool) -> Told:
    if news is None or not is_signed_in:
        return Told(stream, "" if is_signed_in else SIGNED_OUT, stream.mark, is_last=True)
    return Told(stream, text, news.mark, news.is_over)
