"""Giving check-ins, with what their answers do in the same transaction (R24)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.locks import locked_pair
from accounts.models import Membership
from boundaries import actions as boundaries
from boundaries.queries import load_situation
from boundaries.rules.checkins import Answer, Kind
from boundaries.rules.situation import Situation
from boundaries.rules.ways import Less, More
from checkins import queries
from checkins.exceptions import OverError, WayGoneError
from checkins.models import CheckIn, Wish


@dataclass(frozen=True)
class Said:
    """What somebody answers.

    key: chosen by the form. way: in which respect less or more; None for the other answers.
    base: what stands for the terms from which ways to less were shown (`queries.base_of`).
    safe: 1 to 5, and None before a conversation. body: words of their own, or none.
    """

    key: UUID
    answer: Answer
    way: Less | More | None = None
    base: str = ""
    safe: int | None = None
    body: str = ""


def give_before(*, by: Membership, window_id: UUID, said: Said) -> None:
    """Answer before a conversation; what was answered happens at once.

    Sent twice it is given once. Raises OverError if it is not due, WayGoneError if less is not what
    was shown, and RefusedError if the gate is against the act: then nothing has changed. A pause
    holds all the same, whatever became of the check-in (R13).
    """
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation(pair, at)
        is_due = queries.due_around(by, Kind.BEFORE, window_id, situation, at) is not None
        if said.answer is Answer.PAUSE:
            boundaries.pause(by=by)
        elif _is_given(by, said):
            return
        elif not is_due:
            raise OverError
        else:
            _act(by, said, situation, at, window_id)
        if is_due:
            _keep(by, Kind.BEFORE, said, at, window_id)


def give_after(*, by: Membership, window_id: UUID, said: Said) -> None:
    """Answer after a conversation. Less holds at once; more widens one's own limits alone (R9).

    Sent twice it is given once. Raises OverError if it is not due, and WayGoneError as
    `give_before` does: then nothing has changed.
    """
    with locked_pair(by.pair_id) as (pair, at):
        if _is_given(by, said):
            return
        situation = load_situation(pair, at)
        if queries.due_around(by, Kind.AFTER, window_id, situation, at) is None:
            raise OverError
        _act(by, said, situation, at, window_id)
        _keep(by, Kind.AFTER, said, at, window_id)


def give_own(*, by: Membership, said: Said) -> None:
    """Answer the same questions at any time, also when the pair has ended.

    Sent twice it is given once. Raises WayGoneError as `give_before` does.
    """
    with locked_pair(by.pair_id) as (pair, at):
        if _is_given(by, said):
            return
        _act(by, said, load_situation(pair, at), at)
        _keep(by, Kind.OWN, said, at)


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


def _is_given(by: Membership, said: Said) -> bool:
    return CheckIn.objects.filter(membership=by, key=said.key).exists()


def _act(
    by: Membership, said: Said, situation: Situation, at: datetime, window_id: UUID | None = None
) -> None:
    """Do what was answered, in the transaction of the caller, who holds the pair's lock."""
    match said.answer, window_id:
        case Answer.GO_AHEAD, UUID():
            boundaries.go_ahead(by=by, window_id=window_id)
        case Answer.SKIP, UUID():
            boundaries.skip(by=by, window_id=window_id)
        case Answer.LESS, _:
            _take_less(by, said, situation, at)
        case Answer.MORE, _:
            _allow_more(by, said, situation)


def _take_less(by: Membership, said: Said, situation: Situation, at: datetime) -> None:
    """Exactly what was shown: from other terms, the same way would lead elsewhere."""
    ways = queries.less_for(situation, at)
    if not isinstance(said.way, Less) or said.base != queries.base_of(situation):
        raise WayGoneError
    if said.way not in ways:
        raise WayGoneError
    boundaries.take_less(by=by, terms=ways[said.way])


def _allow_more(by: Membership, said: Said, situation: Situation) -> None:
    ways = queries.more_for(by, situation)
    if not isinstance(said.way, More) or said.way not in ways:
        raise WayGoneError
    boundaries.set_limits(by=by, limits=ways[said.way])


def _keep(
    by: Membership, kind: Kind, said: Said, at: datetime, window_id: UUID | None = None
) -> None:
    CheckIn.objects.create(  # type: ignore[misc]
        membership=by,
        window_id=window_id,
        kind=kind,
        key=said.key,
        given_at=at,
        answer=said.answer,
        way=said.way or "",
        safe=str(said.safe) if said.safe else None,
        body=said.body or None,
    )
