"""What may come of two acts at the same moment: an outcome for each order, and nothing else."""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

from django.db.models import Model

from boundaries.exceptions import RefusedError
from conversations.exceptions import AlreadyReleasedError
from tests.races import TRIALS, DatabaseError

Outcomes = Counter[Hashable]
ALLOWED: dict[Callable[..., Outcomes], set[Hashable]] = {}


def may_end(*allowed: Hashable) -> Callable[[Callable[..., Outcomes]], Callable[..., Outcomes]]:
    """The one set of outcomes that a race may have: each as what came of a couple."""

    def with_these(race: Callable[..., Outcomes]) -> Callable[..., Outcomes]:
        ALLOWED[race] = set(allowed)
        return race

    return with_these


def of_module(name: str) -> list[Callable[..., Outcomes]]:
    """The races of this module."""
    return [race for race in ALLOWED if race.__module__ == name]


def only_as_allowed(race, clock):
    """Nothing else came of it, and each order came about often enough, or they did not race."""
    outcomes = race(clock, TRIALS)
    assert set(outcomes) == ALLOWED[race]
    assert outcomes.total() == TRIALS
    assert min(outcomes.values()) > TRIALS // 20


def counted(couples, races, look) -> Outcomes:
    """How often each outcome came about; `look` is given a pair's key and how each act ended."""
    return Counter(
        fault(results) or look(ana.pair_id, *map(how, results))
        for (ana, _), results in zip(couples, races, strict=True)
    )


def fault(results):
    """That the database refused it: it never does while the lock is there."""
    return next((type(it).__name__ for it in results if isinstance(it, DatabaseError)), None)


def how(result):
    return "refused" if isinstance(result, (RefusedError, AlreadyReleasedError)) else "done"


def by_pair(model: type[Model], field: str, **of_these: Any) -> dict[Any, str]:
    """By pair, the values of a field, each once."""
    rows = model._default_manager.filter(**of_these).values_list("pair", field)
    found: dict[Any, set[str]] = {}
    for pair, value in rows:
        found.setdefault(pair, set()).add(str(value))
    return {pair: "+".join(sorted(values)) for pair, values in found.items()}
