"""Suggesting a time apart, choosing it, and what becomes of a suggestion (R1, R6, R10, R11)."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, F, Q, Value, When

from accounts.locks import locked_pair
from accounts.models import Membership, Pair
from boundaries.actions.agreements import end_for_time_apart, not_before
from boundaries.actions.kind_words import leave_words
from boundaries.actions.record import Act, Entry, add_to_record, try_to_record
from boundaries.exceptions import RefusedError, refuse_if
from boundaries.models import LetBe, TimeApart
from boundaries.queries.time_apart import load_situation_for_time_apart
from boundaries.rules import acts, gate
from boundaries.rules import time_apart as rules
from boundaries.rules.phrases import Phrase
from boundaries.rules.proposals import LAPSE
from boundaries.rules.reasons import Reason
from boundaries.rules.situation import Situation
from boundaries.rules.time_apart import End, Standing


def suggest_time_apart(
    *, by: Membership, day: date, zone: str, phrase: Phrase | None = None
) -> TimeApart:
    """Suggest no contact until `day`, as days are in `zone`. Doing it twice is doing it once.

    phrase: kind words that the other is shown once both chose it, if they want any (R15); where
    the same day is suggested again, those or none that are chosen now. Raises RefusedError with the
    reasons that concern `by` alone: what the other allows, or whether they paused, changes nothing
    here (R10).
    """
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation_for_time_apart(pair, at)
        if again := _same_open_one(by.person_id, day, situation, at):
            TimeApart.objects.filter(pk=again).update(phrase_of_author=phrase or "")
            return TimeApart.objects.get(pk=again)
        act = acts.SuggestTimeApart(by.person_id, day, zone)
        refuse_if(gate.reasons_against(act, situation, at))
        row = _suggest(pair, act, phrase, situation, at)
        add_to_record(pair, _entry(Act.TIME_APART_SUGGESTED, by, row.as_value()), at)
        return row


def agree_to_time_apart(
    *, by: Membership, time_apart_id: UUID, digest: str, phrase: Phrase | None = None
) -> None:
    """Say yes to exactly the day that `digest` names; it holds at once, for both (R1).

    What is in force ends in the same transaction, with its conversations and all that was asked.
    Doing it twice is doing it once. Raises RefusedError if the gate forbids it, with
    CHANGED_MEANWHILE if the digest is of another day, and TimeApart.DoesNotExist for another
    pair's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        situation = load_situation_for_time_apart(pair, at)
        chosen = _get(time_apart_id, situation)
        if chosen.agreed_at is not None:
            return
        refuse_if(gate.reasons_against(acts.AgreeToTimeApart(by.person_id, chosen), situation, at))
        if digest != chosen.digest:
            raise RefusedError([Reason.CHANGED_MEANWHILE])
        ended = end_for_time_apart(pair, situation, at)
        _put_the_others_behind(pair, chosen, at)
        own = TimeApart.objects.filter(pk=chosen.id)
        own.update(agreed_at=not_before("suggested_at", at), phrase_of_author="")
        agreed = Entry(Act.TIME_APART_AGREED, by.person_id, chosen.id, chosen.digest)
        try_to_record(pair, [*ended, agreed], at)
    # From now on the words of both can be read, if none of theirs were lately.
    leave_words(pair.pk, chosen.author, chosen.words, on=own, field="phrase_of_author")
    leave_words(pair.pk, by.person_id, phrase, on=own, field="phrase_of_other")


def decline_time_apart(*, by: Membership, time_apart_id: UUID) -> bool:
    """Say no, in silence: to its author it looks like any that was not taken up (R10).

    Declining one's own, or one that is over, changes nothing. Return whether they said no, now or
    before. Raises TimeApart.DoesNotExist for another pair's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        row = TimeApart.objects.get(pair=pair, pk=time_apart_id)
        if row.author_id == by.person_id:
            return False
        if rules.is_open(row.as_value(), at):
            row.end, row.ended_at = End.DECLINED, at
            row.save(update_fields=["end", "ended_at"])
            try_to_record(pair, _entry(Act.TIME_APART_DECLINED, by, row.as_value()), at)
        return row.end == End.DECLINED


def take_back_time_apart(*, by: Membership, time_apart_id: UUID) -> bool:
    """Take back one's own suggestion, in silence, as long as it looks open (R4, R10).

    Also one that is over without their knowing; one that both chose stays. Return whether it is
    one's own and taken back. Raises TimeApart.DoesNotExist for another pair's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        value = TimeApart.objects.get(pair=pair, pk=time_apart_id).as_value()
        look = rules.as_seen_by(by.person_id, value, at)
        if value.author == by.person_id and look is Standing.OPEN:
            own = TimeApart.objects.filter(pk=value.id)
            own.update(taken_back_at=not_before("suggested_at", at))
            try_to_record(pair, _entry(Act.TIME_APART_TAKEN_BACK, by, value), at)
            return True
        return look is Standing.TAKEN_BACK


