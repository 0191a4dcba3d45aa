"""What there is for a person to decide or to know of: one answer, for pages and for notices."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Membership, Person
from boundaries import queries as boundaries
from boundaries.queries import time_apart as times_apart
from boundaries.rules import acts, gate, reading, window_checks
from boundaries.rules.checkins import Wishes, is_asked_before
from boundaries.rules.quiet import QuietHours
from boundaries.rules.reasons import Reason
from boundaries.rules.situation import Situation
from boundaries.rules.terms import Terms
from boundaries.rules.windows import State, Window, fits_hours
from conversations import queries
from conversations.models import Letter, Matter, Notice

A_DAY = timedelta(days=1)
OF_LETTERS = frozenset({Reason.TOO_MANY_LETTERS, Reason.LETTER_TOO_LONG, Reason.NOT_READ_AGAIN})
Kind = Notice.Kind

Found = Iterator[tuple[UUID, UUID | None]]
"""For each matter, the key of what it is about, and that of its conversation if it has one."""

Source = Callable[[Membership, Situation, datetime], Found]


def is_asked_to_read(membership: Membership, letter: Letter, at: datetime) -> bool:
    """Whether its writer wanted to read this letter again before it goes, and it is time."""
    if letter.state != Letter.State.HELD or not letter.read_again_hours:
        return False
    situation = boundaries.load_situation(membership.pair, at)
    return _is_asked(letter, would_go_into(membership, situation, at), at)


def are_enough_before(
    membership: Membership, letter: Letter | None, in_force: Terms, at: datetime
) -> bool:
    """Whether as many letters of theirs as one conversation takes would go before this one (R18).

    letter: None for one that is not written yet. As it is now: what is too long, or waits for being
    read again, takes nobody's place. Of what the gate says only that counts which is of letters:
    what else stands against their going may be the other's, and is not to be noticed (R10, R17).
    """
    held = queries.held_before(membership, letter)
    if not in_force.letters or len(held) < in_force.letters:
        return False
    situation = boundaries.load_situation(membership.pair, at)
    window = would_go_into(membership, situation, at)
    return window is not None and _going(held, window, situation, at) == in_force.letters


def _going(held: Iterable[Letter], window: Window, situation: Situation, at: datetime) -> int:
    """How many of one person's letters would go into this conversation, for what is of letters."""
    going = 0
    for letter in held:
        reasons = gate.reasons_against(letter.release_into(window, going), situation, at)
        going += OF_LETTERS.isdisjoint(reasons)
    return going


def to_read_again(membership: Membership, situation: Situation, at: datetime) -> list[Letter]:
    """The letters that their writer is now asked to read again, the latest first."""
    window = would_go_into(membership, situation, at)
    chosen = queries.letters_of(membership).filter(state=Letter.State.HELD, read_again_hours__gt=0)
    return [letter for letter in chosen if _is_asked(letter, window, at)]


def _is_asked(letter: Letter, window: Window | None, at: datetime) -> bool:
    return window is not None and reading.asked(
        letter.read_again_at, window.span.opens_at, letter.read_ahead, at
    )


def would_go_into(membership: Membership, situation: Situation, at: datetime) -> Window | None:
    """The next planned conversation that this person did not skip.

    Their own answer alone counts: what the other answered is not to be noticed.
    """
    coming = boundaries.coming_windows(situation, at)
    return next(
        (
            window
            for window in coming
            if window.state is State.PLANNED and membership.person_id not in window.skipped
        ),
        None,
    )


def asking(membership: Membership, situation: Situation) -> Wishes | None:
    """How this person wants to be asked for the "go ahead" that they need; None if they need none.

    One query, or none.
    """
    if not window_checks.needs_go_ahead(membership.person_id, situation):
        return None
    wishes: Wishes = import_string(settings.REPAIR_WISHES)(membership, situation)
    return wishes


