"""The one gate: may this happen now?

`reasons_against(act, situation, at)` is the only answer to that question. Pages, workers and tests
all ask it, at the instant of the act and under the pair's lock. It returns nothing, or the reasons
against; it raises nothing, queries nothing and writes nothing. `GATE` at the end is the whole of
it, one line for each act.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from boundaries.rules import doors, reading
from boundaries.rules.acts import (
    AnswerWindow,
    BeginAgain,
    Consent,
    Leave,
    Notify,
    NotifyAhead,
    NotifyOfArrival,
    OpenDoor,
    OpenWindow,
    Propose,
    Release,
    Say,
    Show,
    TakeForce,
    TakeLess,
)
from boundaries.rules.limits import SHORTEST_REST, Limits, within
from boundaries.rules.proposals import Proposal, Standing, as_seen_by, rest_until, standing
from boundaries.rules.reasons import Reason
from boundaries.rules.situation import Situation
from boundaries.rules.talk import LONGEST_MESSAGE, MOST_MESSAGES
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import TOOK_PLACE, State, Window, days_between, fit, fits_hours, named

Check = Callable[[Any, Situation, datetime], bool]
InAWindow = OpenWindow | Release | Say | Leave | Notify


def reasons_against(act: object, situation: Situation, at: datetime) -> tuple[Reason, ...]:
    """Why `act` may not happen at `at` (an aware instant); empty if it may.

    Raises KeyError for what is not an act.
    """
    return tuple(
        reason for reason, forbids in GATE[type(act)].items() if forbids(act, situation, at)
    )


def parted(_: object, situation: Situation, __: datetime) -> bool:
    """R16."""
    return situation.parted


def paused(_: object, situation: Situation, __: datetime) -> bool:
    """R13: anybody's pause stops all."""
    return bool(situation.paused)


def paused_by_proposer(act: Propose, situation: Situation, _: datetime) -> bool:
    """R10, R14: one's own pause has to be lifted first; the other's is not to be noticed."""
    return act.by in situation.paused


def not_agreed(act: InAWindow, situation: Situation, _: datetime) -> bool:
    """R1: a window that is not one of the terms in force, whoever planned it, brings nothing."""
    span = act.window.span
    agreed = named(situation.in_force, span.opens_at)
    return agreed is None or agreed.closes_at < span.closes_at


def ended_since(act: NotifyOfArrival, situation: Situation, _: datetime) -> bool:
    """R13, R28: a pause, or another end of what was agreed, cancels what was not told yet."""
    return situation.agreement is None or act.window.agreement != situation.agreement


def too_early(act: OpenWindow, _: Situation, at: datetime) -> bool:
    """The beginning is part of the window."""
    return at < act.window.span.opens_at


def too_late(act: InAWindow, _: Situation, at: datetime) -> bool:
    """R20: the end is not part of the window."""
    return at >= act.window.span.closes_at


def begun(act: AnswerWindow, _: Situation, at: datetime) -> bool:
    """R24: an answer comes before the beginning, or not at all."""
    return at >= act.window.span.opens_at


def not_planned(act: OpenWindow | AnswerWindow, _: Situation, __: datetime) -> bool:
    """It opened already, or it will not."""
    return act.window.state is not State.PLANNED


def not_open(act: Release | Say | Leave | Notify, _: Situation, __: datetime) -> bool:
    """R17: outside an open window nothing is delivered."""
    return act.window.state is not State.OPEN


def never_opened(act: NotifyOfArrival, _: Situation, __: datetime) -> bool:
    """R17: what did not take place brought nothing."""
    return act.window.state not in TOOK_PLACE | {State.OPEN}


def another_open(act: OpenWindow, situation: Situation, _: datetime) -> bool:
    """One conversation at a time."""
    return any(
        window.state is State.OPEN and window.id != act.window.id for window in situation.windows
    )


def not_confirmed(act: InAWindow, situation: Situation, _: datetime) -> bool:
    """R24: whoever wanted to be asked, or both if the terms say so, must have said "go ahead"."""
    return any(
        needs_go_ahead(person, situation) and person not in act.window.go_ahead
        for person in situation.limits
    )


