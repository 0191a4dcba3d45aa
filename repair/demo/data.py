"""What had happened between Ana and Ben, made by the same actions that pages and worker use.

The clock is moved to the past first, then from one act to the next, and at last back to the
present, all in one transaction: nobody else sees it move, and a demo is there whole or not at all.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import takewhile
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.db import connection, transaction

from accounts import clock
from accounts.actions import create_code, rename_other, use_any_code, use_code
from accounts.clock import database_now
from accounts.codes import new_seed
from accounts.models import Membership, Pair, Person, Support
from accounts.proof import Proof
from accounts.queries import get_membership_for, lines_to_tell
from accounts.scopes import FIELDS, Scope
from accounts.support_actions import dismiss_told, invite_supporter, rename_supported
from boundaries import guards
from boundaries.actions import consent, propose, set_limits
from boundaries.actions.proposals import take_force
from boundaries.actions.windows import close_due
from boundaries.models import Window
from boundaries.rules.checkins import Answer
from boundaries.rules.limits import SHORTEST_COOLING_OFF, Limits
from boundaries.rules.rhythm import Monthly, NthWeekday
from boundaries.rules.terms import Terms
from boundaries.rules.windows import Span, occurrences
from checkins.actions import Said, give_after, write_reflection
from checkins.exceptions import OverError
from checkins.models import Question
from conversations.actions import open_and_release, open_envelope, write_letter
from conversations.models import Envelope
from repair.demo import letters
from repair.demo.actions import go_to, go_to_the_present
from repair.demo.people import ANA, BEN, NOOR, PASSWORD, PEOPLE, DemoPerson

FIRST_SATURDAY = Monthly(every=1, phase=0, days=frozenset({NthWeekday(1, 5)}))
TERMS = Terms(
    rhythm=FIRST_SATURDAY,
    at=time(18, 0),
    zone=ANA.time_zone,
    minutes=45,
    letters=1,
    letter_length=6_000,
    live=True,
    ask_before_each=False,
)
WEEKEND_BY_DAY = frozenset(day * 24 + hour for day in (5, 6) for hour in range(9, 21))
PAST_CONVERSATIONS = 2
MOMENT = timedelta(seconds=2)


@dataclass(frozen=True)
class Couple:
    """The two places in the pair of the demo."""

    ana: Membership
    ben: Membership

    @property
    def pair(self) -> Pair:
        """The pair that both places are in."""
        return self.ana.pair


def is_there() -> bool:
    """Whether the demo's people exist."""
    return Person.objects.filter(email__in=[one.email for one in PEOPLE]).exists()


@transaction.atomic
def put_back() -> None:
    """Make the demo as it was at first. Only its people and their pairs are touched."""
    _forget()
    first, second = _last_conversations(database_now())
    couple = _agree(first.opens_at - timedelta(days=10))
    _trust(couple.ana.person)
    _converse(couple, first, by=couple.ben, to=couple.ana, body=letters.BEN_FIRST)
    _look_back(couple.ana, first, safe=2, body=letters.ANA_AFTER_FIRST)
    _reflect(couple.ana, letters.ANA_ON_SAFE_ENOUGH)
    _converse(couple, second, by=couple.ana, to=couple.ben, body=letters.ANA_SECOND)
    _look_back(couple.ana, second, safe=4, body=letters.ANA_AFTER_SECOND)
    go_to_the_present()
    _write(couple.ana, letters.ANA_HELD)
    _write(couple.ben, letters.BEN_HELD)


def _forget() -> None:
    people = Person.objects.filter(email__in=[one.email for one in PEOPLE])
    with guards.down(connection, *guards.KEEPING):
        Pair.objects.filter(memberships__person__in=people).delete()
    people.delete()


def _last_conversations(present: datetime) -> tuple[Span, ...]:
    """The first Saturdays that are over, the last two of them."""
    ahead = occurrences(TERMS, after=present - timedelta(days=100))
    return tuple(takewhile(lambda span: span.closes_at <= present, ahead))[-PAST_CONVERSATIONS:]


