"""Kind words that come with a pause or a time apart, one phrase of a person at a time (R15)."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.models import Farewell, LastWords, Pause, TimeApart
from boundaries.rules.phrases import Occasion, may_leave

logger = logging.getLogger(__name__)


def leave_words(
    pair_id: UUID, person: UUID, phrase: str | None, *, on: QuerySet[Any], field: str
) -> None:
    """Let this person's words be read from now on, in place of any earlier ones of theirs.

    An act of its own, after the one with which they come, so that this holds whatever becomes of
    them (R13): a fault is the host's to read. on, field: the row that they come with, and where in
    it they stand. None within 30 days of the last, taken back or not: fixed words, one after the
    other, would be a message. Then, in silence, none are left and earlier ones stay.
    """
    if not phrase:
        return
    try:
        with locked_pair(pair_id) as (pair, at):
            place = Membership.objects.select_related("last_words").get(pair=pair, person=person)
            if _may_leave(place, at):
                _take_all_back(pair, person)
                on.update(**{field: phrase})
                _note(place, at)
    except Exception:
        logger.exception("Kind words in pair %s could not be left", pair_id)


def take_back_phrase(*, by: Membership, occasion: Occasion) -> None:
    """Let the words that one left with this be seen no longer; without any, no change.

    Words that come with a suggestion go when that is taken back.
    """
    with locked_pair(by.pair_id) as (pair, _):
        match occasion:
            case Occasion.PAUSE:
                _take_back_with_pauses(pair, by.person_id)
            case Occasion.TIME_APART:
                _take_back_with_times_apart(pair, by.person_id)
            case Occasion.ENDING:
                Farewell.objects.filter(pair=pair, person_id=by.person_id).delete()


def _may_leave(place: Membership, at: datetime) -> bool:
    last = getattr(place, "last_words", None)
    return last is None or may_leave(last.left_at, at)


def _note(place: Membership, at: datetime) -> None:
    LastWords.objects.bulk_create(
        [LastWords(membership=place, left_at=at)],
        update_conflicts=True,
        unique_fields=["membership"],
        update_fields=["left_at"],
    )


def _take_all_back(pair: Pair, person: UUID) -> None:
    _take_back_with_pauses(pair, person)
    _take_back_with_times_apart(pair, person)


def _take_back_with_pauses(pair: Pair, person: UUID) -> None:
    Pause.objects.filter(pair=pair, person_id=person).exclude(phrase="").update(phrase="")


def _take_back_with_times_apart(pair: Pair, person: UUID) -> None:
    chosen = TimeApart.objects.filter(pair=pair, agreed_at__isnull=False)
    chosen.filter(author_id=person).update(phrase_of_author="")
    chosen.exclude(author_id=person).update(phrase_of_other="")
