"""Cases of one test that share the world in which they are tried."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import wraps
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db.models import Model

from tests import factories
from tests.clock import Clock

Test = Callable[..., None]
OWN = ("subtests", "clock")


def shared(names: str | tuple[str, ...], values: Iterable[Any]) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, but all cases are tried one after the other in one world.

    What a case does is undone before the next one, and the clock put back. Each has its own copies
    of the rows that fixtures made, and its own `monkeypatch`.
    """
    named = (names,) if isinstance(names, str) else names
    given = [(each,) if isinstance(names, str) else each for each in values]

    def in_one(test: Test) -> Test:
        one, others = vars(test).get("cases", (test, [{}]))
        cases = [dict(zip(named, each, strict=True)) | other for each in given for other in others]

        @wraps(one)
        def all_of_them(subtests: pytest.Subtests, clock: Clock, **fixtures: Any) -> None:
            rows = {name: value for name, value in fixtures.items() if _is_of_rows(value)}
            for case in cases:
                own = fixtures | deepcopy(rows) | case | {"subtests": subtests, "clock": clock}
                with _undone(subtests, clock, case), pytest.MonkeyPatch.context() as patch:
                    own["monkeypatch"] = patch
                    one(**{name: own[name] for name in asked})

        asked = set(inspect.signature(one).parameters)
        fixtures = sorted((asked - cases[0].keys()) | set(OWN))
        parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in fixtures]
        vars(all_of_them).update(cases=(one, cases), __signature__=inspect.Signature(parameters))
        return all_of_them

    return in_one


def _is_of_rows(value: Any) -> bool:
    return isinstance(value, Model) or (
        isinstance(value, tuple) and all(isinstance(each, Model) for each in value)
    )


@contextmanager
def _undone(subtests: pytest.Subtests, clock: Clock, case: dict[str, Any]) -> Iterator[None]:
    start, mails = clock.at, len(getattr(mail, "outbox", ()))
    names = {name: getattr(value, "__name__", str(value)) for name, value in case.items()}
    with subtests.test(**names), factories.undone():
        yield
    clock.go_to(start)
    cache.clear()
    del getattr(mail, "outbox", [])[mails:]