def _agree(at: datetime) -> Couple:
    """They join, set their limits, and agree; the agreement takes force after cooling-off.

    Counted from their yes, and not from the beginning: a slow machine takes seconds until then.
    """
    go_to(instant=at)
    couple = _join()
    for place, one in ((couple.ana, ANA), (couple.ben, BEN)):
        rename_other(membership=place, name=one.name_for_other)
        set_limits(by=place, limits=_limits(one))
    proposal = propose(by=couple.ana, terms=TERMS, proof=Proof(couple.ana.person_id))
    consent(
        by=couple.ben,
        proposal_id=proposal.pk,
        digest=proposal.digest,
        proof=Proof(couple.ben.person_id),
    )
    go_to(instant=clock.now() + SHORTEST_COOLING_OFF + MOMENT)
    take_force(couple.pair.pk)
    return couple


def _trust(ana: Person) -> None:
    """Ana asked Noor to stand by her, and has read that her code was used."""
    noor = _person(NOOR)
    code = invite_supporter(
        by=ana,
        seed=new_seed(),
        name="Noor",
        request=letters.ANA_ASKS_NOOR,
        allowed={FIELDS[scope]: True for scope in (Scope.CALENDAR, Scope.CHECK_INS, Scope.PAUSE)},
        ends_at=clock.now() + timedelta(days=300),
        proof=Proof(ana.pk),
    )
    support = use_any_code(by=noor, code=code)
    if isinstance(support, Support):
        rename_supported(by=support, name=NOOR.name_for_other)
    for line in lines_to_tell(ana):
        dismiss_told(by=ana, look_id=line.pk)


def _join() -> Couple:
    ana, ben = _person(ANA), _person(BEN)
    place = use_code(by=ben, code=create_code(by=ana))
    return Couple(ana=get_membership_for(ana, place.pair_id), ben=place)


def _person(one: DemoPerson) -> Person:
    person = Person.objects.create_user(one.email, PASSWORD, time_zone=one.time_zone)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def _limits(one: DemoPerson) -> Limits:
    return Limits(
        days_between=28,
        minutes=60,
        letters=2,
        letter_length=10_000,
        live=True,
        hours=WEEKEND_BY_DAY,
        zone=one.time_zone,
        ask_before_each=False,
    )


def _converse(couple: Couple, span: Span, *, by: Membership, to: Membership, body: str) -> None:
    """One past conversation: a letter is written before it, arrives in it, and it ends."""
    go_to(instant=span.opens_at - timedelta(days=3))
    _write(by, body)
    go_to(instant=span.opens_at + MOMENT)
    open_and_release([couple.pair.pk])
    for envelope in _closed(to):
        open_envelope(by=to, envelope_id=envelope.pk)
    go_to(instant=span.closes_at + MOMENT)
    close_due([couple.pair.pk])


def _write(by: Membership, body: str) -> None:
    write_letter(by=by, key=uuid4(), body=body, hold=True)


def _look_back(by: Membership, span: Span, *, safe: int, body: str) -> None:
    """A check-in the day after, as far as that day has come."""
    go_to(instant=min(span.closes_at + timedelta(hours=16), database_now()))
    said = Said(key=uuid4(), answer=Answer.SAME, safe=safe, body=body)
    window = Window.objects.get(pair=by.pair, opens_at=span.opens_at)
    with suppress(OverError):
        give_after(by=by, window_id=window.pk, said=said)


def _reflect(by: Membership, body: str) -> None:
    write_reflection(by=by.person, key=uuid4(), question=Question.SAFE, body=body, is_marked=False)


def _closed(to: Membership) -> Iterator[Envelope]:
    yield from Envelope.objects.filter(
        recipient=to.person_id, window__pair=to.pair_id, state=Envelope.State.CLOSED
    )
