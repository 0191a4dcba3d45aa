"""The one gate: each of its lines bites, and together they never let more pass than was agreed."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from uuid import UUID, uuid4

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from boundaries.rules import gate
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
from boundaries.rules.doors import told_from
from boundaries.rules.gate import GATE, reasons_against
from boundaries.rules.limits import HOURS_OF_THE_WEEK, SHORTEST_REST
from boundaries.rules.proposals import LAPSE, End, Proposal
from boundaries.rules.reasons import Reason
from boundaries.rules.situation import Situation
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import State, Window, occurrences
from boundaries.words import TOLD
from tests import factories
from tests.boundaries import oracle
from tests.boundaries.strategies import (
    START,
    all_limits,
    all_terms,
    hours,
    lengths,
    some_terms,
    wider,
)

pytestmark = pytest.mark.once  # no database at all

ANA, BEN = UUID(int=1), UUID(int=2)
BOTH = frozenset({ANA, BEN})
AGREEMENT = UUID(int=3)
MOMENT = timedelta(microseconds=1)
TERMS = factories.terms()
LESS = factories.terms(minutes=30)
SPAN = next(occurrences(TERMS, after=START))


# --- Each line bites --------------------------------------------------------------------------


def window(state=State.PLANNED, **changes):
    return Window(id=UUID(int=4), span=SPAN, state=state, **changes)


def limits(*, ben=None, ana=None):
    return {ANA: factories.limits(**(ana or {})), BEN: factories.limits(**(ben or {}))}


def agreed(**changes):
    """A situation in which Ana and Ben agreed on TERMS."""
    ordinary = {"limits": limits(), "in_force": TERMS, "agreement": AGREEMENT}
    return Situation(**{**ordinary, "last_in_force": TERMS, **changes})


def nothing_yet(**changes):
    """A situation in which nothing was agreed."""
    return Situation(**{"limits": limits(), **changes})


def proposal(**changes):
    """A proposal that Ana has just made."""
    made = {"id": UUID(int=5), "author": ANA, "terms": TERMS, "base": None, "made_at": START}
    return Proposal(**{**made, "consented": frozenset({ANA}), **changes})


def both_agreed(**changes):
    """A proposal that both said yes to and that has just cooled off."""
    cooled = {"takes_force_at": START, "made_at": START - timedelta(days=4), "consented": BOTH}
    return proposal(**(cooled | changes))


NOT_AT_SIX = {"hours": HOURS_OF_THE_WEEK - {5 * 24 + 18}, "zone": "Europe/Berlin"}
BEN_HAS_LESS = {"limits": limits(ben={"minutes": 30})}
BEN_NOT_AT_SIX = {"limits": limits(ben=NOT_AT_SIX)}
BEN_IS_ASKED = {"limits": limits(ben={"ask_before_each": True})}
ANOTHER_TIME = {"in_force": factories.terms(at=SPAN.opens_at.time())}
ANOTHER_OPEN = {"windows": (Window(UUID(int=9), SPAN, State.OPEN), window())}
MORE_THAN_BEFORE = {"last_in_force": LESS}
OTHER = proposal(id=UUID(int=8), terms=LESS)
DAY = timedelta(days=1)
readings = st.sampled_from([None, DAY, 3 * DAY])
OPENS, CLOSES = SPAN.opens_at, SPAN.closes_at
BEFORE = OPENS - timedelta(days=1)
BEN_RECEIVES_NONE = {"limits": limits(ben={"receives_proposals": False})}
OPENED = START - timedelta(days=14)
PARTED = {"parted": True, "doors": {ANA: OPENED, BEN: OPENED}}
HELD_BACK = {Reason.PARTED: {"parted": True}, Reason.PAUSED: {"paused": frozenset({BEN})}}

ALLOWED = {
    OpenWindow: (OpenWindow(window()), agreed(windows=(window(),)), OPENS),
    AnswerWindow: (AnswerWindow(window()), agreed(), BEFORE),
    Release: (Release(window(State.OPEN), 4000, 1), agreed(), OPENS),
    Notify: (Notify(window(State.OPEN)), agreed(), CLOSES - MOMENT),
    NotifyOfArrival: (NotifyOfArrival(window(State.HELD, agreement=AGREEMENT)), agreed(), CLOSES),
    NotifyAhead: (NotifyAhead(), agreed(), BEFORE),
    Say: (Say(window(State.OPEN), 2000, 19), agreed(), CLOSES - MOMENT),
    Leave: (Leave(window(State.OPEN)), agreed(), CLOSES - MOMENT),
    TakeLess: (TakeLess(LESS), agreed(), START),
    Propose: (Propose(ANA, TERMS), nothing_yet(), START),
    Show: (Show(BEN, proposal()), nothing_yet(), START),
    Consent: (Consent(BEN, proposal()), nothing_yet(), START),
    TakeForce: (TakeForce(both_agreed()), nothing_yet(), START),
    OpenDoor: (OpenDoor(), nothing_yet(**PARTED), START),
    BeginAgain: (BeginAgain(), nothing_yet(**PARTED), START),
}
"""For each act one that may happen: the act, the situation, the instant."""

IN_A_WINDOW = {
    **HELD_BACK,
    Reason.NO_AGREEMENT: ANOTHER_TIME,
    Reason.BEYOND_LIMITS: BEN_HAS_LESS,
    Reason.OUTSIDE_HOURS: BEN_NOT_AT_SIX,
    Reason.NOT_CONFIRMED: BEN_IS_ASKED,
}
OF_A_PROPOSAL = {
    **HELD_BACK,
    Reason.CHANGED_MEANWHILE: {"agreement": AGREEMENT},
    Reason.BEYOND_LIMITS: BEN_HAS_LESS,
}

FORBIDDEN = {
    OpenWindow: {
        **IN_A_WINDOW,
        Reason.SKIPPED: OpenWindow(window(skipped=frozenset({BEN}))),
        Reason.NOT_PLANNED: OpenWindow(window(State.MISSED)),
        Reason.ONE_AT_A_TIME: ANOTHER_OPEN,
        Reason.TOO_EARLY: OPENS - MOMENT,
        Reason.TOO_LATE: CLOSES,
    },
    AnswerWindow: {
        Reason.PARTED: {"parted": True},
        Reason.NOT_PLANNED: AnswerWindow(window(State.CANCELLED)),
        Reason.TOO_LATE: OPENS,
    },
    Release: {
        **IN_A_WINDOW,
        Reason.NOT_OPEN: Release(window(State.CUT_SHORT), 4000, 1),
        Reason.TOO_LATE: CLOSES,
        Reason.TOO_MANY_LETTERS: Release(window(State.OPEN), 4000, 2),
        Reason.LETTER_TOO_LONG: Release(window(State.OPEN), 4001, 1),
        Reason.NOT_READ_AGAIN: Release(window(State.OPEN), 4000, 1, DAY, OPENS - DAY - MOMENT),
    },
    Notify: {
        **IN_A_WINDOW,
        Reason.NOT_OPEN: Notify(window(State.HELD)),
        Reason.TOO_LATE: CLOSES,
    },
    NotifyOfArrival: {
        **HELD_BACK,
        Reason.NO_AGREEMENT: {"agreement": UUID(int=6)},
        Reason.NOT_OPEN: NotifyOfArrival(window(State.SKIPPED, agreement=AGREEMENT)),
    },
    NotifyAhead: HELD_BACK,
    Say: {
        **IN_A_WINDOW,
        Reason.NOT_LIVE: {"in_force": factories.terms(live=False)},
        Reason.NOT_OPEN: Say(window(State.CUT_SHORT), 2000, 19),
        Reason.TOO_LATE: CLOSES,
        Reason.MESSAGE_TOO_LONG: Say(window(State.OPEN), 2001, 19),
        Reason.TOO_MANY_MESSAGES: Say(window(State.OPEN), 2000, 20),
    },
    Leave: {
        Reason.NOT_OPEN: Leave(window(State.HELD)),
        Reason.TOO_LATE: CLOSES,
    },
    TakeLess: {
        Reason.PARTED: {"parted": True},
        Reason.NOT_LESS: TakeLess(factories.terms(minutes=46)),
    },
    Propose: {
        Reason.PARTED: {"parted": True},
        Reason.OWN_PAUSE: {"paused": frozenset({ANA})},
        Reason.NOT_MORE: {"in_force": factories.terms(minutes=60), "agreement": AGREEMENT},
        Reason.BEYOND_OWN_LIMITS: {"limits": limits(ana={"minutes": 30})},
        Reason.OUTSIDE_OWN_HOURS: {"limits": limits(ana=NOT_AT_SIX)},
        Reason.TOO_SOON_FOR_MORE: MORE_THAN_BEFORE,
        Reason.ONE_AT_A_TIME: {"proposals": (OTHER,)},
        Reason.RESTING: {"proposals": (replace(OTHER, made_at=START - LAPSE),)},
    },
    Show: {
        **OF_A_PROPOSAL,
        Reason.NOT_RECEIVED: BEN_RECEIVES_NONE,
        Reason.NOT_THEIRS: Show(ANA, proposal()),
        Reason.NOT_STANDING: Show(BEN, proposal(end=End.DECLINED, ended_at=START)),
    },
    Consent: {
        **OF_A_PROPOSAL,
        Reason.NOT_RECEIVED: BEN_RECEIVES_NONE,
        Reason.NOT_THEIRS: Consent(ANA, proposal()),
        Reason.NOT_STANDING: Consent(BEN, proposal(made_at=START - LAPSE)),
        Reason.TOO_SOON_FOR_MORE: MORE_THAN_BEFORE,
        Reason.COOLING_OFF: {"proposals": (replace(OTHER, takes_force_at=START + MOMENT),)},
    },
    TakeForce: {
        **OF_A_PROPOSAL,
        Reason.NOT_STANDING: TakeForce(both_agreed(end=End.CONSENT_WITHDRAWN, ended_at=START)),
        Reason.NOT_CONFIRMED: TakeForce(both_agreed(consented=frozenset({ANA}))),
        Reason.COOLING_OFF: START - MOMENT,
        Reason.TOO_SOON_FOR_MORE: MORE_THAN_BEFORE,
    },
    OpenDoor: {Reason.NOT_PARTED: {"parted": False}},
    BeginAgain: {
        Reason.NOT_PARTED: {"parted": False},
        Reason.DOORS_NOT_OPEN: {"doors": {ANA: OPENED, BEN: START - timedelta(days=2)}},
    },
}
"""For each line of GATE what makes it, and no other line, forbid the act: another act, a change of
the situation, or another instant."""

LINES = [(act, reason) for act, lines in GATE.items() for reason in lines]


def changed(act, situation, at, change):
    if isinstance(change, dict):
        return act, replace(situation, **change), at
    return (act, situation, change) if hasattr(change, "tzinfo") else (change, situation, at)


@pytest.mark.parametrize("act", GATE, ids=lambda act: act.__name__)
def test_each_act_may_happen(act):
    assert reasons_against(*ALLOWED[act]) == ()


@pytest.mark.parametrize(("act", "reason"), LINES, ids=lambda it: getattr(it, "__name__", str(it)))
def test_each_line_of_the_gate_alone_forbids_something(act, reason, monkeypatch):
    """Without the line it would happen, so a line that is taken away does not go unseen."""
    assert reason in FORBIDDEN[act], "a new line of GATE needs a case here"
    case = changed(*ALLOWED[act], FORBIDDEN[act][reason])
    assert reasons_against(*case) == (reason,)
    others = {each: check for each, check in GATE[act].items() if each is not reason}
    monkeypatch.setitem(gate.GATE, act, others)
    assert reasons_against(*case) == ()


def test_no_case_is_about_a_line_that_does_not_exist():
    assert {(act, reason) for act, cases in FORBIDDEN.items() for reason in cases} == set(LINES)


@pytest.mark.parametrize("act", [Show, Consent, TakeForce], ids=lambda act: act.__name__)
def test_r8_a_proposal_is_beyond_limits_also_by_its_hours(act):
    case = changed(*ALLOWED[act], BEN_NOT_AT_SIX)
    assert reasons_against(*case) == (Reason.BEYOND_LIMITS,)


def test_r16_doors_are_told_of_on_a_monday_and_never_by_the_second():
    """After 72 hours at the least: from Friday midnight on it is not the next Monday."""
    monday = factories.utc(year=2026, month=11, day=9)
    friday = factories.utc(year=2026, month=11, day=6)
    assert monday.weekday() == 0
    assert told_from([friday]) == told_from([friday - timedelta(days=6)]) == monday
    assert told_from([friday + MOMENT, friday]) == monday + timedelta(days=7)


def test_r6_the_same_terms_again_are_a_renewal_and_no_contact_is_none():
    assert reasons_against(Propose(ANA, TERMS), agreed(), START) == ()
    for situation in (agreed(), nothing_yet()):
        reasons = reasons_against(Propose(ANA, NO_CONTACT), situation, START)
        assert reasons == (Reason.NOT_MORE,)


@pytest.mark.parametrize(
    ("rest", "reasons"), [(SHORTEST_REST, ()), (2 * SHORTEST_REST, (Reason.NOT_RECEIVED,))]
)
def test_r11_a_longer_rest_that_the_other_set_filters_what_comes_sooner(rest, reasons):
    """Ana's last proposal lapsed 31 days ago; that of somebody else asks for no rest."""
    lapsed_at = START - SHORTEST_REST - timedelta(days=1)
    earlier = replace(OTHER, made_at=lapsed_at - LAPSE)
    wants = limits(ben={"rest": rest})
    for act in (Show(BEN, proposal()), Consent(BEN, proposal())):
        assert (
            reasons_against(act, nothing_yet(limits=wants, proposals=(earlier,)), START) == reasons
        )
        bens = replace(earlier, author=BEN, consented=frozenset({BEN}))
        assert reasons_against(act, nothing_yet(limits=wants, proposals=(bens,)), START) == ()
        later = nothing_yet(limits=wants, proposals=(earlier,))
        assert reasons_against(act, later, lapsed_at + rest) != (Reason.NOT_RECEIVED,)


