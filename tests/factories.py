"""What the tests make: values of the rules, and pairs in which something has happened.

Keyword-only functions. Whatever a test does not name is ordinary: one conversation on the first
Saturday of the month at six in the evening in Berlin, and limits that allow much more than that.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from accounts.models import Membership, Pair, Person
from accounts.proof import Proof
from boundaries import actions
from boundaries.models import Agreement, Proposal, Window
from boundaries.queries import agreement_in_force
from boundaries.rules.limits import HOURS_OF_THE_WEEK, Limits
from boundaries.rules.rhythm import Monthly, NthWeekday, Rhythm
from boundaries.rules.terms import Terms
from boundaries.rules.windows import Span, State
from conversations.actions import write_letter
from conversations.models import Letter
from tests.clock import Clock

SATURDAY = 5
COOLING_OFF = timedelta(hours=72)


def nth(*, nth: int = 1, weekday: int = SATURDAY, every: int = 1, phase: int = 0) -> Rhythm:
    """One weekday of every `every`th month."""
    return Monthly(every=every, phase=phase, days=frozenset({NthWeekday(nth, weekday)}))


def terms(**changes: Any) -> Terms:
    """Ordinary terms with these changes."""
    ordinary = {
        "rhythm": nth(),
        "at": time(18, 0),
        "zone": "Europe/Berlin",
        "minutes": 45,
        "letters": 2,
        "letter_length": 4000,
        "live": True,
        "ask_before_each": False,
    }
    return Terms(**(ordinary | changes))


def limits(**changes: Any) -> Limits:
    """Wide limits with these changes; they ask before no conversation."""
    wide = {
        "days_between": 7,
        "minutes": 120,
        "letters": 5,
        "letter_length": 10_000,
        "live": True,
        "hours": HOURS_OF_THE_WEEK,
        "zone": "UTC",
        "ask_before_each": False,
    }
    return Limits(**(wide | changes))


def utc(*, year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def span(*, opens_at: datetime, minutes: int = 45) -> Span:
    """A stretch of time."""
    return Span(opens_at, opens_at + timedelta(minutes=minutes))


def proof(*, of: Membership) -> Proof:
    """What this person's page would have taken from their session."""
    return Proof(of.person_id)


def place(*, of: Person, pair: Pair) -> Membership:
    """This person's place in the pair."""
    return Membership.objects.get(person=of, pair=pair)


def allow(*, by: tuple[Membership, ...], **changes: Any) -> None:
    """Let these persons set wide limits with these changes."""
    for each in by:
        actions.set_limits(by=each, limits=limits(**changes))


def propose(*, by: Membership, **changes: Any) -> Proposal:
    """Let this person propose ordinary terms with these changes."""
    return actions.propose(by=by, terms=terms(**changes), proof=proof(of=by))


def consent(*, by: Membership, to: Proposal) -> Proposal:
    """Let this person say yes to a proposal."""
    return actions.consent(by=by, proposal_id=to.pk, digest=to.digest, proof=proof(of=by))


def cooling_off(*, by: Membership, other: Membership, **changes: Any) -> Proposal:
    """A proposal by one person that both have said yes to."""
    return consent(by=other, to=propose(by=by, **changes))


def agree(*, by: Membership, other: Membership, clock: Clock, **changes: Any) -> Agreement:
    """Let both agree to ordinary terms with these changes, and let them take force."""
    proposal = cooling_off(by=by, other=other, **changes)
    assert proposal.takes_force_at is not None
    clock.go_to(proposal.takes_force_at)
    actions.sweep()
    agreement = agreement_in_force(by.pair)
    assert agreement is not None, "the agreement did not take force"
    return agreement


def next_window(*, pair: Pair) -> Window:
    """The next planned window."""
    return Window.objects.filter(pair=pair, state=State.PLANNED).order_by("opens_at")[0]


def letter(*, by: Membership, body: str = "Dear you", hold: bool = True) -> Letter:
    """Let this person write a letter."""
    return write_letter(by=by, key=uuid4(), body=body, hold=hold)
