"""Less and more, told by `tests.boundaries.oracle`, which knows nothing of the rules."""

from functools import cache

from tests.boundaries import oracle
from tests.explorer.domain import LIMITS, TERMS, WEEK, instant
from tests.explorer.model import Pair

FROM, UNTIL = instant(0), instant(3 * WEEK)


@cache
def no_more(code: int, other: int) -> bool:
    """Whether terms allow nothing that the others do not."""
    return oracle.allows_no_more(TERMS[code], TERMS[other], FROM, UNTIL)


@cache
def within(code: int, limits: int) -> bool:
    """Whether limits allow all that these terms do."""
    terms, most = TERMS[code], LIMITS[limits]
    if terms.rhythm is None:
        return True
    if most.days_between is None:
        return False
    apart = oracle.days_apart(terms, FROM, UNTIL)
    return oracle.amounts_within(terms, most) and apart >= most.days_between


@cache
def names(code: int, opens: int, closes: int) -> bool:
    """Whether terms name this conversation, or one that begins with it and lasts longer."""
    spans = oracle.spans(TERMS[code], instant(opens), instant(opens + 1))
    return any(span.closes_at >= instant(closes) for span in spans)


def has_grown(before: Pair, now: Pair) -> bool:
    """Whether contact has been added: other terms than lesser ones, or windows."""
    if now.in_force != before.in_force and not no_more(now.in_force, before.in_force):
        return True
    lasted = {each.opens: each.closes for each in before.windows}
    return any(each.closes > lasted.get(each.opens, -1) for each in now.windows)
