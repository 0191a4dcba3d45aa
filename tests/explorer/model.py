"""A pair as one hashable value, and what each act writes in it.

What may happen is not decided here: every act asks the real gate, and what is left of terms and of
windows is the real rules' answer. Only what the actions *write* is told again, without a database;
`test_agreement` compares it with them act by act.

Instants are minutes (see `domain`), persons are 0 and 1, terms and limits are places in
`domain.TERMS` and `domain.LIMITS`, and NEVER stands for no instant. An act that the gate forbids
raises NotAllowedError.
"""

from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import islice, takewhile
from typing import NamedTuple
from uuid import UUID

from boundaries.rules import (
    acts,
    gate,
    limits,
    proposal_checks,
    proposals,
    time_apart,
    window_checks,
    windows,
)
from boundaries.rules.limits import HOURS_OF_THE_WEEK, Limits
from boundaries.rules.proposals import End, Standing
from boundaries.rules.reasons import Reason
from boundaries.rules.situation import Situation
from boundaries.rules.terms import Terms
from boundaries.rules.windows import Span, State
from tests.explorer import apart
from tests.explorer.apart import Apart
from tests.explorer.domain import (
    LIMITS,
    MINUTE,
    NEVER,
    NO_TERMS,
    PERSONS,
    START,
    TERMS,
    instant,
    maybe_instant,
    minute_of,
)

NOBODY = -1
NO_ANSWER, SKIP, GO_AHEAD = 0, 1, 2
NOT_ENDED = -1
ENDS = tuple(End)
KNOWN_TO_BE_OVER = (ENDS.index(End.IN_FORCE), ENDS.index(End.SUPERSEDED))
LAPSE = proposals.LAPSE // MINUTE
OPEN_TO_ITS_AUTHOR = time_apart.Standing.OPEN
IN_TIME = windows.WHOLE_IF_OPENED_WITHIN // MINUTE