@pytest.mark.parametrize(("days", "reasons"), [(13, (Reason.OUTSIDE_HOURS,)), (14, ())])
def test_r8_a_conversation_keeps_its_distance_from_the_last_of_whatever_agreement(days, reasons):
    wide = limits(ben={"days_between": 14})
    situation = agreed(limits=wide, last_conversation=OPENS - timedelta(days=days))
    assert reasons_against(OpenWindow(window()), situation, OPENS) == reasons


def test_r24_if_the_terms_say_so_both_must_go_ahead():
    asks = replace(TERMS, ask_before_each=True)
    for said, reasons in (
        (frozenset(), (Reason.NOT_CONFIRMED,)),
        (frozenset({ANA}), (Reason.NOT_CONFIRMED,)),
        (BOTH, ()),
    ):
        act = OpenWindow(window(go_ahead=said))
        assert reasons_against(act, agreed(in_force=asks), OPENS) == reasons


def test_what_is_not_an_act_is_not_answered():
    with pytest.raises(KeyError):
        reasons_against("open", agreed(), OPENS)


def test_r15_what_is_told_never_says_who_paused_or_what_the_other_allows():
    assert set(TOLD) == set(Reason)
    silent = (Reason.PAUSED, Reason.NO_AGREEMENT, Reason.BEYOND_LIMITS, Reason.OUTSIDE_HOURS)
    assert {str(TOLD[reason]) for reason in silent} == {"No conversation is scheduled."}


