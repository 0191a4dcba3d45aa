"""Giving check-ins, with what their answers do in the same transaction (R24)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from accounts.locks import locked_pair
from accounts.models import Membership
from accounts.vault import UnreadableError
from boundaries import actions as boundaries
from boundaries.queries import load_situation
from boundaries.rules.checkins import Answer, Kind, is_an_answer, is_to_come
from boundaries.rules.situation import Situation
from boundaries.rules.ways import Less, More
from checkins import queries
from checkins.exceptions import OverError, WayGoneError, WordsNotKeptError
from checkins.models import CheckIn, Wish


@dataclass(frozen=True)
class Said:
    """What somebody answers.

    key: chosen by the form. way: in which respect less or more; None for the other answers.
    base, own_base: what stands for the terms from which ways to less were shown, and for the limits
    from which ways to more were (`queries.base_of`, `queries.own_base_of`). safe: 1 to 5, and None
    where it is not said. body: words of their own, or none. is_for_oneself: whether the page on
    which it was given said that nobody else reads it (R25).
    """

    key: UUID
    answer: Answer
    way: Less | More | None = None
    base: str = ""
    own_base: str = ""
    safe: int | None = None
    body: str = ""
    is_for_oneself: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a pause: nothing here would pause."""
        if self.answer is Answer.PAUSE:
            raise ValueError("A pause is an act of its own: boundaries.actions.pause")


def give_before(*, by: Membership, window_id: UUID, said: Said) -> bool:
    """Answer before a conversation; what was answered happens at once.

    Sent twice it is given once; another answer from the same page is one more. Raises OverError if
    it is not due, WayGoneError if less is not what was shown, and RefusedError if the gate is
    against the act: then nothing has changed. To skip and less need none that is due: whoever
    presses either wants less, whatever became of the check-in (R1). Less that is taken when the
    conversation is not to come any more is kept as one of their own.

    Return whether to skip it was to leave it, since it had opened meanwhile (R21). That is an act
    of its own, as a pause is, and no answer from before it.
    """
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        if _is_doubled(by, said, situation, window_id):
            return False
        if not _may_be_given_before(by, said, situation, at, window_id):
            raise OverError
        has_left = _act(by, said, situation, at, window_id)
        if not has_left:
            is_late = said.answer is Answer.LESS and not _is_to_come(situation, window_id, at)
            kind, around = (Kind.OWN, None) if is_late else (Kind.BEFORE, window_id)
            _keep(by, kind, said, at, around)
        return has_left


def give_after(*, by: Membership, window_id: UUID, said: Said) -> None:
    """Answer after a conversation. Less holds at once; more widens one's own limits alone (R9).

    Sent twice it is given once. Raises OverError if it is not due, but for less, which then is kept
    as one of their own; WayGoneError as `give_before` does. Then nothing has changed. Raises
    WordsNotKeptError where words cannot be sealed and less holds all the same.
    """
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        if _is_doubled(by, said, situation):
            return
        is_due = queries.due_around(by, Kind.AFTER, window_id, situation, at) is not None
        if not is_due and said.answer is not Answer.LESS:
            raise OverError
        _act(by, said, situation, at)
        kind, around = (Kind.AFTER, window_id) if is_due else (Kind.OWN, None)
        is_whole = _keep(by, kind, said, at, around)
    _tell_if_not(is_whole)


def give_own(*, by: Membership, said: Said) -> None:
    """Answer the same questions at any time, also when the pair has ended.

    Sent twice it is given once; another answer from the same page is another one. Raises
    WayGoneError and WordsNotKeptError as `give_after` does.
    """
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        if _is_doubled(by, said, situation):
            return
        _act(by, said, situation, at)
        is_whole = _keep(by, Kind.OWN, said, at)
    _tell_if_not(is_whole)


def delete_check_in(*, by: Membership, check_in_id: UUID) -> None:
    """Delete what one answered; what it did stays done. Twice, or another's, changes nothing.

    While its time is not over, one around a conversation can then be given anew.
    """
    CheckIn.objects.filter(membership=by, pk=check_in_id).delete()


def save_wish(*, by: Membership, is_wanted: bool, days_ahead: int) -> None:
    """Set whether one wants check-ins around conversations, and how many days before one."""
    Wish.objects.update_or_create(
        membership=by, defaults={"is_wanted": is_wanted, "days_ahead": days_ahead}
    )


def _is_doubled(
    by: Membership, said: Said, situation: Situation, window_id: UUID | None = None
) -> bool:
    """Whether the very same was said from the same page, and still stands.

    Where it does not, because of what they did since, it is said anew: nobody reads that something
    was done that was not.
    """
    row = CheckIn.objects.filter(membership=by, key=_key_of(said)).first()
    return row is not None and _stands(by, said, row.given_at, situation, window_id)


