"""Writing, holding and withdrawing letters (R17)."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from accounts.sealed import is_readable
from boundaries.actions.record import Act, Entry, try_to_record
from boundaries.rules.letters import MOST_LEFT_BEHIND, MOST_WAITING
from boundaries.rules.talk import as_said
from conversations.exceptions import (
    AlreadyReleasedError,
    ChangedElsewhereError,
    IsHeldError,
    TooManyLettersError,
    UnreadableLetterError,
)
from conversations.models import Letter, Message


class ReadAgain(NamedTuple):
    """Whether its writer wants to read a letter again before it goes; theirs alone (R17).

    hours: how long before a conversation they are asked; 0 for never. only: whether it stays held
    until they did.
    """

    hours: int = 0
    only: bool = False


def write_letter(
    *,
    by: Membership,
    key: UUID,
    body: str,
    hold: bool,
    again: ReadAgain | None = None,
    version: int = 1,
) -> Letter:
    """Write a letter, as a draft or held for the next conversation.

    The same `key` again is the same letter: the same words change nothing, others take their place.
    Words that come after it was released begin a letter of their own, so that none are lost; so do
    those for a letter that cannot be opened, which is left as it is.
    version: of the letter when it was shown; 1 for a new one. Raises ChangedElsewhereError if it
    was changed since, unless to the very same words, and TooManyLettersError for a letter that
    would be one more than can wait.
    """
    with locked_pair(by.pair_id) as (pair, at):
        own = Letter.objects.filter(pair=pair, author=by.person_id, key=key)
        letter = own.select_related("pair").first()
        if letter and (letter.state == Letter.State.RELEASED or not is_readable(letter, "body")):
            if _says(letter, body):
                return letter
            letter, key = None, uuid4()
        if letter is None:
            letter = _new(pair, by, key, at)
        elif letter.version != version and not _says(letter, body):
            raise ChangedElsewhereError(letter.version, letter.body)
        _change(pair, letter, body, at, hold=hold, again=again)
        return letter


def edit_letter(
    *,
    by: Membership,
    letter_id: UUID,
    version: int,
    body: str,
    hold: bool,
    again: ReadAgain | None = None,
) -> Letter:
    """Change a letter that was not released, and hold it or keep it as a draft.

    version: of the letter when it was shown. again: None leaves it as it was. Raises
    ChangedElsewhereError if it was changed since, unless to the very same words and choices;
    AlreadyReleasedError if it was released meanwhile; UnreadableLetterError if it cannot be opened;
    Letter.DoesNotExist for another's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        letter = _own(pair, by, letter_id)
        if letter.state == Letter.State.RELEASED:
            raise AlreadyReleasedError
        _check_readable(letter)
        is_same = _says(letter, body) and again in (None, _again(letter))
        if letter.version != version and not is_same:
            raise ChangedElsewhereError(letter.version, letter.body)
        _change(pair, letter, body, at, hold=hold, again=again)
        return letter


def begin_draft(*, by: Membership, key: UUID, version: int, body: str) -> Letter:
    """Save the words of a new letter while they are typed: always as a draft.

    The same `key` again is the same letter, to which all holds that holds for `save_draft`.
    Raises TooManyLettersError for a letter that would be one more than can wait.
    """
    with locked_pair(by.pair_id) as (pair, at):
        own = Letter.objects.filter(pair=pair, author=by.person_id, key=key)
        letter = own.select_related("pair").first()
        if letter:
            return _save_typed(pair, letter, version, body, at)
        letter = _new(pair, by, key, at)
        _change(pair, letter, body, at, hold=False, again=None)
        return letter


def save_draft(*, by: Membership, letter_id: UUID, version: int, body: str) -> Letter:
    """Save the words of a draft while they are typed.

    Raises IsHeldError for a held letter, so that no half sentence goes out; AlreadyReleasedError,
    UnreadableLetterError, ChangedElsewhereError and Letter.DoesNotExist as `edit_letter` does.
    """
    with locked_pair(by.pair_id) as (pair, at):
        return _save_typed(pair, _own(pair, by, letter_id), version, body, at)


def _save_typed(pair: Pair, letter: Letter, version: int, body: str, at: datetime) -> Letter:
    if letter.state == Letter.State.RELEASED:
        raise AlreadyReleasedError
    if letter.state == Letter.State.HELD:
        raise IsHeldError
    _check_readable(letter)
    if _says(letter, body):
        return letter
    if letter.version != version:
        raise ChangedElsewhereError(letter.version, letter.body)
    _change(pair, letter, body, at, hold=False, again=None)
    return letter