# --- Together they never let more pass than was agreed -----------------------------------------

persons = st.sampled_from([ANA, BEN])
some_persons = st.frozensets(persons)


def off(*aspects):
    """Which aspects of a situation, at most two, are drawn at random and not so that it may be."""
    return st.sets(st.sampled_from(aspects), max_size=2)


@st.composite
def limits_around(draw, terms, wrong):
    """A person's limits that just allow the terms, unless they are among what is wrong."""
    if "any limits" in wrong:
        return draw(all_limits())
    most = st.sampled_from([0, 0, 0, 60, -1] if "limits" in wrong else [0, 0, 60])
    allowing = factories.limits(
        days_between=draw(st.sampled_from([5, 7, 28])) if "limits" in wrong else 1,
        minutes=max(0, terms.minutes + draw(most)),
        letters=max(0, terms.letters + draw(most)),
        letter_length=max(0, terms.letter_length + draw(most)),
        live=terms.live or draw(st.booleans()),
        ask_before_each=draw(st.booleans()),
        zone=draw(st.sampled_from(["UTC", "America/New_York"])),
    )
    return replace(allowing, hours=draw(hours)) if "hours" in wrong else allowing


@st.composite
def windows(draw, terms, wrong, *, state):
    """A window, with an instant to look at it."""
    coming = list(islice(occurrences(terms, after=START), 3))
    span = draw(st.sampled_from(coming)) if coming else SPAN
    if "span" in wrong:
        earlier, later = draw(st.sampled_from([(60, 0), (1, 0), (0, 1), (0, 60), (0, -1)]))
        opens_at = span.opens_at - timedelta(minutes=earlier)
        closes_at = max(span.closes_at + timedelta(minutes=later), opens_at + MOMENT)
        span = replace(span, opens_at=opens_at, closes_at=closes_at)
    made = Window(
        id=uuid4(),
        span=span,
        state=draw(st.sampled_from(State)) if "state" in wrong else state,
        go_ahead=draw(some_persons) if "answers" in wrong else BOTH,
        skipped=draw(some_persons) if "skip" in wrong else frozenset(),
    )
    instants = [span.opens_at, span.closes_at - MOMENT]
    if "instant" in wrong:
        instants = [span.opens_at - MOMENT, span.closes_at, span.closes_at + timedelta(days=1)]
    return made, draw(st.sampled_from(instants))