def skipped(act: OpenWindow, _: Situation, __: datetime) -> bool:
    """R24: either skips a conversation alone."""
    return bool(act.window.skipped)


def needs_go_ahead(person: UUID, situation: Situation) -> bool:
    """Whether no conversation opens without this person's "go ahead"."""
    return situation.in_force.ask_before_each or situation.limits[person].ask_before_each


def outside_hours(act: Release | Say | Notify, situation: Situation, _: datetime) -> bool:
    """R8: for this one conversation, in each person's own zone."""
    return not all(fits_hours(act.window.span, limits) for limits in situation.limits.values())


def outside_hours_or_too_soon(act: OpenWindow, situation: Situation, _: datetime) -> bool:
    """R8: for this one conversation, also the distance from the last, of whatever agreement."""
    return not all(fits(act.window, limits, situation) for limits in situation.limits.values())


def fits(window: Window, limits: Limits, situation: Situation) -> bool:
    """Whether one person's hours, and the distance that they want, allow this conversation."""
    last, zone = situation.last_conversation, situation.in_force.zone
    distance = limits.days_between or 0
    far = last is None or days_between(last, window.span.opens_at, zone) >= distance
    return far and fits_hours(window.span, limits)


def too_many_letters(act: Release, situation: Situation, _: datetime) -> bool:
    """R18."""
    return act.released >= situation.in_force.letters


def letter_too_long(act: Release, situation: Situation, _: datetime) -> bool:
    """R18."""
    return act.length > situation.in_force.letter_length


def not_live(_: Say, situation: Situation, __: datetime) -> bool:
    """R21: live talk is a part of the terms; limits are asked apart."""
    return not situation.in_force.live


def message_too_long(act: Say, _: Situation, __: datetime) -> bool:
    """R21."""
    return act.length > LONGEST_MESSAGE


def too_many_messages(act: Say, _: Situation, __: datetime) -> bool:
    """R21."""
    return act.recent >= MOST_MESSAGES


def not_read_again(act: Release, _: Situation, __: datetime) -> bool:
    """R17, R18: its author wanted it to go only after they had read it again, and did not."""
    if act.read_ahead is None:
        return False
    return not reading.counts(act.read_at, act.window.span.opens_at, act.read_ahead)


def in_force_beyond_limits(_: object, situation: Situation, __: datetime) -> bool:
    """R8, asked again wherever contact happens; lowering a limit has cut the terms already."""
    return not all(within(situation.in_force, limits) for limits in situation.limits.values())


def not_less(act: TakeLess, situation: Situation, _: datetime) -> bool:
    """R1: what is not less in every respect needs both."""
    return not act.terms < situation.in_force


def not_more(act: Propose, situation: Situation, _: datetime) -> bool:
    """R1: what is less needs nobody, so it is not put to the other.

    The same terms again are a renewal, which needs both (R6).
    """
    return act.terms < situation.in_force or act.terms == NO_CONTACT


def beyond_own_limits(act: Propose, situation: Situation, _: datetime) -> bool:
    """R10: a proposal fits its author's own limits."""
    return not within(act.terms, situation.limits[act.by])


def outside_own_hours(act: Propose, situation: Situation, at: datetime) -> bool:
    """R10: with its dates, too."""
    return not fit(act.terms, situation.limits[act.by], after=at)


def beyond_limits(act: Show | Consent | TakeForce, situation: Situation, at: datetime) -> bool:
    """R8, R10: within both persons' limits, hours included."""
    terms = act.proposal.terms
    return not all(
        within(terms, limits) and fit(terms, limits, after=at)
        for limits in situation.limits.values()
    )


def one_at_a_time(act: Propose, situation: Situation, at: datetime) -> bool:
    """R11, R5: by what the person sees, or a refusal would say what became of the earlier one."""
    return any(
        (proposal.author == act.by and as_seen_by(act.by, proposal, at) is Standing.OPEN)
        or seems_in_cooling_off(proposal, at)
        for proposal in situation.proposals
    )