class NotAllowedError(Exception):
    """The gate's reasons."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class Planned(NamedTuple):
    """A window that is planned or open.

    answers: of each person. whole: whether it was opened in time.
    """

    opens: int
    closes: int
    agreement: int
    open: bool = False
    whole: bool = False
    answers: tuple[int, int] = (NO_ANSWER, NO_ANSWER)


class Proposed(NamedTuple):
    """A proposal, with whose yes stands and who took theirs back when."""

    author: int
    terms: int
    base: int
    made: int
    agreed: int = NEVER
    due: int = NEVER
    end: int = NOT_ENDED
    ended: int = NEVER
    ended_by: int = NOBODY
    yes: tuple[bool, bool] = (False, False)
    back: tuple[int, int] = (NEVER, NEVER)


class Pair(NamedTuple):
    """All that the actions keep of a pair, as far as the rules look at it.

    agreement: the number of the one in force, 0 without one. number: of the latest. last: the terms
    in force last, NOBODY's if there never were any.
    """

    now: int = START
    limits: tuple[int, int] = (0, 0)
    paused: tuple[bool, bool] = (False, False)
    parted: bool = False
    in_force: int = NO_TERMS
    agreement: int = 0
    review: int = NEVER
    number: int = 0
    last: int = -1
    held_whole: bool = False
    last_conversation: int = NEVER
    windows: tuple[Planned, ...] = ()
    proposals: tuple[Proposed, ...] = ()
    times_apart: tuple[Apart, ...] = ()


# What the gate is shown.


@cache
def number_id(number: int) -> UUID | None:
    """The key of an agreement; None for none."""
    return UUID(int=1_000 + number) if number else None


@lru_cache(maxsize=1_000)
def both_limits(codes: tuple[int, int]) -> dict[UUID, Limits]:
    """The limits of both persons."""
    return {person: LIMITS[code] for person, code in zip(PERSONS, codes, strict=True)}


def window_id(opens_at: datetime) -> UUID:
    """The key of the window that opens then; two of a pair never open at once."""
    return UUID(int=1_000_000 + minute_of(opens_at))


@lru_cache(maxsize=10_000)
def window_value(window: Planned) -> windows.Window:
    """A window as the gate sees it."""
    return windows.Window(
        id=window_id(instant(window.opens)),
        span=Span(instant(window.opens), instant(window.closes)),
        state=State.OPEN if window.open else State.PLANNED,
        agreement=number_id(window.agreement),
        go_ahead=_who(window, GO_AHEAD),
        skipped=_who(window, SKIP),
    )


def _who(window: Planned, answer: int) -> frozenset[UUID]:
    return frozenset(PERSONS[who] for who in (0, 1) if window.answers[who] == answer)


@lru_cache(maxsize=10_000)
def proposal_value(index: int, proposal: Proposed) -> proposals.Proposal:
    """A proposal as the gate sees it, known by its place among all."""
    return proposals.Proposal(
        id=UUID(int=1 + index),
        author=PERSONS[proposal.author],
        terms=TERMS[proposal.terms],
        base=number_id(proposal.base),
        made_at=instant(proposal.made),
        agreed_at=maybe_instant(proposal.agreed),
        takes_force_at=maybe_instant(proposal.due),
        end=None if proposal.end == NOT_ENDED else ENDS[proposal.end],
        ended_at=maybe_instant(proposal.ended),
        ended_by=None if proposal.ended_by == NOBODY else PERSONS[proposal.ended_by],
        consented=frozenset(PERSONS[who] for who in (0, 1) if proposal.yes[who]),
        taken_back={
            PERSONS[who]: instant(proposal.back[who])
            for who in (0, 1)
            if proposal.back[who] != NEVER
        },
    )


@lru_cache(maxsize=16)
def situation_of(pair: Pair) -> Situation:
    """The situation that `load_situation_for_time_apart` would give, with other keys."""
    return gate.settled(as_stored(pair), instant(pair.now))


def as_stored(pair: Pair) -> Situation:
    """The same with what is due and forbidden as its row still says."""
    return Situation(
        limits=both_limits(pair.limits),
        paused=frozenset(PERSONS[who] for who in (0, 1) if pair.paused[who]),
        parted=pair.parted,
        in_force=TERMS[pair.in_force],
        agreement=number_id(pair.agreement),
        review_at=maybe_instant(pair.review),
        number=pair.number,
        last_in_force=None if pair.last == NOBODY else TERMS[pair.last],
        held_whole=pair.held_whole,
        last_conversation=maybe_instant(pair.last_conversation),
        windows=tuple(map(window_value, pair.windows)),
        proposals=tuple(proposal_value(*each) for each in enumerate(pair.proposals)),
        apart_until=maybe_instant(apart.apart_until(pair.times_apart, pair.now)),
        times_apart=tuple(apart.value(*each) for each in enumerate(pair.times_apart)),
    )


def ask(act: object, pair: Pair) -> tuple[Reason, ...]:
    """What the real gate has against an act now."""
    return gate.reasons_against(act, situation_of(pair), instant(pair.now))


def _refuse_if(reasons: tuple[Reason, ...]) -> None:
    if reasons:
        raise NotAllowedError(reasons)


# What persons do. Each is told after the action of the same name.


def set_limits(pair: Pair, who: int, code: int) -> Pair:
    """`boundaries.actions.set_limits`."""
    if pair.limits[who] == code:
        return pair
    before = void_forbidden(pair)
    return _cut(before, before._replace(limits=put(pair.limits, who, code)), who)


def _cut(before: Pair, pair: Pair, who: int) -> Pair:
    """A skip is not written to a window that is over, or whose agreement ends by this."""
    left = TERMS.code(limits.cut(TERMS[pair.in_force], both_limits(pair.limits).values()))
    if left == pair.in_force:
        return shorten_open(_saying_yes_no_more(before, _skipping(before, pair, who), who), left)
    if left == NO_TERMS:
        return end_all_contact(pair, who)
    skipping = _skipping(before, pair, who)
    both = zip(pair.windows, skipping.windows, strict=True)
    rows = (was if was.closes <= pair.now else skips for was, skips in both)
    return put_less_in_force(pair._replace(windows=tuple(rows)), left, who)


def _saying_yes_no_more(before: Pair, pair: Pair, who: int) -> Pair:
    """To what their new limits forbid."""
    situation = replace(situation_of(before), limits=both_limits(pair.limits))
    at = instant(pair.now)
    for value in proposal_checks.forbidden_by_own_limits(PERSONS[who], situation, at):
        pair = _take_back(pair, who, value.id.int - 1)
    return pair


def _skipping(before: Pair, pair: Pair, who: int) -> Pair:
    """What does not fit, and what needed their "go ahead" until now and does not have it."""
    situation, was = situation_of(pair), situation_of(before)
    own = LIMITS[pair.limits[who]]
    needed, needs = (window_checks.needs_go_ahead(PERSONS[who], each) for each in (was, situation))
    rows = (
        _answered(each, who, SKIP)
        if not each.open
        and (
            not window_checks.fits(window_value(each), own, situation)
            or (needed and not needs and each.answers[who] != GO_AHEAD)
        )
        else each
        for each in pair.windows
    )
    return pair._replace(windows=tuple(rows))


def take_less(pair: Pair, who: int, code: int) -> Pair:
    """`boundaries.actions.take_less`."""
    if code == NO_TERMS:
        return end_all_contact(pair, who)
    if pair.in_force == code:
        return pair
    _refuse_if(ask(acts.TakeLess(TERMS[code]), pair))
    return put_less_in_force(pair, code, who)


def propose(pair: Pair, who: int, code: int) -> Pair:
    """`boundaries.actions.propose`: one that the other's pause keeps from them is void at once."""
    if _looks_open_already(pair, who, code):
        return pair
    _refuse_if(ask(acts.Propose(PERSONS[who], TERMS[code]), pair))
    row = Proposed(who, code, pair.agreement, pair.now, yes=put((False, False), who, value=True))
    if any(pair.paused):
        row = row._replace(end=ENDS.index(End.VOID), ended=pair.now)
    return pair._replace(proposals=(*pair.proposals, row))


