"""Kind words that come with a pause or a time apart, one phrase of a person at a time (R15)."""

from datetime import datetime
from uuid import UUID

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.models import Farewell, LastWords, Pause, TimeApart
from boundaries.rules.phrases import Occasion, Phrase, may_leave


def leave_words(pair: Pair, person: UUID, phrase: Phrase | str | None, at: datetime) -> str:
    """Let this person's words be read from now on, in place of any earlier ones; return which.

    None within 30 days of the last, taken back or not: fixed words, one after the other, would be
    a message. Then, in silence, none are left and earlier ones stay. The caller holds the lock, and
    puts what is returned where it belongs.
    """
    if not phrase:
        return ""
    last = LastWords.objects.filter(membership__pair=pair, membership__person=person).first()
    if last and not may_leave(last.left_at, at):
        return ""
    _take_all_back(pair, person)
    place = last.membership_id if last else _place(pair, person)
    LastWords.objects.update_or_create(membership_id=place, defaults={"left_at": at})
    return str(phrase)


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


def _place(pair: Pair, person: UUID) -> UUID:
    return Membership.objects.values_list("pk", flat=True).get(pair=pair, person_id=person)


def _take_all_back(pair: Pair, person: UUID) -> None:
    _take_back_with_pauses(pair, person)
    _take_back_with_times_apart(pair, person)


def _take_back_with_pauses(pair: Pair, person: UUID) -> None:
    Pause.objects.filter(pair=pair, person_id=person).exclude(phrase="").update(phrase="")


def _take_back_with_times_apart(pair: Pair, person: UUID) -> None:
    chosen = TimeApart.objects.filter(pair=pair, agreed_at__isnull=False)
    chosen.filter(author_id=person).update(phrase_of_author="")
    chosen.exclude(author_id=person).update(phrase_of_other="")