@st.composite
def proposals(draw, terms, at, wrong, *, cooled):
    """A proposal of Ana's, open or just cooled off."""
    ages = (
        [LAPSE - MOMENT, LAPSE, LAPSE + SHORTEST_REST]
        if "age" in wrong
        else [MOMENT, LAPSE - MOMENT]
    )
    dues = [None, at, at + MOMENT] if "due" in wrong else [at if cooled else None]
    end = draw(st.sampled_from(End)) if "end" in wrong else None
    return Proposal(
        id=uuid4(),
        author=draw(persons) if "author" in wrong else ANA,
        terms=terms,
        base=draw(st.none() | st.just(AGREEMENT)) if "base" in wrong else None,
        made_at=at - draw(st.sampled_from(ages)),
        takes_force_at=draw(st.sampled_from(dues)),
        end=end,
        ended_at=end and at,
        ended_by=draw(st.none() | persons) if end else None,
        consented=draw(some_persons) if "answers" in wrong else BOTH if cooled else {ANA},
    )


@st.composite
def pairs_in_conversation(draw, *, state):
    """A situation with a window, and the instant."""
    wrong = draw(
        off("terms", "limits", "any limits", "hours", "span", "state", "answers", "skip", "instant",
            "pause", "parted", "others")
    )  # fmt: skip
    in_force = draw(all_terms() if "terms" in wrong else some_terms)
    made, at = draw(windows(in_force, wrong, state=state))
    others = (Window(uuid4(), made.span, draw(st.sampled_from(State))),)
    coming = (made, *others) if "others" in wrong else (made,)
    return draw(situations(in_force, wrong, windows=coming)), made, at