def _looks_open_already(pair: Pair, who: int, code: int) -> bool:
    return any(
        each.author == who and each.terms == code and seen(pair, who, index) is Standing.OPEN
        for index, each in enumerate(pair.proposals)
    )


def consent(pair: Pair, who: int, index: int) -> Pair:
    """`boundaries.actions.consent`, to the proposal at this place."""
    row = pair.proposals[index]
    if row.yes[who]:
        return pair
    _refuse_if(ask(acts.Consent(PERSONS[who], proposal_value(index, row)), pair))
    pair = void_forbidden(pair)
    longest = cooling_off(both_limits(pair.limits))
    return _with_proposal(
        pair,
        index,
        row._replace(yes=put(row.yes, who, value=True), agreed=pair.now, due=pair.now + longest),
    )


def cooling_off(limits_of: dict[UUID, Limits]) -> int:
    """How long an increase waits that both have just consented to."""
    return max(each.cooling_off for each in limits_of.values()) // MINUTE


def withdraw(pair: Pair, who: int, index: int) -> Pair:
    """`boundaries.actions.withdraw_proposal`."""
    return _take_back(pair, who, index) if _stands_by(pair, who, index) else pair


def _stands_by(pair: Pair, who: int, index: int) -> bool:
    looks = seen(pair, who, index)
    return pair.proposals[index].yes[who] and looks in (Standing.OPEN, Standing.COOLING_OFF)