def answer_to(
    membership: Membership,
    window: Window | None,
    situation: Situation,
    at: datetime,
    wishes: Wishes | None,
) -> str:
    """What this person said to a conversation to come: "skipped", "go_ahead", or "asked" or "open".

    wishes: see `asking`. Who needs to say "go ahead" is asked from as many days before as they
    chose, as in their check-ins (R24). "outside" if their own hours forbid
    it; "due" if it should be open and no worker has come, when it can still be skipped, and
    "skipped_for_good" if it was; empty if there is nothing to say.
    """
    me = membership.person_id
    if window is None or gate.reasons_against(acts.Skip(window), situation, at):
        return ""
    if not fits_hours(window.span, situation.limits[me]):
        return "outside"
    if gate.reasons_against(acts.GoAhead(window), situation, at):
        return "skipped_for_good" if me in window.skipped else "due"
    if me in window.skipped:
        return "skipped"
    if me in window.go_ahead:
        return "go_ahead"
    return "asked" if wishes and is_asked_before(window, wishes.days_ahead, at) else "open"


def quiet_hours_of(person: Person) -> QuietHours:
    """When no notice goes to this person."""
    return QuietHours(person.quiet_from, person.quiet_until, person.time_zone)


def matters_for(
    membership: Membership, situation: Situation, at: datetime, kinds: Collection[str]
) -> Iterator[Matter]:
    """What is to come, or to be decided, that notices of these kinds may tell this person at `at`.

    Nothing but what their own pages show at that instant, so nothing that the other's skip, limits
    or pause make of it (R10, R14); and nothing at all while anybody's pause stands (R13).
    """
    if gate.reasons_against(acts.NotifyAhead(), situation, at):
        return
    for kind in kinds:
        for source in _sources(kind):
            for about, window in source(membership, situation, at):
                yield Matter(Kind(kind), about, window)


def _sources(kind: str) -> Iterable[Source]:
    match kind:
        case Kind.DAY_BEFORE:
            return (_day_before,)
        case Kind.TO_DECIDE:
            return _to_answer, _proposed, _suggested, _to_read
    return (import_string(settings.REPAIR_MATTERS[kind]),)


def _day_before(membership: Membership, situation: Situation, at: datetime) -> Found:
    """The next conversation, unless this person skipped it or their own hours forbid it."""
    window = would_go_into(membership, situation, at)
    if window is None or not fits_hours(window.span, situation.limits[membership.person_id]):
        return
    if window.span.opens_at - A_DAY <= at < window.span.opens_at:
        yield window.id, window.id


def _to_answer(membership: Membership, situation: Situation, at: datetime) -> Found:
    """The next conversation, if this person wants to be asked before it and is now.

    Not where a mail goes when the check-in before it begins: that asks the same, and a second mail
    would chase the first (R24).
    """
    window, wishes = boundaries.next_window(situation, at), asking(membership, situation)
    if not wishes or (wishes.wants_check_ins and membership.person.wants_notice_check_in):
        return
    if window and answer_to(membership, window, situation, at, wishes) == "asked":
        yield window.id, window.id


def _proposed(membership: Membership, situation: Situation, at: datetime) -> Found:
    """What the other proposed, renewals too, as far as this person is shown it. No query."""
    for proposal in situation.proposals:
        if not gate.reasons_against(acts.Show(membership.person_id, proposal), situation, at):
            yield proposal.id, None


def _suggested(membership: Membership, situation: Situation, at: datetime) -> Found:
    """A time apart that the other suggested, as far as this person is shown it."""
    situation = times_apart.with_times_apart(situation, membership.pair, at)
    for each in situation.times_apart:
        if not gate.reasons_against(acts.ShowTimeApart(membership.person_id, each), situation, at):
            yield each.id, None


def _to_read(membership: Membership, situation: Situation, at: datetime) -> Found:
    """Letters of their own that they wanted to read again before this conversation."""
    window = would_go_into(membership, situation, at)
    if window:
        for letter in to_read_again(membership, situation, at):
            yield letter.pk, window.id