def _stands(
    by: Membership, said: Said, since: datetime, situation: Situation, window_id: UUID | None
) -> bool:
    window = situation.window(window_id) if window_id else None
    match said.answer:
        case Answer.GO_AHEAD:
            return window is not None and by.person_id in window.go_ahead
        case Answer.SKIP:
            return window is not None and by.person_id in window.skipped
        case Answer.LESS:
            moved = said.base != queries.base_of(situation)
            return moved and not queries.has_agreed_since(by, since)
        case Answer.MORE:
            moved = said.own_base != queries.own_base_of(by, situation)
            return moved and queries.times_limits_were_set_since(by, since) == 1
    return True


def _key_of(said: Said) -> UUID:
    """The same for the same answer from the same page, and for nothing else.

    From it nothing can be told of the words: the form's key is random, and kept nowhere.
    """
    return uuid5(said.key, "|".join((said.answer, said.way or "", str(said.safe), said.body)))


def _may_be_given_before(
    by: Membership, said: Said, situation: Situation, at: datetime, window_id: UUID
) -> bool:
    if said.answer in (Answer.SKIP, Answer.LESS):
        return queries.is_of_pair(window_id, by.pair_id)
    return queries.due_around(by, Kind.BEFORE, window_id, situation, at) is not None


def _is_to_come(situation: Situation, window_id: UUID, at: datetime) -> bool:
    window = situation.window(window_id)
    return window is not None and is_to_come(window, at)


def _act(
    by: Membership, said: Said, situation: Situation, at: datetime, window_id: UUID | None = None
) -> bool:
    """Do what was answered, in the transaction of the caller, who holds the pair's lock.

    Return whether they left a conversation by it.
    """
    match said.answer, window_id:
        case Answer.GO_AHEAD, UUID():
            boundaries.go_ahead(by=by, window_id=window_id)
        case Answer.SKIP, UUID():
            return boundaries.skip(by=by, window_id=window_id)
        case Answer.LESS, _:
            _take_less(by, said, situation, at)
        case Answer.MORE, _:
            _allow_more(by, said, situation)
    return False


def _take_less(by: Membership, said: Said, situation: Situation, at: datetime) -> None:
    """Exactly what was shown: from other terms, the same way would lead elsewhere."""
    ways = queries.less_for(situation, at)
    if not isinstance(said.way, Less) or said.base != queries.base_of(situation):
        raise WayGoneError
    if said.way not in ways:
        raise WayGoneError
    boundaries.take_less(by=by, terms=ways[said.way])


def _allow_more(by: Membership, said: Said, situation: Situation) -> None:
    """Exactly what was shown, too: limits that were changed elsewhere are not set on from there."""
    ways = queries.more_for(by, situation)
    if not isinstance(said.way, More) or said.own_base != queries.own_base_of(by, situation):
        raise WayGoneError
    if said.way not in ways:
        raise WayGoneError
    boundaries.set_limits(by=by, limits=ways[said.way])


def _keep(
    by: Membership, kind: Kind, said: Said, at: datetime, window_id: UUID | None = None
) -> bool:
    """Keep what was said; whether nothing of it is lost that stands nowhere else.

    Less needs nothing that could be broken, so it holds also where it cannot be sealed; so does
    what is said to a conversation, which keeps it. Raises UnreadableError for the other answers.
    """
    try:
        with transaction.atomic():
            _create(by, kind, said, at, window_id)
    except UnreadableError:
        if said.answer in (Answer.SAME, Answer.MORE):
            raise
        return said.safe is None and not said.body
    return True


def _create(by: Membership, kind: Kind, said: Said, at: datetime, window_id: UUID | None) -> None:
    """Raises ValueError for what is no answer: the database cannot see that it is none."""
    if not is_an_answer(kind, said.answer, said.way, said.safe):
        raise ValueError(f"{said.answer} is no answer to a check-in {kind}.")
    key = _key_of(said)
    is_taken = CheckIn.objects.filter(membership=by, key=key).exists()
    CheckIn.objects.create(  # type: ignore[misc]
        membership=by,
        window_id=window_id,
        kind=kind,
        key=uuid4() if is_taken else key,
        given_at=at,
        answer=said.answer,
        way=said.way or "",
        safe=str(said.safe) if said.safe else None,
        body=said.body or None,
        is_for_oneself=said.is_for_oneself,
    )


def _tell_if_not(is_whole: bool) -> None:
    """Raise only after the transaction: what was done stays done."""
    if not is_whole:
        raise WordsNotKeptError
