"""Help lines as data: who answers, where, and when somebody last compared a number with its page.

The project's own are in `help_lines.toml`, beside this file. A host's own come first, from a file
of the same shape (`REPAIR_HELP_FILE`). The settings read that with what is here, so nothing here
may need settings, database or clock.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

OWN = Path(__file__).with_name("help_lines.toml")
GOOD_FOR = timedelta(days=365)
WEB = ("https://", "http://")


class HelpFileError(ValueError):
    """What is wrong with a file of help lines, in words for whoever wrote it. It quotes nothing."""


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """The number for danger now. Attributes are explained in `help_lines.toml`."""

    country: str
    number: str
    source: str
    checked: date | None
    copy: bool = False

    @property
    def name(self) -> str:
        """How a list of them all names it."""
        return "Emergency"


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody who can be called, or only looked up where there is no one number."""

    country: str
    name: str
    what_for: str
    source: str
    checked: date | None
    number: str = ""
    web: str = ""
    hours: str = ""
    copy: bool = False


@dataclass(frozen=True)
class HelpFile:
    """One file: perhaps some words of a host, numbers for danger now, and lines."""

    words: str
    emergency: tuple[Emergency, ...]
    lines: tuple[Line, ...]


Entry = TypeVar("Entry", Emergency, Line)


def read(path: Path) -> HelpFile:
    """The file at `path`. Raises HelpFileError, which says what is wrong and where."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise HelpFileError("the file cannot be read") from None
    except tomllib.TOMLDecodeError:
        raise HelpFileError("the file is not TOML") from None
    if unknown := found.keys() - {"words", "emergency", "line"}:
        raise HelpFileError(f"it holds {len(unknown)} entries that are no words, emergency or line")
    if not isinstance(words := found.get("words", ""), str):
        raise HelpFileError("words is not text")
    return HelpFile(words, _entries(Emergency, found, "emergency"), _entries(Line, found, "line"))


@cache
def own() -> HelpFile:
    """The project's own."""
    return read(OWN)


def page(host: HelpFile | None) -> dict[str, Any]:
    """What a page shows: the host's own first, and each country's emergency number once."""
    files = [host, own()] if host else [own()]
    emergency = {each.country: each for file in reversed(files) for each in file.emergency}
    order = dict.fromkeys(each.country for file in files for each in file.emergency)
    return {
        "host_help": host,
        "emergency": [emergency[country] for country in order],
        "countries": by_country(own().lines),
    }


def by_country(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """The lines of each country, by its name, each in the order of the file."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.country, []).append(line)
    return sorted(found.items())


def to_look_up(file: HelpFile, on: date) -> list[Emergency | Line]:
    """What was never compared with its page, or over a year before `on`."""
    entries: Iterable[Emergency | Line] = chain(file.emergency, file.lines)
    return [each for each in entries if not each.checked or on - each.checked > GOOD_FOR]


def _entries(kind: type[Entry], found: dict[str, Any], name: str) -> tuple[Entry, ...]:
    rows = found.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise HelpFileError(f"write [[{name}]] above each {name}")
    return tuple(_entry(kind, row, f"{name} {at}") for at, row in enumerate(rows, 1))


def _entry(kind: type[Entry], row: dict[str, Any], where: str) -> Entry:
    known = {field.name: field for field in fields(kind)}
    if row.keys() - known.keys():
        raise HelpFileError(f"{where} has a name that is none of {', '.join(known)}")
    values = {name: _value(name, row.get(name, ""), where) for name in known}
    for name in ("country", "name", "what_for", "source"):
        if name in known and not values[name]:
            raise HelpFileError(f"{where} has no {name}")
    if not values["number"] and not values.get("web"):
        raise HelpFileError(f"{where} has neither a number nor a web address")
    return kind(**values)


def _value(name: str, value: Any, where: str) -> Any:
    if name == "checked":
        return _day(value, where)
    if name == "copy":
        return value is True
    if not isinstance(value, str):
        raise HelpFileError(f"{where}: {name} is not text")
    if name in ("source", "web") and value and not value.startswith(WEB):
        raise HelpFileError(f"{where}: {name} does not begin with https://")
    return value.strip()


def _day(value: Any, where: str) -> date | None:
    if value == "":
        return None
    if type(value) is not date:
        raise HelpFileError(f'{where}: checked is neither a day such as 2026-11-26 nor ""')
    return value