def _take_back(pair: Pair, who: int, index: int) -> Pair:
    """`boundaries.actions.proposals.take_back`, of one."""
    row = _taken_back(pair.proposals[index], who, pair.now)
    if row.end == NOT_ENDED:
        row = _ended(row, End.WITHDRAWN if row.due == NEVER else End.CONSENT_WITHDRAWN, pair, who)
    return _with_proposal(pair, index, row)


def decline(pair: Pair, who: int, index: int) -> Pair:
    """`boundaries.actions.decline`."""
    row = pair.proposals[index]
    if row.due != NEVER and _stands_by(pair, who, index):
        return _take_back(pair, who, index)
    if row.author == who or standing(pair, index) is not Standing.OPEN:
        return pair
    return _with_proposal(pair, index, _ended(row, End.DECLINED, pair, who))


def pause(pair: Pair, who: int) -> Pair:
    """`boundaries.actions.pause`."""
    if pair.paused[who]:
        return pair
    pair = end_all_contact(pair._replace(paused=put(pair.paused, who, value=True)), who)
    return pair._replace(times_apart=apart.voided(pair.times_apart, pair.now, who))


def lift(pair: Pair, who: int) -> Pair:
    """`boundaries.actions.lift`: restores nothing."""
    return pair._replace(paused=put(pair.paused, who, value=False))


def part(pair: Pair, who: int) -> Pair:
    """`conversations.actions.part`, without what becomes of letters."""
    return pair if pair.parted else end_all_contact(pair._replace(parted=True), who)


def skip(pair: Pair, who: int, opens: int) -> Pair:
    """`boundaries.actions.skip`, the window that opens then, or that has: it is over by this."""
    window = next(each for each in pair.windows if each.opens == opens)
    if window.open:
        _refuse_if(ask(acts.Leave(window_value(window)), pair))
        return pair._replace(windows=tuple(each for each in pair.windows if each != window))
    return _answer(pair, who, opens, SKIP, acts.Skip)


def go_ahead(pair: Pair, who: int, opens: int) -> Pair:
    """`boundaries.actions.go_ahead`, with the window that opens then."""
    return _answer(pair, who, opens, GO_AHEAD, acts.GoAhead)


def _answer(
    pair: Pair, who: int, opens: int, answer: int, act: type[acts.Skip | acts.GoAhead]
) -> Pair:
    window = next(each for each in pair.windows if each.opens == opens)
    _refuse_if(ask(act(window_value(window)), pair))
    return _with_window(pair, _answered(window, who, answer))


def suggest(pair: Pair, who: int, choice: int) -> Pair:
    """`boundaries.actions.suggest_time_apart`, for the day that lies so far ahead."""
    row = Apart(who, apart.first_minute(pair.now, choice), pair.now)
    rows = pair.times_apart
    if any(
        (each.author, each.until) == (who, row.until)
        and apart.seen(rows, pair.now, who, index) is OPEN_TO_ITS_AUTHOR
        for index, each in enumerate(rows)
    ):
        return pair
    day = instant(row.until).date()
    _refuse_if(ask(acts.SuggestTimeApart(PERSONS[who], day, "UTC"), pair))
    if any(pair.paused):
        row = row._replace(end=apart.ENDS.index(time_apart.End.VOID))
    return pair._replace(times_apart=(*rows, row))


def choose(pair: Pair, who: int, index: int) -> Pair:
    """`boundaries.actions.agree_to_time_apart`: it ends what is in force, and holds at once."""
    row = pair.times_apart[index]
    if row.agreed != NEVER:
        return pair
    _refuse_if(ask(acts.AgreeToTimeApart(PERSONS[who], apart.value(index, row)), pair))
    pair = end_contact(settle_for_time_apart(pair))
    rows = apart.put_behind(pair.times_apart, pair.now)
    return pair._replace(times_apart=put(rows, index, row._replace(agreed=pair.now)))


def say_no(pair: Pair, who: int, index: int) -> Pair:
    """`boundaries.actions.decline_time_apart`."""
    row = pair.times_apart[index]
    if row.author == who or not apart.is_open(pair.times_apart, pair.now, index):
        return pair
    return _with_time_apart(pair, index, apart.declined(row))