@st.composite
def pairs_with_a_proposal(draw, *, cooled=False):
    """A situation with a proposal of Ana's, and the instant."""
    wrong = draw(
        off("limits", "any limits", "hours", "answers", "age", "due", "end", "author", "base",
            "pause", "parted", "before", "others")
    )  # fmt: skip
    terms, at = draw(some_terms), START
    made = draw(proposals(terms, at, wrong, cooled=cooled))
    every = {"age", "due", "end", "author"}
    others = (draw(proposals(draw(some_terms), at, every, cooled=False)),)
    return (
        draw(
            situations(
                NO_CONTACT,
                wrong,
                around=terms,
                proposals=(made, *others) if "others" in wrong else (made,),
            )
        ),
        made,
        at,
    )


@st.composite
def situations(draw, in_force, wrong, *, around=None, windows=(), proposals=()):
    terms = around or in_force
    before = some_terms if "before" in wrong else st.none() | wider(terms)
    return Situation(
        limits={each: draw(limits_around(terms, wrong)) for each in (ANA, BEN)},
        paused=draw(some_persons) if "pause" in wrong else frozenset(),
        parted="parted" in wrong,
        in_force=in_force,
        agreement=AGREEMENT if in_force.rhythm else None,
        last_in_force=in_force if in_force.rhythm else draw(before),
        held_whole=draw(st.booleans()) if "before" in wrong else False,
        windows=windows,
        proposals=proposals,
    )


