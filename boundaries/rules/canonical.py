"""Terms and limits as JSON values and back, and the digests that consents and records hold."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from boundaries.rules.limits import Limits
from boundaries.rules.rhythm import Day, MonthDay, Monthly, NthWeekday, Rhythm, Weekly
from boundaries.rules.terms import Terms

Json = dict[str, Any]


def terms_to_json(terms: Terms) -> Json:
    """Terms as a JSON object; equal terms give equal objects."""
    return {
        "rhythm": _rhythm_to_json(terms.rhythm) if terms.rhythm else None,
        "at": terms.at.strftime("%H:%M"),
        "zone": terms.zone,
        "minutes": int(terms.minutes),
        "letters": int(terms.letters),
        "letter_length": int(terms.letter_length),
        "live": bool(terms.live),
        "ask_before_each": bool(terms.ask_before_each),
    }


def terms_from_json(value: Mapping[str, Any]) -> Terms:
    """The terms that `terms_to_json` was given.

    Raises KeyError, TypeError or ValueError for anything else.
    """
    rhythm = _rhythm_from_json(value["rhythm"]) if value["rhythm"] is not None else None
    terms = Terms(**{**value, "rhythm": rhythm, "at": time.fromisoformat(value["at"])})
    _check_canonical(value, terms_to_json(terms))
    return terms


def limits_to_json(limits: Limits) -> Json:
    """Limits as a JSON object; equal limits give equal objects."""
    return {
        "days_between": None if limits.days_between is None else int(limits.days_between),
        "minutes": int(limits.minutes),
        "letters": int(limits.letters),
        "letter_length": int(limits.letter_length),
        "live": bool(limits.live),
        "hours": sorted(int(hour) for hour in limits.hours),
        "zone": limits.zone,
        "ask_before_each": bool(limits.ask_before_each),
        "cooling_off_hours": limits.cooling_off // timedelta(hours=1),
        "receives_proposals": bool(limits.receives_proposals),
        "rest_days": limits.rest // timedelta(days=1),
        "kind_words": bool(limits.kind_words),
    }


def limits_from_json(value: Mapping[str, Any]) -> Limits:
    """The limits that `limits_to_json` was given.

    Raises KeyError, TypeError or ValueError for anything else.
    """
    rest = dict(value)
    limits = Limits(
        cooling_off=timedelta(hours=rest.pop("cooling_off_hours")),
        rest=timedelta(days=rest.pop("rest_days")),
        hours=frozenset(rest.pop("hours")),
        **rest,
    )
    _check_canonical(value, limits_to_json(limits))
    return limits


def terms_digest(terms: Terms) -> str:
    """SHA-256, in hexadecimal, of the terms' canonical JSON: what a consent is bound to (R2)."""
    return digest(terms_to_json(terms))


def limits_digest(limits: Limits) -> str:
    """The same of limits: what a page shows that they were when it was opened."""
    return digest(limits_to_json(limits))


def digest(value: Json) -> str:
    """SHA-256, in hexadecimal, of `value` as JSON: keys sorted, no white space, only ASCII."""
    return hashlib.sha256(_text(value).encode("ascii")).hexdigest()


def entry_hash(
    *,
    pair: UUID,
    number: int,
    at: datetime,
    actor: UUID | None,
    act: str,
    subject: UUID | None,
    digest_of: str,
    previous: str,
) -> str:
    """The hash of one entry of a pair's record, which holds on to the one before (R30).

    at: an aware instant; counted in UTC, to the microsecond. previous: the hash of the entry before
    it in the pair, empty for the first. SHA-256, in hexadecimal, of the canonical JSON.
    """
    entry = {
        "pair": str(pair),
        "number": number,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor and str(actor),
        "act": str(act),
        "subject": subject and str(subject),
        "digest": digest_of,
        "previous": previous,
    }
    return digest(entry)


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _check_canonical(given: Mapping[str, Any], canonical: Json) -> None:
    """One meaning has one text, so that equal terms have equal digests: 45.0 is not 45."""
    if _text(dict(given)) != _text(canonical):
        raise ValueError("this is not how the value is written")


def _rhythm_to_json(rhythm: Rhythm) -> Json:
    unit, days = _days_to_json(rhythm)
    return {"unit": unit, "every": int(rhythm.every), "phase": int(rhythm.phase), "days": days}


def _days_to_json(rhythm: Rhythm) -> tuple[str, list[Any]]:
    if isinstance(rhythm, Weekly):
        return "week", sorted(int(weekday) for weekday in rhythm.weekdays)
    return "month", sorted([int(part) for part in day] for day in rhythm.days)


def _rhythm_from_json(value: Mapping[str, Any]) -> Rhythm:
    if value["unit"] == "week":
        return Weekly(value["every"], value["phase"], frozenset(value["days"]))
    return Monthly(value["every"], value["phase"], frozenset(_day(day) for day in value["days"]))


def _day(parts: list[int]) -> Day:
    return MonthDay(*parts) if len(parts) == 1 else NthWeekday(*parts)