def resting(act: Propose, situation: Situation, at: datetime) -> bool:
    """R11."""
    return any(
        proposal.author == act.by and rests(proposal, at, SHORTEST_REST)
        for proposal in situation.proposals
    )


def rests(proposal: Proposal, at: datetime, rest: timedelta) -> bool:
    """Whether at `at` its author has still to wait, for whom `rest` is long enough."""
    until = rest_until(proposal, at, rest)
    return until is not None and at < until


def not_received(act: Show | Consent, situation: Situation, at: datetime) -> bool:
    """R11: the other receives none, or wants a longer rest between two."""
    limits = situation.limits[reader(act)]
    return not limits.receives_proposals or any(
        earlier.author == act.proposal.author
        and earlier.made_at < act.proposal.made_at
        and rests(earlier, at, limits.rest)
        for earlier in situation.proposals
    )


def reader(act: Show | Consent) -> UUID:
    """Whom the proposal is put to."""
    return act.to if isinstance(act, Show) else act.by


def too_soon_for_more(
    act: Propose | Consent | TakeForce, situation: Situation, _: datetime
) -> bool:
    """R5: more than what was in force last only after one whole window was held under that."""
    terms = act.terms if isinstance(act, Propose) else act.proposal.terms
    last = situation.last_in_force
    return last is not None and not terms <= last and not situation.held_whole


def another_in_cooling_off(act: Consent, situation: Situation, at: datetime) -> bool:
    """R5: one at a time, by what is seen: one that ended in silence still seems to stand."""
    return any(
        other.id != act.proposal.id and seems_in_cooling_off(other, at)
        for other in situation.proposals
    )


def seems_in_cooling_off(proposal: Proposal, at: datetime) -> bool:
    """Whether it stands in cooling-off, or still looks so to somebody (R4)."""
    if proposal.takes_force_at is None:
        return False
    return standing(proposal, at) is Standing.COOLING_OFF or at < proposal.takes_force_at


def not_theirs(act: Show | Consent, _: Situation, __: datetime) -> bool:
    """Who proposed consented by proposing; the second consent is the other's."""
    return reader(act) == act.proposal.author


def not_open_proposal(act: Show | Consent, _: Situation, at: datetime) -> bool:
    """It was declined, withdrawn, agreed to, void, or has lapsed."""
    return standing(act.proposal, at) is not Standing.OPEN


def not_cooling_off(act: TakeForce, _: Situation, at: datetime) -> bool:
    """R4: a consent was withdrawn, or it is void or in force already."""
    return standing(act.proposal, at) is not Standing.COOLING_OFF


def not_both_consented(act: TakeForce, situation: Situation, _: datetime) -> bool:
    """R2: both said yes to these exact terms, and neither took it back."""
    return not situation.limits.keys() <= act.proposal.consented


def cooling_off(act: TakeForce, situation: Situation, at: datetime) -> bool:
    """R2: not before the end of cooling-off, nor of one that somebody has made longer since."""
    proposal = act.proposal
    if proposal.takes_force_at is None or at < proposal.takes_force_at:
        return True
    longest = max(limits.cooling_off for limits in situation.limits.values())
    return proposal.agreed_at is not None and at < proposal.agreed_at + longest


def changed_meanwhile(act: Show | Consent | TakeForce, situation: Situation, _: datetime) -> bool:
    """R3: consent is to a change from what was in force."""
    return act.proposal.base != situation.agreement


def not_parted(_: object, situation: Situation, __: datetime) -> bool:
    """R16: a door is left open after the end, not before."""
    return not situation.parted


def doors_not_open(_: object, situation: Situation, at: datetime) -> bool:
    """R16: until both are open, and have been for a while, neither is told."""
    return not doors.meet(situation.doors, situation.limits, at)


