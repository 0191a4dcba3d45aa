"""What is new for open streams, and sending it under the pair's lock.

A pause waits for the lock, so that after its response nothing is sent any more (R13). Nobody can
make it wait by not reading: see `Stream.write`.
"""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from accounts import clock
from accounts.access import is_signed_in
from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.models import Window
from boundaries.queries import load_situation
from conversations import live
from conversations.streams import Stream


class Write(Protocol):
    """Sends a text to a stream and returns once that was done; after the last one it ends."""

    def __call__(self, stream: Stream, text: str, *, is_last: bool = False) -> None: ...


def behind(streams: Collection[Stream]) -> set[UUID]:
    """The keys of the pairs of which some stream has not been told all, found by one query."""
    found = live.marks({stream.window_id for stream in streams}, clock.now())
    return {each.pair_id for each in streams if found.get(each.window_id) != each.mark}


def deliver(pair_id: UUID, streams: Collection[Stream], write: Write) -> None:
    """Bring these streams of one pair up to date.

    One whose person is not signed in any more, or whose conversation is gone, is told nothing and
    ends.
    """
    try:
        _deliver(pair_id, streams, write)
    except Pair.DoesNotExist:
        for stream in streams:
            write(stream, "", is_last=True)


def _deliver(pair_id: UUID, streams: Collection[Stream], write: Write) -> None:
    with locked_pair(pair_id) as (pair, at):
        situation = load_situation(pair, at)
        windows = Window.objects.in_bulk([each.window_id for each in streams])
        places = Membership.objects.filter(pair=pair).select_related("person", "pair")
        by_person = {place.person_id: place for place in places}
        for stream in streams:
            place, window = by_person.get(stream.person_id), windows.get(stream.window_id)
            if place and window and is_signed_in(stream.session, place.person):
                told = live.events(place, window, situation, stream.mark, at)
                write(stream, told.text, is_last=told.is_over)
                stream.mark = told.mark
            else:
                write(stream, "", is_last=True)