def keep_words(*, by: Membership, key: UUID, version: int, body: str) -> Letter | None:
    """Keep what is typed on a page that is being left, as a draft: nobody is there to be asked.

    It takes the place of the draft with this `key` if that is the `version` that the page knew, 0
    for none. What is held, went, or was changed elsewhere stays as it is, and these words are a
    draft of their own; the same words again are the same one. Returns None where they were said
    live meanwhile (R21). Raises TooManyLettersError where there is no more room for these either.
    """
    with locked_pair(by.pair_id) as (pair, at):
        apart = key_of_words(key, body)
        if Message.objects.filter(pair=pair, author=by.person_id, key=apart).exists():
            return None
        own = Letter.objects.filter(pair=pair, author=by.person_id).select_related("pair")
        if kept := own.filter(key=apart).first():
            return kept
        letter = own.filter(key=key).first()
        if letter and not _may_take(letter, version, body):
            letter, key = None, apart
        if letter is None:
            letter = _new(pair, by, key, at, most=MOST_WAITING + MOST_LEFT_BEHIND)
        if not _says(letter, body):
            _change(pair, letter, body, at, hold=False, again=None)
        return letter


def key_of_words(key: UUID, body: str) -> UUID:
    """The key of these words in a box with this `key`: the same however they are said or kept."""
    return uuid5(key, as_said(body))


def give_way(*, by: Membership, key: UUID, version: int) -> None:
    """Delete what `keep_words` kept of words that are said or saved now.

    version: as it was kept. What its writer made of it since stays.
    """
    with locked_pair(by.pair_id) as (pair, _):
        own = Letter.objects.filter(pair=pair, author=by.person_id, key=key)
        letter = own.filter(state=Letter.State.DRAFT).first()
        if letter and letter.version == version:
            letter.delete()


def _may_take(letter: Letter, version: int, body: str) -> bool:
    """Whether a letter says these words already, or is a draft that they may take the place of."""
    is_known = letter.state == Letter.State.DRAFT and letter.version == version
    return _says(letter, body) or (is_known and is_readable(letter, "body"))


def delete_letter(*, by: Membership, letter_id: UUID) -> None:
    """Delete a letter that was not released, for good; one that is gone already changes nothing.

    Raises AlreadyReleasedError if it was released meanwhile: it is the recipient's too.
    """
    with locked_pair(by.pair_id) as (pair, at):
        letter = Letter.objects.filter(pair=pair, author=by.person_id, pk=letter_id).first()
        if letter is None:
            return
        if letter.state == Letter.State.RELEASED:
            raise AlreadyReleasedError
        _unhold(pair, letter, at)
        letter.delete()


def _own(pair: Pair, by: Membership, letter_id: UUID) -> Letter:
    own = Letter.objects.filter(pair=pair, author=by.person_id).select_related("pair")
    return own.get(pk=letter_id)


def _new(
    pair: Pair, by: Membership, key: UUID, at: datetime, *, most: int = MOST_WAITING
) -> Letter:
    """Without words yet, and not in the database: `_change` makes version 1 of it."""
    own = Letter.objects.filter(pair=pair, author=by.person_id)
    if own.exclude(state=Letter.State.RELEASED).count() >= most:
        raise TooManyLettersError
    return Letter(pair=pair, author_id=by.person_id, key=key, written_at=at, version=0)


def _check_readable(letter: Letter) -> None:
    if not is_readable(letter, "body"):
        raise UnreadableLetterError


def _says(letter: Letter, body: str) -> bool:
    return is_readable(letter, "body") and letter.body == body


def _again(letter: Letter) -> ReadAgain:
    return ReadAgain(letter.read_again_hours, letter.only_after_reading)


def _change(
    pair: Pair, letter: Letter, body: str, at: datetime, *, hold: bool, again: ReadAgain | None
) -> None:
    """After the pair was parted there is nothing to hold for: what is written is a draft (R16).

    Another choice about reading it again is another version too, and so is another state: else an
    older page would take it away, and nobody would see it.
    """
    hold = hold and pair.ended_at is None
    was = (letter.state, _again(letter))
    if not _says(letter, body):
        letter.version += 1
        letter.changed_at = at
        letter.body, letter.length = body, len(body)
    elif was != (Letter.State.HELD if hold else Letter.State.DRAFT, again or was[1]):
        letter.version += 1
    if again is not None:
        letter.read_again_hours, letter.only_after_reading = again
    _hold(pair, letter, at) if hold else _unhold(pair, letter, at)


def _hold(pair: Pair, letter: Letter, at: datetime) -> None:
    """Editing a held letter does not lose its place: the earliest held go first.

    Who saves it held has read it.
    """
    if letter.state == Letter.State.DRAFT:
        letter.state, letter.held_at = Letter.State.HELD, at
        _record(pair, letter, Act.LETTER_HELD, at)
    letter.read_again_at = at if letter.read_again_hours else None
    letter.save()


def _unhold(pair: Pair, letter: Letter, at: datetime) -> None:
    if letter.state == Letter.State.HELD:
        letter.state, letter.held_at = Letter.State.DRAFT, None
        _record(pair, letter, Act.LETTER_WITHDRAWN, at)
    letter.save()


def _record(pair: Pair, letter: Letter, act: Act, at: datetime) -> None:
    """None of it waits for a damaged record: nothing is released while it is (decision 46)."""
    try_to_record(pair, [Entry(act, letter.author_id, letter.pk)], at)
