"""The rules' answers, kept: they are pure, and the walk asks them the same a million times."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import lru_cache
from unittest import mock

from boundaries.rules import (
    gate,
    limits,
    proposal_checks,
    proposals,
    terms,
    window_checks,
    windows,
)
from boundaries.rules.terms import Terms
from boundaries.rules.windows import Span
from tests.explorer import invariants, invariants_apart

KEPT = (
    terms.meet,
    limits.within,
    windows.fit,
    windows.fits_hours,
    windows.days_between,
    windows.named,
)

BEST_CASES: tuple[Callable, ...] = (
    invariants.passes_in_the_best_case,
    invariants_apart.passes_in_the_best_case_apart,
)

RULES = (gate, window_checks, proposal_checks, limits, proposals, terms, windows)


@contextmanager
def swift_rules() -> Iterator[None]:
    """For the block, each of these functions, as it is at its beginning, answers from memory."""
    with ExitStack() as stack:
        for function in KEPT:
            _replace_everywhere(stack, function, lru_cache(maxsize=100_000))
        _replace_everywhere(stack, windows.occurrences, _kept_occurrences)
        for best_case in BEST_CASES:
            _replace_everywhere(stack, best_case, lru_cache(maxsize=None))
        yield


def _replace_everywhere(stack: ExitStack, function: Callable, keep: Callable) -> None:
    """Under its name in every module that has it; a module in which it is broken, keeps that."""
    name = function.__name__
    for module in (*RULES, invariants, invariants_apart):
        if hasattr(module, name):
            now = getattr(module, name)
            stack.enter_context(mock.patch.object(module, name, keep(now)))


def _kept_occurrences(real: Callable[..., Iterator[Span]]) -> Callable[..., Iterator[Span]]:
    """The same spans; each is looked for once, and only when somebody asks for so many."""
    found: dict[tuple[Terms, datetime], tuple[list[Span], Iterator[Span]]] = {}

    def occurrences(of: Terms, *, after: datetime) -> Iterator[Span]:
        if (of, after) not in found:
            found[of, after] = [], real(of, after=after)
        spans, more = found[of, after]
        number = 0
        while True:
            if number == len(spans):
                following = next(more, None)
                if following is None:
                    return
                spans.append(following)
            yield spans[number]
            number += 1

    return occurrences