def let_be(*, by: Membership, time_apart_id: UUID) -> None:
    """Choose nothing for now, privately, once the day of a time apart has come.

    Before its day, and the second time, it changes nothing. Raises TimeApart.DoesNotExist for
    another pair's.
    """
    with locked_pair(by.pair_id) as (pair, at):
        row = TimeApart.objects.get(pair=pair, pk=time_apart_id)
        if row.agreed_at is None or at < row.ends_at:
            return
        _, is_new = LetBe.objects.get_or_create(time_apart=row, person_id=by.person_id)
        if is_new:
            add_to_record(pair, _entry(Act.LET_BE, by, row.as_value()), at)


def void_suggestions(pair: Pair, at: datetime, *, by: UUID) -> None:
    """Void what is suggested, since `by` paused (R14). One query; the caller holds the lock.

    Their own is taken back, also one that is over without their knowing; the other's looks to the
    other as if it still stood.
    """
    later = not_before("suggested_at", at)
    own = When(author=by, then=later)
    TimeApart.objects.filter(_looks_open(at), pair=pair).update(
        taken_back_at=Case(own, default=F("taken_back_at")),
        end=Case(When(end=None, then=Value(End.VOID)), default=F("end")),
        ended_at=Case(When(end=None, then=later), default=F("ended_at")),
    )


def _suggest(
    pair: Pair,
    act: acts.SuggestTimeApart,
    phrase: Phrase | None,
    situation: Situation,
    at: datetime,
) -> TimeApart:
    """R14: what is suggested while the other's pause stands never reaches them."""
    return TimeApart.objects.create(
        pair=pair,
        author_id=act.by,
        day=act.day,
        ends_at=rules.begin_of(act.day, act.zone),
        suggested_at=at,
        phrase_of_author=phrase or "",
        end=End.VOID if situation.paused else None,
        ended_at=at if situation.paused else None,
    )


def _put_the_others_behind(pair: Pair, chosen: rules.TimeApart, at: datetime) -> None:
    """The one that both chose before, and what looks open beside this one: both know of it."""
    before = Q(agreed_at__isnull=False, end=None)
    rows = TimeApart.objects.filter(before | _looks_open(at), pair=pair)
    others = rows.exclude(pk=chosen.id)
    was_open = When(agreed_at=None, then=Value(End.SETTLED))
    others.update(end=Case(was_open, default=Value(End.OVER)), ended_at=at)


def _looks_open(at: datetime) -> Q:
    """What looks open to its author (`as_seen_by`): for a fortnight, and until its day."""
    lasts = Q(suggested_at__gt=at - LAPSE, ends_at__gt=at)
    return Q(lasts, agreed_at=None, taken_back_at=None)


def _get(key: UUID, situation: Situation) -> rules.TimeApart:
    found = next((each for each in situation.times_apart if each.id == key), None)
    if found is None:
        raise TimeApart.DoesNotExist
    return found


def _same_open_one(person: UUID, day: date, situation: Situation, at: datetime) -> UUID | None:
    """One's own suggestion of this day that looks open: a doubled request is one."""
    own = (each for each in situation.times_apart if each.author == person and each.day == day)
    looks_open = (e.id for e in own if rules.as_seen_by(person, e, at) is Standing.OPEN)
    return next(looks_open, None)


def _entry(act: Act, by: Membership, about: rules.TimeApart) -> list[Entry]:
    return [Entry(act, by.person_id, about.id, about.digest)]