def allowed(act, situation, at):
    return not reasons_against(act, situation, at)


def everybody_lets_it_be(situation):
    """R13, R16."""
    assert not situation.paused
    assert not situation.parted


def terms_are_within_limits(terms, situation):
    """R8, for the amounts and the distance."""
    for each in situation.limits.values():
        if terms.rhythm is not None:
            assert each.days_between is not None
            assert oracle.amounts_within(terms, each)
            assert oracle.days_apart(terms, START, START + timedelta(days=800)) >= each.days_between


def window_is_agreed(window, situation):
    """R1, R8, R24."""
    span, terms = window.span, situation.in_force
    around = oracle.spans(terms, span.opens_at - oracle.DAY, span.opens_at + oracle.DAY)
    assert any(
        each.opens_at == span.opens_at and span.closes_at <= each.closes_at for each in around
    )
    assert all(oracle.in_hours(span, each) for each in situation.limits.values())
    terms_are_within_limits(terms, situation)
    for person, each in situation.limits.items():
        if terms.ask_before_each or each.ask_before_each:
            assert person in window.go_ahead


@given(pairs_in_conversation(state=State.PLANNED))
def test_r18_a_window_never_opens_beyond_what_was_agreed(case):
    situation, window, at = case
    if allowed(OpenWindow(window), situation, at):
        everybody_lets_it_be(situation)
        window_is_agreed(window, situation)
        assert window.state is State.PLANNED
        assert not window.skipped
        assert window.span.opens_at <= at < window.span.closes_at
        assert not [each for each in situation.windows if each.state is State.OPEN]


@given(pairs_in_conversation(state=State.OPEN), lengths, st.integers(0, 3), readings, st.data())
def test_r18_a_letter_is_never_released_beyond_what_was_agreed(case, length, released, ahead, data):
    situation, window, at = case
    read_at = data.draw(st.none() | st.just(window.span.opens_at) | st.just(at - 2 * DAY))
    if allowed(Release(window, length, released, ahead, read_at), situation, at):
        assert ahead is None or (read_at and window.span.opens_at - read_at <= ahead)
        everybody_lets_it_be(situation)
        window_is_agreed(window, situation)
        assert window.state is State.OPEN
        assert at < window.span.closes_at
        for most in (situation.in_force, *situation.limits.values()):
            assert released + 1 <= most.letters
            assert length <= most.letter_length


