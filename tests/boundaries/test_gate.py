"""The one gate: each of its lines bites. `test_gate_as_a_whole` is about all of them together."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from boundaries.rules import gate
from boundaries.rules.acts import (
    AgreeToTimeApart,
    BeginAgain,
    Consent,
    GoAhead,
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
    ShowTimeApart,
    Skip,
    SuggestTimeApart,
    TakeForce,
    TakeLess,
)
from boundaries.rules.doors import told_from
from boundaries.rules.gate import GATE, reasons_against
from boundaries.rules.limits import HOURS_OF_THE_WEEK, SHORTEST_REST
from boundaries.rules.proposals import LAPSE, End, Proposal
from boundaries.rules.reasons import Reason
from boundaries.rules.rhythm import Weekly
from boundaries.rules.situation import Situation
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.time_apart import End as EndOfTimeApart
from boundaries.rules.time_apart import TimeApart
from boundaries.rules.windows import State, Window
from boundaries.words import TOLD
from tests import factories
from tests.boundaries.situations import AGREEMENT, ANA, BEN, BOTH, DAY, LESS, MOMENT, SPAN, TERMS
from tests.boundaries.strategies import (
    START,
)

pytestmark = pytest.mark.once  # no database at all


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
    cooled = {"takes_force_at": START, "agreed_at": START - 3 * DAY, "made_at": START - 4 * DAY}
    return proposal(**(cooled | {"consented": BOTH} | changes))


def suggestion(**changes):
    """A time apart that Ana has just suggested."""
    made = {"id": UUID(int=7), "author": ANA, "day": SOME_DAY, "ends_at": START + 60 * DAY}
    return TimeApart(**{**made, "suggested_at": START, **changes})


SOME_DAY = (START + 60 * DAY).date()
APART = {"apart_until": START + MOMENT}
EARLIER = suggestion(id=UUID(int=10), suggested_at=START - DAY)
LAPSED = suggestion(id=UUID(int=10), suggested_at=START - LAPSE)
NOT_AT_SIX = {"hours": HOURS_OF_THE_WEEK - {5 * 24 + 18}, "zone": "Europe/Berlin"}
BEN_HAS_LESS = {"limits": limits(ben={"minutes": 30})}
BEN_NOT_AT_SIX = {"limits": limits(ben=NOT_AT_SIX)}
BEN_IS_ASKED = {"limits": limits(ben={"ask_before_each": True})}
ANOTHER_TIME = {"in_force": factories.terms(at=SPAN.opens_at.time())}
ANOTHER_OPEN = {"windows": (Window(UUID(int=9), SPAN, State.OPEN), window())}
MORE_THAN_BEFORE = {"last_in_force": LESS}
OTHER = proposal(id=UUID(int=8), terms=LESS)
OPENS, CLOSES = SPAN.opens_at, SPAN.closes_at
BEFORE = OPENS - timedelta(days=1)
BEN_RECEIVES_NONE = {"limits": limits(ben={"receives_proposals": False})}
OPENED = START - timedelta(days=14)
PARTED = {"parted": True, "doors": {ANA: OPENED, BEN: OPENED}}
HELD_BACK = {Reason.PARTED: {"parted": True}, Reason.PAUSED: {"paused": frozenset({BEN})}}

ALLOWED = {
    OpenWindow: (OpenWindow(window()), agreed(windows=(window(),)), OPENS),
    GoAhead: (GoAhead(window()), agreed(), BEFORE),
    Skip: (Skip(window()), agreed(), CLOSES - MOMENT),
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
    SuggestTimeApart: (SuggestTimeApart(ANA, SOME_DAY, "UTC"), agreed(), START),
    ShowTimeApart: (ShowTimeApart(BEN, suggestion()), agreed(), START),
    AgreeToTimeApart: (AgreeToTimeApart(BEN, suggestion()), agreed(), START),
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
    Reason.TIME_APART: APART,
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
    GoAhead: {
        Reason.PARTED: {"parted": True},
        Reason.NOT_PLANNED: GoAhead(window(State.CANCELLED)),
        Reason.TOO_LATE: OPENS,
    },
    Skip: {
        Reason.PARTED: {"parted": True},
        Reason.NOT_PLANNED: Skip(window(State.CANCELLED)),
        Reason.TOO_LATE: CLOSES,
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
        Reason.TIME_APART: APART,
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
    SuggestTimeApart: {
        Reason.PARTED: {"parted": True},
        Reason.OWN_PAUSE: {"paused": frozenset({ANA})},
        Reason.TIME_APART: APART,
        Reason.DAY_OUT_OF_REACH: SuggestTimeApart(ANA, (START + 6 * DAY).date(), "UTC"),
        Reason.ALREADY_SUGGESTED: {"times_apart": (EARLIER,)},
        Reason.SUGGESTION_RESTS: {"times_apart": (LAPSED,)},
    },
    ShowTimeApart: {
        **HELD_BACK,
        Reason.TIME_APART: APART,
        Reason.NOT_THEIRS: ShowTimeApart(ANA, suggestion()),
        Reason.NOT_STANDING: ShowTimeApart(BEN, suggestion(end=EndOfTimeApart.DECLINED)),
        Reason.NOT_RECEIVED: BEN_RECEIVES_NONE,
    },
    AgreeToTimeApart: {
        **HELD_BACK,
        Reason.TIME_APART: APART,
        Reason.NOT_THEIRS: AgreeToTimeApart(ANA, suggestion()),
        Reason.NOT_STANDING: AgreeToTimeApart(BEN, suggestion(suggested_at=START - LAPSE)),
        Reason.NOT_RECEIVED: {"times_apart": (LAPSED,), **BEN_RECEIVES_NONE},
    },
    OpenDoor: {
        Reason.NOT_PARTED: {"parted": False},
        Reason.BEGUN_AGAIN: OpenDoor(has_begun_again=True),
    },
    BeginAgain: {
        Reason.BEGUN_AGAIN: BeginAgain(has_begun_again=True),
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


@pytest.mark.parametrize("late", [timedelta(), DAY, 11 * DAY, 40 * DAY], ids=str)
def test_r7_a_late_worker_puts_nothing_in_force_that_one_in_time_would_not(late):
    """Not when a cooling-off that somebody has made longer since has passed, too."""
    longer = nothing_yet(limits=limits(ben={"cooling_off": 14 * DAY}))
    assert reasons_against(TakeForce(both_agreed()), longer, START + late) == (Reason.COOLING_OFF,)


@pytest.mark.parametrize("late", [timedelta(), 40 * DAY], ids=str)
def test_r7_however_late_a_worker_comes_the_dates_are_those_that_were_shown(late):
    """At six in Berlin, with Ben's hours those of summer: it begins among the first six dates."""
    due = factories.utc(year=2027, month=3, day=2)
    cooled = both_agreed(
        terms=factories.terms(rhythm=Weekly(1, 0, frozenset({5}))),
        made_at=due - 4 * DAY,
        agreed_at=due - 3 * DAY,
        takes_force_at=due,
    )
    summer = nothing_yet(limits=limits(ben={"hours": frozenset(range(16, 168, 24))}))
    assert reasons_against(TakeForce(cooled), summer, due + late) == (Reason.BEYOND_LIMITS,)


def test_r4_what_is_due_and_forbidden_is_settled_before_a_worker_comes():
    stands = nothing_yet(proposals=(both_agreed(),))
    assert gate.settled(stands, START) == stands
    paused = replace(stands, paused=frozenset({BEN}))
    assert gate.settled(paused, START - MOMENT) == paused
    void = both_agreed(end=End.VOID)
    assert gate.settled(paused, START + DAY) == replace(paused, proposals=(void,))


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
