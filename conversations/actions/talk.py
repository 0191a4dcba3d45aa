"""Live talk in an open window (R21)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.exceptions import RefusedError
from boundaries.queries import load_situation_of_talk
from boundaries.rules import acts, gate
from boundaries.rules.reasons import Reason
from boundaries.rules.talk import WITHIN
from conversations.actions.letters import give_way, key_of_words, write_letter
from conversations.models import Letter, Message
from conversations.pokes import poke

FOR_THE_WRITER = {Reason.MESSAGE_TOO_LONG, Reason.TOO_MANY_MESSAGES}
"""What one can mend and try again; for every other reason the words are kept as a draft."""


def say(
    *, by: Membership, window_id: UUID, key: UUID, body: str, kept: int = 0
) -> Message | Letter:
    """Say something in the open conversation; return it or, where it came too late, the draft.

    Judged by the instant under the pair's lock. Too late is whatever ended the conversation: its
    end, a pause, the other who left. The same words with the same `key` again are the same message,
    or the same draft, whatever its writer made of it meanwhile; other words are another one: a page
    that one went back to, or opened twice, has the same key, and none of its words are lost.
    kept: the version of the draft with this `key` as which the words were kept while they were
    typed (`keep_words`), which gives way to them; 0 for none.
    Raises RefusedError where it is too long, or one of too many within a minute, and
    TooManyLettersError where there is no room for a draft; it is then kept nowhere.
    """
    typed, key = key, key_of_words(key, body)
    with locked_pair(by.pair_id) as (pair, at):
        number, recent, is_said = _so_far(by, window_id, key, at)
        if is_said:
            return Message.objects.get(window=window_id, author=by.person_id, key=key)
        reasons = _reasons_against(pair, window_id, len(body), recent, at)
        if reasons and set(reasons) <= FOR_THE_WRITER:
            raise RefusedError(reasons)
        if kept:
            give_way(by=by, key=typed, version=kept)
        if reasons:
            draft = Letter.objects.filter(pair=pair, author=by.person_id, key=key).first()
            return draft or write_letter(by=by, key=key, body=body, hold=False)
        # No `partial`: what befalls one could not be logged, and would be raised after all.
        transaction.on_commit(lambda: poke(by.pair_id), robust=True)
        return Message.objects.create(
            pair=pair,
            window_id=window_id,
            author_id=by.person_id,
            key=key,
            number=number + 1,
            body=body,
            said_at=at,
        )


def _reasons_against(
    pair: Pair, window_id: UUID, length: int, recent: int, at: datetime
) -> tuple[Reason, ...]:
    situation = load_situation_of_talk(pair)
    window = situation.window(window_id)
    if window is None:
        return (Reason.NOT_OPEN,)
    return gate.reasons_against(acts.Say(window, length, recent), situation, at)


def _so_far(by: Membership, window_id: UUID, key: UUID, at: datetime) -> tuple[int, int, bool]:
    """The number of the last message of the window, how many of this person are recent, and whether
    this very one is among theirs.
    """
    own = Q(author=by.person_id)
    found = Message.objects.filter(window=window_id).aggregate(
        last=Max("number"),
        recent=Count("pk", filter=own & Q(said_at__gt=at - WITHIN)),
        same=Count("pk", filter=own & Q(key=key)),
    )
    return found["last"] or 0, found["recent"], bool(found["same"])