@given(pairs_in_conversation(state=State.OPEN), lengths, st.integers(0, 30))
def test_r21_nothing_is_said_beyond_what_was_agreed(case, length, recent):
    situation, window, at = case
    if allowed(Say(window, length, recent), situation, at):
        everybody_lets_it_be(situation)
        window_is_agreed(window, situation)
        assert window.state is State.OPEN
        assert at < window.span.closes_at
        assert all(most.live for most in (situation.in_force, *situation.limits.values()))
        assert length <= 2000
        assert recent < 20


@given(pairs_in_conversation(state=State.OPEN))
def test_r28_a_notice_never_goes_out_beyond_what_was_agreed(case):
    situation, window, at = case
    if allowed(Notify(window), situation, at):
        everybody_lets_it_be(situation)
        window_is_agreed(window, situation)
        assert window.state is State.OPEN
        assert at < window.span.closes_at


def proposal_is_possible(proposal, situation, at):
    """R3, R8."""
    everybody_lets_it_be(situation)
    terms_are_within_limits(proposal.terms, situation)
    until = at + timedelta(days=4 * 366)
    for span in islice(oracle.spans(proposal.terms, at, until), 6):
        assert all(oracle.in_hours(span, each) for each in situation.limits.values())
    assert proposal.base == situation.agreement
    assert proposal.end is None


def pace_is_kept(proposal, situation):
    """R5."""
    last, until = situation.last_in_force, START + timedelta(days=400)
    if last is not None and not situation.held_whole:
        assert oracle.allows_no_more(proposal.terms, last, START, until)


@given(pairs_with_a_proposal(), persons)
def test_r10_a_proposal_is_never_shown_beyond_limits_or_during_a_pause(case, person):
    situation, proposal, at = case
    if allowed(Show(person, proposal), situation, at):
        proposal_is_possible(proposal, situation, at)
        assert person != proposal.author
        assert at < proposal.made_at + timedelta(days=14)
        assert proposal.takes_force_at is None


@given(pairs_with_a_proposal(), persons)
def test_r2_consent_is_never_given_beyond_limits_pace_or_a_pause(case, person):
    situation, proposal, at = case
    if allowed(Consent(person, proposal), situation, at):
        proposal_is_possible(proposal, situation, at)
        pace_is_kept(proposal, situation)
        assert person != proposal.author
        assert at < proposal.made_at + timedelta(days=14)
        assert proposal.takes_force_at is None
        for other in situation.proposals:
            if other != proposal and other.takes_force_at is not None:
                assert other.end is not None
                assert at >= other.takes_force_at


@given(pairs_with_a_proposal(cooled=True))
def test_r2_terms_never_take_force_before_both_agreed_and_it_cooled_off(case):
    situation, proposal, at = case
    if allowed(TakeForce(proposal), situation, at):
        proposal_is_possible(proposal, situation, at)
        pace_is_kept(proposal, situation)
        assert proposal.consented == BOTH
        assert proposal.takes_force_at is not None
        assert at >= proposal.takes_force_at


@given(pairs_in_conversation(state=State.OPEN), all_terms() | st.just(LESS))
def test_r1_nobody_alone_puts_more_in_force(case, terms):
    situation, _window, at = case
    for each in (terms, replace_amounts(situation.in_force)):
        if allowed(TakeLess(each), situation, at):
            assert each != situation.in_force
            until = START + timedelta(days=400)
            assert oracle.allows_no_more(each, situation.in_force, START, until)


def replace_amounts(terms):
    return replace(terms, minutes=max(1, terms.minutes - 1)) if terms.rhythm else terms


@given(pairs_with_a_proposal(), persons)
def test_r11_nobody_asks_twice_or_while_resting_or_beyond_their_own_limits(case, person):
    situation, wished, at = case
    if allowed(Propose(person, wished.terms), situation, at):
        assert person not in situation.paused
        assert oracle.amounts_within(wished.terms, situation.limits[person])
        for each in situation.proposals:
            both_said_yes = each.takes_force_at is not None
            # Whose proposal another one overtook was not refused, and need not rest.
            overtaken = each.end is End.SUPERSEDED
            if each.author == person and not both_said_yes and not overtaken:
                assert at >= each.made_at + LAPSE or each.ended_by == person
                assert each.ended_by == person or at >= each.made_at + LAPSE + SHORTEST_REST
            if both_said_yes:
                assert at >= each.takes_force_at