GATE: Mapping[type, Mapping[Reason, Check]] = {
    OpenWindow: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: not_agreed,
        Reason.BEYOND_LIMITS: in_force_beyond_limits,
        Reason.OUTSIDE_HOURS: outside_hours_or_too_soon,
        Reason.NOT_CONFIRMED: not_confirmed,
        Reason.SKIPPED: skipped,
        Reason.NOT_PLANNED: not_planned,
        Reason.ONE_AT_A_TIME: another_open,
        Reason.TOO_EARLY: too_early,
        Reason.TOO_LATE: too_late,
    },
    AnswerWindow: {
        Reason.PARTED: parted,
        Reason.NOT_PLANNED: not_planned,
        Reason.TOO_LATE: begun,
    },
    Release: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: not_agreed,
        Reason.BEYOND_LIMITS: in_force_beyond_limits,
        Reason.OUTSIDE_HOURS: outside_hours,
        Reason.NOT_CONFIRMED: not_confirmed,
        Reason.NOT_OPEN: not_open,
        Reason.TOO_LATE: too_late,
        Reason.TOO_MANY_LETTERS: too_many_letters,
        Reason.LETTER_TOO_LONG: letter_too_long,
        Reason.NOT_READ_AGAIN: not_read_again,
    },
    Say: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: not_agreed,
        Reason.NOT_LIVE: not_live,
        Reason.BEYOND_LIMITS: in_force_beyond_limits,
        Reason.OUTSIDE_HOURS: outside_hours,
        Reason.NOT_CONFIRMED: not_confirmed,
        Reason.NOT_OPEN: not_open,
        Reason.TOO_LATE: too_late,
        Reason.MESSAGE_TOO_LONG: message_too_long,
        Reason.TOO_MANY_MESSAGES: too_many_messages,
    },
    Leave: {
        Reason.NOT_OPEN: not_open,
        Reason.TOO_LATE: too_late,
    },
    Notify: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: not_agreed,
        Reason.BEYOND_LIMITS: in_force_beyond_limits,
        Reason.OUTSIDE_HOURS: outside_hours,
        Reason.NOT_CONFIRMED: not_confirmed,
        Reason.NOT_OPEN: not_open,
        Reason.TOO_LATE: too_late,
    },
    NotifyOfArrival: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NO_AGREEMENT: ended_since,
        Reason.NOT_OPEN: never_opened,
    },
    NotifyAhead: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
    },
    TakeLess: {
        Reason.PARTED: parted,
        Reason.NOT_LESS: not_less,
    },
    Propose: {
        Reason.PARTED: parted,
        Reason.OWN_PAUSE: paused_by_proposer,
        Reason.NOT_MORE: not_more,
        Reason.BEYOND_OWN_LIMITS: beyond_own_limits,
        Reason.OUTSIDE_OWN_HOURS: outside_own_hours,
        Reason.TOO_SOON_FOR_MORE: too_soon_for_more,
        Reason.ONE_AT_A_TIME: one_at_a_time,
        Reason.RESTING: resting,
    },
    Show: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NOT_THEIRS: not_theirs,
        Reason.NOT_STANDING: not_open_proposal,
        Reason.NOT_RECEIVED: not_received,
        Reason.CHANGED_MEANWHILE: changed_meanwhile,
        Reason.BEYOND_LIMITS: beyond_limits,
    },
    Consent: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NOT_THEIRS: not_theirs,
        Reason.NOT_STANDING: not_open_proposal,
        Reason.NOT_RECEIVED: not_received,
        Reason.CHANGED_MEANWHILE: changed_meanwhile,
        Reason.BEYOND_LIMITS: beyond_limits,
        Reason.TOO_SOON_FOR_MORE: too_soon_for_more,
        Reason.COOLING_OFF: another_in_cooling_off,
    },
    OpenDoor: {
        Reason.NOT_PARTED: not_parted,
    },
    BeginAgain: {
        Reason.NOT_PARTED: not_parted,
        Reason.DOORS_NOT_OPEN: doors_not_open,
    },
    TakeForce: {
        Reason.PARTED: parted,
        Reason.PAUSED: paused,
        Reason.NOT_STANDING: not_cooling_off,
        Reason.NOT_CONFIRMED: not_both_consented,
        Reason.COOLING_OFF: cooling_off,
        Reason.CHANGED_MEANWHILE: changed_meanwhile,
        Reason.BEYOND_LIMITS: beyond_limits,
        Reason.TOO_SOON_FOR_MORE: too_soon_for_more,
    },
}
"""What forbids each act."""
