"""What was measured: rows of a table, each with its samples and what it was to be."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Goal:
    """A figure was to be below this. of: which one, such as "p99"; most: in the row's unit."""

    of: str
    most: float


@dataclass(frozen=True)
class Row:
    """One line of the table. samples: in `unit`; more: other figures, each with its own unit."""

    name: str
    samples: list[float]
    unit: str = "ms"
    more: dict[str, str] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Row":
        """The row that was written as these values."""
        goals = [Goal(**each) for each in values["goals"]]
        return cls(**{**values, "goals": goals})


@dataclass(frozen=True)
class Part:
    """One part of the bench: how it was measured, and its rows. wrong: what did not work."""

    title: str
    how: list[str]
    rows: list[Row]
    wrong: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """For the process that prints it."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Part":
        """The part that `as_json` wrote."""
        values = json.loads(text)
        return cls(**{**values, "rows": [Row.of(each) for each in values["rows"]]})


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that is at least as large as this share of all (nearest rank)."""
    return sorted(samples)[max(math.ceil(share * len(samples)), 1) - 1]


def summary(samples: Sequence[float]) -> dict[str, float]:
    """The figures that stand for the samples, of which there is at least one."""
    return {
        "min": min(samples),
        "median": median(samples),
        "p99": percentile(samples, 0.99),
        "max": max(samples),
    }


def verdict(goal: Goal, row: Row) -> str:
    """The goal, and whether it was met; nothing was, if nothing was measured."""
    is_met = bool(row.samples) and summary(row.samples)[goal.of] < goal.most
    return f"{goal.of} < {goal.most:g} {row.unit}: {'met' if is_met else 'NOT MET'}"


def lines(part: Part) -> Iterable[str]:
    """The part as lines of text."""
    yield from ("", part.title, *(f"  {line}" for line in part.how), "")
    width = max((len(row.name) for row in part.rows), default=0)
    columns = [f"{name:>9}" for name in ("min", "median", "p99", "max")]
    yield f"  {'':{width}} {'number':>6} {''.join(columns)}"
    for row in part.rows:
        yield f"  {row.name:{width}} {_figures(row)}"
        for name, value in row.more.items():
            yield f"  {'':{width}}   {name}: {value}"
        for goal in row.goals:
            yield f"  {'':{width}}   goal: {verdict(goal, row)}"
    yield from (f"  WRONG: {each}" for each in part.wrong)


def _figures(row: Row) -> str:
    if not row.samples:
        return f"{0:6}"
    figures = "".join(f"{each:9.2f}" for each in summary(row.samples).values())
    return f"{len(row.samples):6} {figures} {row.unit}"