@given(
    pairs_in_conversation(state=State.OPEN),
    pairs_with_a_proposal(),
    st.frozensets(persons, min_size=1),
)
def test_r13_while_anybodys_pause_stands_nothing_happens(conversation, asking, paused):
    situation, window, at = conversation
    situation = replace(situation, paused=paused)
    notices = (Notify(window), NotifyOfArrival(window), NotifyAhead())
    for act in (OpenWindow(window), Release(window, 1, 0), Say(window, 1, 0), *notices):
        assert Reason.PAUSED in reasons_against(act, situation, at)
    situation, proposal, at = asking
    situation = replace(situation, paused=paused)
    for person in BOTH:
        assert Reason.PAUSED in reasons_against(Show(person, proposal), situation, at)
        assert Reason.PAUSED in reasons_against(Consent(person, proposal), situation, at)
        if person in paused:
            act = Propose(person, proposal.terms)
            assert Reason.OWN_PAUSE in reasons_against(act, situation, at)
    assert Reason.PAUSED in reasons_against(TakeForce(proposal), situation, at)


@given(pairs_with_a_proposal(), persons)
def test_r10_whether_one_may_propose_never_depends_on_the_other(case, person):
    """Nor on whether the other paused, or on what they declined or withdrew in silence."""
    situation, wished, at = case
    other = BEN if person == ANA else ANA
    quiet = replace(
        situation,
        limits={**situation.limits, other: factories.limits(days_between=None, minutes=0)},
        paused=(situation.paused & {person}) | {other},
        proposals=tuple(as_if_ended_by(other, each, at) for each in situation.proposals),
    )
    act = Propose(person, wished.terms)
    assert reasons_against(act, quiet, at) == reasons_against(act, situation, at)


def as_if_ended_by(person, proposal, at):
    """The same proposal, ended in silence by this person, unless it ended already."""
    standing = proposal.takes_force_at is None or at < proposal.takes_force_at
    if proposal.end is not None or not standing or proposal.author == person:
        return proposal
    end = End.DECLINED if proposal.takes_force_at is None else End.CONSENT_WITHDRAWN
    return replace(proposal, end=end, ended_at=at, ended_by=person)


MAY_HAPPEN = {
    OpenWindow: (pairs_in_conversation(state=State.PLANNED), OpenWindow),
    Release: (
        pairs_in_conversation(state=State.OPEN),
        lambda it: Release(it, 0, 0, DAY, it.span.opens_at),
    ),
    Say: (pairs_in_conversation(state=State.OPEN), lambda it: Say(it, 0, 0)),
    Notify: (pairs_in_conversation(state=State.OPEN), Notify),
    Show: (pairs_with_a_proposal(), lambda it: Show(BEN, it)),
    Consent: (pairs_with_a_proposal(), lambda it: Consent(BEN, it)),
    TakeForce: (pairs_with_a_proposal(cooled=True), TakeForce),
    Propose: (pairs_with_a_proposal(), lambda it: Propose(BEN, it.terms)),
}


@pytest.mark.parametrize("act", MAY_HAPPEN, ids=lambda act: act.__name__)
def test_the_generated_situations_do_let_each_act_happen(act):
    """Or the tests above would hold of nothing. One in ten is far less than was seen."""
    strategy, make = MAY_HAPPEN[act]
    seen = Counter()

    @settings(database=None, phases=[Phase.generate])
    @given(strategy)
    def look(case):
        situation, about, at = case
        seen[allowed(make(about), situation, at)] += 1

    look()
    assert seen[True] >= seen[False] / 9