def take_back(pair: Pair, who: int, index: int) -> Pair:
    """`boundaries.actions.take_back_time_apart`."""
    row, look = pair.times_apart[index], apart.seen(pair.times_apart, pair.now, who, index)
    if row.author != who or look is not OPEN_TO_ITS_AUTHOR:
        return pair
    return _with_time_apart(pair, index, row._replace(back=pair.now))


def let_be(pair: Pair, _: int, __: int) -> Pair:
    """`boundaries.actions.let_be`: a row of one's own, which no rule ever looks at."""
    return pair


# What time and the worker do.


def wait(pair: Pair, until: int) -> Pair:
    """Time passes, and nobody does anything. Nothing but the instant changes."""
    return pair._replace(now=until)


def settle(pair: Pair) -> Pair:
    """`boundaries.actions.sweep`."""
    return lapse(take_force(close_due(pair)))


def close_due(pair: Pair) -> Pair:
    """Close what is open and over. One that opened late does not count as whole (R5)."""
    over = [each for each in pair.windows if each.open and each.closes <= pair.now]
    held = any(each.whole and each.agreement == pair.number for each in over)
    kept = tuple(each for each in pair.windows if each not in over)
    return pair._replace(windows=kept, held_whole=pair.held_whole or held)


def take_force(pair: Pair) -> Pair:
    """Put into force what has cooled off; what the gate forbids is void."""
    pair = void_forbidden(pair)
    for index, row in enumerate(pair.proposals):
        if is_due(pair, row):
            pair = put_in_force(pair, index)
    return pair


def void_forbidden(pair: Pair) -> Pair:
    """`boundaries.actions.agreements.void_forbidden`."""
    found = situation_of(pair).proposals
    rows = (
        _ended(row, End.VOID, pair, NOBODY) if is_due(pair, row) and value.end else row
        for row, value in zip(pair.proposals, found, strict=True)
    )
    return pair._replace(proposals=tuple(rows))


def is_due(pair: Pair, row: Proposed) -> bool:
    """Whether it stands and its instant has come."""
    return row.end == NOT_ENDED and NEVER < row.due <= pair.now


def lapse(pair: Pair) -> Pair:
    """End an agreement whose review has come, once all its windows are settled (R6)."""
    if pair.agreement and pair.review <= pair.now and not pair.windows:
        return end_all_contact(pair, NOBODY)
    return pair


def open_due(pair: Pair) -> Pair:
    """`conversations.actions.sweep`, without letters and notices."""
    for window in pair.windows:
        if window.open or window.opens > pair.now:
            continue
        reasons = ask(acts.OpenWindow(window_value(window)), pair)
        if not reasons:
            whole = pair.now <= window.opens + IN_TIME
            pair = _with_window(pair, window._replace(open=True, whole=whole))
            pair = pair._replace(last_conversation=max(pair.last_conversation, window.opens))
        elif Reason.TOO_LATE in reasons or Reason.ONE_AT_A_TIME not in reasons:
            pair = pair._replace(windows=tuple(each for each in pair.windows if each != window))
    return pair


# What several of them do: `boundaries.actions.agreements` and `planning`.


def put_in_force(pair: Pair, index: int) -> Pair:
    """Begin the agreement that a proposal made, with its windows up to the review."""
    code = pair.proposals[index].terms
    due = instant(pair.proposals[index].due)
    first = _first_windows(TERMS[code], situation_of(pair), instant(pair.now), shown_from=due)
    pair = _settle_proposals(pair, index)
    ahead = {each.opens: each for each in pair.windows if _is_ahead(each, pair)}
    number = pair.number + 1
    new = [
        Planned(
            minute_of(span.opens_at),
            minute_of(span.closes_at),
            number,
            answers=_skips(ahead.get(minute_of(span.opens_at))),
        )
        for span in first
    ]
    stay = tuple(each for each in pair.windows if not _is_ahead(each, pair))
    pair = shorten_open(pair._replace(windows=stay), code)
    pair = pair._replace(windows=tuple(sorted((*pair.windows, *new))))
    return _begin(pair, code, new[-1].closes if new else pair.now)


