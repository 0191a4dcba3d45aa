"""R4, R10: where a proposal of Ana's stands in truth, and how it looks to each of the two."""

from datetime import timedelta
from uuid import UUID

import pytest

from boundaries.rules.limits import SHORTEST_REST
from boundaries.rules.proposals import (
    LAPSE,
    End,
    Proposal,
    Standing,
    as_seen_by,
    rest_until,
    standing,
)
from tests import factories
from tests.boundaries.strategies import START

pytestmark = pytest.mark.once  # no database at all

ANA, BEN = UUID(int=1), UUID(int=2)
MOMENT = timedelta(microseconds=1)
DUE = START + timedelta(days=4)
WHILE_OPEN, COOLING, AFTER = START + timedelta(days=1), DUE - MOMENT, DUE
LAPSED = START + LAPSE


def proposal(**changes):
    made = {"id": UUID(int=5), "author": ANA, "terms": factories.terms(), "base": None}
    return Proposal(**{**made, "made_at": START, **changes})


def ended(end, by=None, **changes):
    return proposal(end=end, ended_at=WHILE_OPEN, ended_by=by, **changes)


def agreed(**changes):
    return proposal(takes_force_at=DUE, **changes)


S = Standing

CASES = [
    # A proposal; an instant; the truth; what Ana sees; what Ben sees.
    (proposal(), WHILE_OPEN, S.OPEN, S.OPEN, S.OPEN),
    (proposal(), LAPSED - MOMENT, S.OPEN, S.OPEN, S.OPEN),
    (proposal(), LAPSED, S.OVER, S.NOT_TAKEN_UP, None),
    (ended(End.DECLINED, BEN), WHILE_OPEN, S.OVER, S.OPEN, None),
    (ended(End.DECLINED, BEN), LAPSED, S.OVER, S.NOT_TAKEN_UP, None),
    (ended(End.VOID, BEN), WHILE_OPEN, S.OVER, S.OPEN, None),
    (ended(End.VOID), WHILE_OPEN, S.OVER, S.OPEN, None),
    (ended(End.VOID, ANA), WHILE_OPEN, S.OVER, S.ENDED_BY_SELF, None),
    (ended(End.WITHDRAWN, ANA), WHILE_OPEN, S.OVER, S.ENDED_BY_SELF, None),
    (agreed(), COOLING, S.COOLING_OFF, S.COOLING_OFF, S.COOLING_OFF),
    (agreed(end=End.IN_FORCE, ended_at=DUE), AFTER, S.IN_FORCE, S.IN_FORCE, S.IN_FORCE),
    (ended(End.VOID, takes_force_at=DUE), COOLING, S.OVER, S.COOLING_OFF, S.COOLING_OFF),
    (ended(End.VOID, takes_force_at=DUE), AFTER, S.OVER, S.NOT_IN_FORCE, S.NOT_IN_FORCE),
    (ended(End.VOID, BEN, takes_force_at=DUE), COOLING, S.OVER, S.COOLING_OFF, S.ENDED_BY_SELF),
    (ended(End.VOID, BEN, takes_force_at=DUE), AFTER, S.OVER, S.NOT_IN_FORCE, S.ENDED_BY_SELF),
    (
        ended(End.CONSENT_WITHDRAWN, BEN, takes_force_at=DUE, taken_back={ANA: START}),
        COOLING,
        S.OVER,
        S.ENDED_BY_SELF,
        S.ENDED_BY_SELF,
    ),
]


@pytest.mark.parametrize(("it", "at", "truth", "to_ana", "to_ben"), CASES)
def test_r4_r10_what_is_true_and_what_is_shown(it, at, truth, to_ana, to_ben):
    assert standing(it, at) is truth
    assert as_seen_by(ANA, it, at) is to_ana
    assert as_seen_by(BEN, it, at) is to_ben


@pytest.mark.parametrize(
    ("it", "until"),
    [
        (proposal(), START + LAPSE + SHORTEST_REST),
        (ended(End.DECLINED, BEN), START + LAPSE + SHORTEST_REST),
        (ended(End.WITHDRAWN, ANA), WHILE_OPEN + SHORTEST_REST),
        (ended(End.DECLINED, BEN, taken_back={ANA: COOLING}), COOLING + SHORTEST_REST),
    ],
)
def test_r11_the_rest_is_counted_from_what_its_author_knows(it, until):
    assert rest_until(it, until) == until
