"""Proposals and agreements that must not be, tried with raw SQL: see `test_guards`."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from accounts.models import Pair
from boundaries import guards
from boundaries.models import Agreement, Consent, Pause
from boundaries.rules.canonical import terms_to_json
from boundaries.rules.proposals import End
from boundaries.rules.rhythm import Monthly, NthWeekday, Weekly
from boundaries.rules.terms import Terms
from tests import factories, raw

Rows = dict[str, Any]

MOMENT = timedelta(microseconds=1)
SOON = timedelta(seconds=1)
FIRST = frozenset({NthWeekday(1, 5)})
EVERY_MONTH = factories.terms()
SELDOM = factories.terms(rhythm=Monthly(2, 0, FIRST))
EVERY_WEEK = factories.terms(rhythm=Weekly(1, 0, frozenset({5})))
EVERY_OTHER_WEEK = factories.terms(rhythm=Weekly(2, 0, frozenset({5})))


def another_agreement(it: Rows, **changes: Any) -> None:
    """After the end of the one in force, by a copy of the proposal that made it."""
    raw.change(it["agreement"], ended_at=it["agreement"].in_force_from + SOON)
    raw.copy(it["agreement"], **({"number": 2, "ended_at": None} | changes))


def proposed(it: Rows, *, consents: int = 2, **changes: Any) -> UUID:
    """Another proposal, to change what is in force, to which so many said yes."""
    key = uuid4()
    raw.copy(it["proposal"], **({"id": key, "base_id": it["agreement"].pk} | changes))
    for consent in Consent.objects.filter(proposal=it["proposal"])[:consents]:
        raw.copy(consent, proposal_id=key)
    return key


def by_a_proposal(it: Rows, *, digest: str = "", **changes: Any) -> None:
    """Another agreement by such a proposal."""
    key = proposed(it, **changes)
    another_agreement(it, proposal_id=key, **({"digest": digest} if digest else {}))


def withdrawn(it: Rows) -> None:
    key = proposed(it)
    consent = Consent.objects.filter(proposal=key)[0]
    raw.change(consent, withdrawn_at=consent.given_at)
    another_agreement(it, proposal_id=key)


def withdrawn_and_given_again(it: Rows) -> None:
    raw.change(it["agreement"], ended_at=it["agreement"].in_force_from + SOON)
    raw.change(it["consent"], withdrawn_at=it["agreement"].in_force_from)
    raw.change(it["consent"], withdrawn_at=None)


def after_parting(it: Rows) -> None:
    raw.change(it["pair"], ended_at=it["agreement"].in_force_from)
    by_a_proposal(it)


def during_a_pause(it: Rows) -> None:
    person, at = it["consent"].person, it["agreement"].in_force_from
    Pause.objects.create(pair=it["pair"], person=person, began_at=at)
    by_a_proposal(it)


def during_a_time_apart(it: Rows, **changes: Any) -> None:
    at = it["agreement"].in_force_from
    columns = {"suggested_at": at - SOON, "agreed_at": at, "ends_at": at + SOON, "end": None}
    raw.change(it["apart"], end="over", ended_at=it["apart"].ends_at)
    raw.copy(it["apart"], **(columns | {"ended_at": None} | changes))
    by_a_proposal(it)


def agreed_before_either_yes(it: Rows) -> None:
    """As if cooling-off had begun earlier than both consents were given."""
    instants = ("made_at", "agreed_at", "takes_force_at")
    by_a_proposal(it, **{name: getattr(it["proposal"], name) - SOON for name in instants})


def with_a_gap(it: Rows) -> None:
    """Numbered so that nothing is directly before it."""
    raw.change(it["agreement"], ended_at=it["agreement"].in_force_from)
    raw.copy(it["agreement"], number=9, ended_at=None, proposal_id=proposed(it, base_id=None))


def from_what_was_before(it: Rows) -> None:
    """A third one, by a proposal to change the first."""
    key = proposed(it)
    another_agreement(it, proposal_id=None)
    second = Agreement.objects.get(number=2)
    raw.change(second, ended_at=second.in_force_from)
    raw.copy(second, number=3, ended_at=None, proposal_id=key)


def from_nothing(it: Rows, *, later: timedelta = timedelta()) -> None:
    """By a proposal that was made while nothing was in force; but since then something was."""
    raw.change(it["agreement"], ended_at=it["agreement"].in_force_from)
    instants = ("made_at", "agreed_at", "takes_force_at", "ended_at")
    moved = {name: getattr(it["proposal"], name) + later for name in instants}
    key = proposed(it, base_id=None, **moved)
    begins = it["agreement"].in_force_from + later
    raw.copy(it["agreement"], number=2, in_force_from=begins, ended_at=None, proposal_id=key)


def after_the_end_of_its_base(it: Rows) -> None:
    """What it would change had ended before, as by a pause that was lifted."""
    key, began = proposed(it), it["agreement"].in_force_from
    raw.change(it["agreement"], ended_at=began)
    raw.copy(it["agreement"], number=2, ended_at=None, in_force_from=began + SOON, proposal_id=key)


def from_what_has_ended(it: Rows) -> None:
    raw.change(it["agreement"], ended_at=it["agreement"].in_force_from)
    proposed(it)


def alone(it: Rows, **changes: Any) -> None:
    """One without a proposal, with these terms changed, as JSON."""
    as_json = terms_to_json(it["agreement"].terms) | changes
    another_agreement(it, proposal_id=None, terms=json.dumps(as_json))


def alone_after(it: Rows, before: Terms, after: Terms) -> None:
    """One without a proposal and with the terms `after`, if `before` had been in force."""
    with guards.down(connection, "agreement_stays"):
        Agreement.objects.filter(pk=it["agreement"].pk).update(terms=before)
    another_agreement(it, proposal_id=None, terms=json.dumps(terms_to_json(after)))


def in_force_after_all(it: Rows) -> None:
    """What was declined, with the instants of what took force."""
    instants = ("made_at", "agreed_at", "takes_force_at", "ended_at")
    of = {name: getattr(it["proposal"], name) for name in instants[1:]}
    later = it["declined"].made_at - it["proposal"].made_at
    raw.change(it["declined"], end="in_force", **{name: of[name] + later for name in of})


def cooled_off_later(it: Rows, *names: str) -> None:
    of = it["proposal"]
    raw.change(of, **{name: getattr(of, name) + SOON for name in (*names, "ended_at")})


ATTEMPTS: dict[str, list[Callable[[Rows], object]]] = {
    "agreement_is_made": [
        lambda it: another_agreement(it, number=3, proposal_id=None),
        lambda it: by_a_proposal(it, consents=1),
        lambda it: by_a_proposal(it, consents=0),
        lambda it: by_a_proposal(it, digest="0" * 64),
        lambda it: by_a_proposal(
            it,
            takes_force_at=it["agreement"].in_force_from + SOON,
            ended_at=it["agreement"].in_force_from + SOON,
        ),
        withdrawn,
        lambda it: another_agreement(
            it, proposal_id=None, in_force_from=it["agreement"].in_force_from + 2 * SOON
        ),
        after_parting,
        during_a_pause,
    ],
    "agreement_after_time_apart": [during_a_time_apart],
    "agreement_cools_off": [agreed_before_either_yes],
    "agreement_from_its_base": [
        lambda it: by_a_proposal(it, end=End.VOID),
        lambda it: by_a_proposal(it, end=End.DECLINED),
        lambda it: by_a_proposal(it, end=End.WITHDRAWN),
        lambda it: by_a_proposal(it, end=End.CONSENT_WITHDRAWN),
        lambda it: by_a_proposal(it, end=End.SUPERSEDED),
        lambda it: by_a_proposal(it, end=None, ended_at=None),
        lambda it: another_agreement(it, proposal_id=proposed(it), terms="{}"),
        with_a_gap,
        from_what_was_before,
        from_nothing,
        after_the_end_of_its_base,
    ],
    "agreement_alone_is_less": [
        lambda it: alone(it, minutes=46),
        lambda it: alone(it, minutes=100),
        lambda it: alone(it, minutes=None),
        lambda it: alone(it, letters=3),
        lambda it: alone(it, letter_length=10_000),
        lambda it: alone(it, at="18:01"),
        lambda it: alone(it, zone="Europe/Paris"),
        lambda it: alone_after(it, replace(SELDOM, live=False), SELDOM),
        lambda it: alone_after(it, replace(SELDOM, ask_before_each=True), SELDOM),
        lambda it: alone_after(it, SELDOM, EVERY_MONTH),
        lambda it: alone_after(it, SELDOM, factories.terms(rhythm=Monthly(2, 1, FIRST))),
        lambda it: alone_after(it, SELDOM, factories.terms(rhythm=Monthly(3, 0, FIRST))),
        lambda it: alone_after(it, SELDOM, EVERY_WEEK),
        lambda it: alone_after(it, EVERY_OTHER_WEEK, SELDOM),
        lambda it: another_agreement(
            it, proposal_id=None, review_at=it["agreement"].review_at + MOMENT
        ),
    ],
    "agreement_stays": [
        lambda it: raw.change(it["agreement"], digest="0" * 64),
        lambda it: raw.change(it["agreement"], terms="{}"),
        lambda it: raw.change(it["agreement"], in_force_from=it["agreement"].in_force_from - SOON),
        lambda it: raw.change(it["agreement"], proposal_id=None),
        lambda it: raw.change(it["agreement"], review_at=it["agreement"].review_at + SOON),
        lambda it: end_and_begin(it["agreement"]),
    ],
    "proposal_is_made": [
        lambda it: raw.copy(it["proposal"]),
        from_what_has_ended,
    ],
    "proposal_stays": [
        lambda it: raw.change(it["declined"], terms="{}"),
        lambda it: raw.change(it["declined"], digest="0" * 64),
        lambda it: raw.change(it["declined"], base_id=None),
        lambda it: raw.change(it["declined"], made_at=it["declined"].made_at - SOON),
        lambda it: raw.change(it["declined"], author_id=it["consent"].person_id),
        lambda it: raw.change(it["declined"], pair_id=another_pair(it)),
        lambda it: raw.change(it["declined"], end=None, ended_at=None),
        in_force_after_all,
        lambda it: raw.change(it["proposal"], base_id=it["agreement"].pk),
        lambda it: raw.change(it["proposal"], end=End.VOID),
        lambda it: raw.change(it["proposal"], end=None, ended_at=None),
        lambda it: raw.change(it["proposal"], end=End.VOID, agreed_at=None, takes_force_at=None),
        lambda it: cooled_off_later(it, "takes_force_at"),
        lambda it: cooled_off_later(it, "agreed_at", "takes_force_at"),
    ],
    "consent_is_exact": [lambda it: to_other_terms(it["consent"])],
    "consent_stays": [
        lambda it: raw.change(it["consent"], digest="0" * 64),
        lambda it: raw.change(it["consent"], given_at=it["consent"].given_at - SOON),
        withdrawn_and_given_again,
    ],
}
"""For each guard of what is agreed, by its name, what it refuses."""


def end_and_begin(agreement: Agreement) -> None:
    raw.change(agreement, ended_at=agreement.in_force_from + SOON)
    raw.change(agreement, ended_at=None)


def to_other_terms(consent: Consent) -> None:
    """The consent again, to other terms; the first one goes, since there may be one of each."""
    other = Consent.objects.exclude(pk=consent.pk).get(proposal=consent.proposal_id)
    consent.delete()
    raw.copy(other, person_id=consent.person_id, given_at=consent.given_at, digest="0" * 64)


def another_pair(it: Rows) -> UUID:
    key: UUID = Pair.objects.create(created_at=it["agreement"].in_force_from).pk
    return key