def _settle_proposals(pair: Pair, index: int) -> Pair:
    """The one that takes force, and all that looks open beside it, are over."""
    rows = list(pair.proposals)
    for other, row in enumerate(rows):
        looks_open = row.due == NEVER and row.made > pair.now - LAPSE and row.back == (NEVER, NEVER)
        if other == index or looks_open:
            end = End.IN_FORCE if other == index else End.SUPERSEDED
            rows[other] = _ended(row, end, pair, NOBODY)
    return pair._replace(proposals=tuple(rows))


def _first_windows(
    terms: Terms, situation: Situation, at: datetime, *, shown_from: datetime
) -> list[Span]:
    shown = set(islice(windows.occurrences(terms, after=shown_from), windows.WINDOWS_UNTIL_REVIEW))
    both, previous = situation.limits.values(), situation.last_conversation
    spans = windows.plan(terms, both, after=at, previous=previous)
    begun = (each.span for each in situation.windows if each.span.opens_at <= at)
    free_from = max((span.closes_at for span in begun), default=at)
    return [span for span in takewhile(shown.__contains__, spans) if span.opens_at >= free_from]


def put_less_in_force(pair: Pair, code: int, who: int) -> Pair:
    """Replace what is in force by less; the windows that still fit stay, and none is added."""
    if code == NO_TERMS:
        return end_all_contact(pair, who)
    pair = void_proposals(pair, who)
    not_over = [each for each in pair.windows if not each.open and pair.now < each.closes]
    kept = _left_of(TERMS[code], situation_of(pair), {instant(each.opens) for each in not_over})
    review = pair.review
    if not_over:
        review = min(review, kept[max(kept)] if kept else pair.now)
    rows = []
    for window in pair.windows:
        if window not in not_over:
            rows.append(window)
        elif window.opens in kept:
            closes = kept[window.opens]
            rows.append(window._replace(closes=closes, agreement=pair.number + 1))
    return shorten_open(_begin(pair._replace(windows=tuple(rows)), code, review), code)


def _left_of(terms: Terms, situation: Situation, planned: set[datetime]) -> dict[int, int]:
    """Of the windows that open then, those which the terms and the distances also plan."""
    if not planned:
        return {}
    both = [replace(each, hours=HOURS_OF_THE_WEEK) for each in situation.limits.values()]
    previous = situation.last_conversation
    spans = windows.plan(terms, both, after=min(planned), previous=previous)
    until_last = takewhile(lambda span: span.opens_at <= max(planned), spans)
    return {
        minute_of(span.opens_at): minute_of(span.closes_at)
        for span in until_last
        if span.opens_at in planned
    }


def shorten_open(pair: Pair, code: int) -> Pair:
    """Let an open window go on only as long as the terms and the limits allow."""
    rows = (_shortened(each, pair, code) if each.open else each for each in pair.windows)
    return pair._replace(windows=tuple(each for each in rows if each))


def _shortened(window: Planned, pair: Pair, code: int) -> Planned | None:
    """None if it ends now."""
    agreed = windows.named(TERMS[code], instant(window.opens))
    if agreed is None:
        return None
    closes = min(window.closes, minute_of(agreed.closes_at))
    span = Span(instant(window.opens), instant(closes))
    in_hours = (windows.fits_hours(span, each) for each in both_limits(pair.limits).values())
    return window._replace(closes=closes) if closes > pair.now and all(in_hours) else None


def end_all_contact(pair: Pair, who: int) -> Pair:
    """End the agreement, its windows, also an open one, and void all that was asked."""
    return end_contact(void_proposals(pair, who))


