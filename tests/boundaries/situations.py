"""Situations as Hypothesis makes them: such that an act may happen, but for at most two aspects."""

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from uuid import UUID, uuid4

from hypothesis import strategies as st

from boundaries.rules.limits import SHORTEST_REST
from boundaries.rules.proposals import LAPSE, End, Proposal
from boundaries.rules.situation import Situation
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import State, Window, occurrences
from tests import factories
from tests.boundaries.strategies import (
    START,
    all_limits,
    all_terms,
    hours,
    some_terms,
    wider,
)

ANA, BEN = UUID(int=1), UUID(int=2)
BOTH = frozenset({ANA, BEN})
AGREEMENT = UUID(int=3)
MOMENT = timedelta(microseconds=1)
TERMS = factories.terms()
LESS = factories.terms(minutes=30)
SPAN = next(occurrences(TERMS, after=START))
DAY = timedelta(days=1)

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
    dues = [None, at, at + MOMENT] if "due" in wrong else [at, at - DAY] if cooled else [None]
    takes_force_at = draw(st.sampled_from(dues))
    waits = [3 * DAY - MOMENT, 3 * DAY, 14 * DAY] if "due" in wrong else [3 * DAY]
    end = draw(st.sampled_from(End)) if "end" in wrong else None
    return Proposal(
        id=uuid4(),
        author=draw(persons) if "author" in wrong else ANA,
        terms=terms,
        base=draw(st.none() | st.just(AGREEMENT)) if "base" in wrong else None,
        made_at=at - draw(st.sampled_from(ages)),
        agreed_at=takes_force_at and takes_force_at - draw(st.sampled_from(waits)),
        takes_force_at=takes_force_at,
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