def end_contact(pair: Pair) -> Pair:
    """End the agreement and its windows. What was asked is the caller's business."""
    due = tuple(each for each in pair.windows if not each.open and not _is_ahead(each, pair))
    return pair._replace(windows=due, in_force=NO_TERMS, agreement=0, review=NEVER)


def settle_for_time_apart(pair: Pair) -> Pair:
    """What looks open, or in cooling-off, is over, and both know (R3)."""

    def settled(row: Proposed) -> Proposed:
        if is_due(pair, row):
            return _ended(row, End.VOID, pair, NOBODY)
        looks_open = row.due == NEVER and row.made > pair.now - LAPSE and row.back == (NEVER, NEVER)
        seems_to_stand = looks_open or row.due > pair.now
        return _ended(row, End.SUPERSEDED, pair, NOBODY) if seems_to_stand else row

    return pair._replace(proposals=tuple(map(settled, pair.proposals)))


def void_proposals(pair: Pair, who: int) -> Pair:
    """Void what stands; whose act it is takes back all that seems to stand to them."""
    return pair._replace(
        proposals=tuple(_voided(row, pair, index, who) for index, row in enumerate(pair.proposals))
    )


def _voided(row: Proposed, pair: Pair, index: int, who: int) -> Proposed:
    if is_due(pair, row):
        return _ended(row, End.VOID, pair, NOBODY)
    if standing(pair, index) in (Standing.OPEN, Standing.COOLING_OFF):
        row = _ended(row, End.VOID, pair, who)
    if who == NOBODY or not row.yes[who] or row.end in KNOWN_TO_BE_OVER:
        return row
    seems_to_stand = pair.now < (row.made + LAPSE if row.due == NEVER else row.due)
    return _taken_back(row, who, pair.now) if seems_to_stand else row


def standing(pair: Pair, index: int) -> Standing:
    """Where the proposal at this place is in truth."""
    return proposals.standing(situation_of(pair).proposals[index], instant(pair.now))


def seen(pair: Pair, who: int, index: int) -> Standing | None:
    """How the proposal at this place looks to a person."""
    value = situation_of(pair).proposals[index]
    return proposals.as_seen_by(PERSONS[who], value, instant(pair.now))


def _begin(pair: Pair, code: int, review: int) -> Pair:
    number = pair.number + 1
    return pair._replace(
        in_force=code, agreement=number, number=number, last=code, review=review, held_whole=False
    )


def _ended(row: Proposed, end: End, pair: Pair, who: int) -> Proposed:
    return row._replace(end=ENDS.index(end), ended=pair.now, ended_by=who)


def _taken_back(row: Proposed, who: int, now: int) -> Proposed:
    return row._replace(yes=put(row.yes, who, value=False), back=put(row.back, who, now))


def _answered(window: Planned, who: int, answer: int) -> Planned:
    return window._replace(answers=put(window.answers, who, answer))


def _skips(window: Planned | None) -> tuple[int, int]:
    if window is None:
        return NO_ANSWER, NO_ANSWER
    first, second = (SKIP if each == SKIP else NO_ANSWER for each in window.answers)
    return first, second


def _is_ahead(window: Planned, pair: Pair) -> bool:
    return not window.open and pair.now < window.opens


def _with_proposal(pair: Pair, index: int, row: Proposed) -> Pair:
    return pair._replace(proposals=put(pair.proposals, index, row))


def _with_time_apart(pair: Pair, index: int, row: Apart) -> Pair:
    return pair._replace(times_apart=put(pair.times_apart, index, row))


def _with_window(pair: Pair, window: Planned) -> Pair:
    rows = (window if each.opens == window.opens else each for each in pair.windows)
    return pair._replace(windows=tuple(rows))


def put(values: tuple, place: int, value: object) -> tuple:
    """The tuple with another value at one place."""
    return (*values[:place], value, *values[place + 1 :])
