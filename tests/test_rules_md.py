"""docs/rules.md is true: all rules are in it, and what it names exists."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (R\d+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
FUNCTION = re.compile(r"`((?:accounts|boundaries|conversations|checkins|repair)\.[\w.]+)`")


def page() -> str:
    return (ROOT / "docs" / "rules.md").read_text()


def missing_tests(text: str) -> set[str]:
    """Tests that the text names and that are not there."""
    named = TEST.findall(text)
    files = {file: _text_of(ROOT / file) for file, _ in named}
    return {test for file, test in named if f"def {test}(" not in files[file]}


def missing_functions(text: str) -> set[str]:
    return {name for name in FUNCTION.findall(text) if not _exists(name)}


def _text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _exists(dotted: str) -> bool:
    """Whether the path leads from a module to something in it."""
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def test_every_rule_has_one_row_in_order():
    assert [row[0] for row in ROW.findall(page())] == [f"R{number}" for number in range(1, 31)]


def test_every_rule_names_a_test_or_says_that_it_is_to_come():
    for rule, _, _, tests in ROW.findall(page()):
        assert TEST.search(tests) or tests == "issue to come", rule


def test_every_test_that_is_named_exists():
    assert not missing_tests(page())


def test_every_function_that_is_named_exists():
    assert not missing_functions(page())


def test_what_does_not_exist_is_caught():
    assert missing_tests("`tests/test_rules_md.py::test_nothing`") == {"test_nothing"}
    assert missing_tests("`tests/no_such_file.py::test_nothing`") == {"test_nothing"}
    assert missing_functions("`boundaries.rules.gate.no_such_check`")
    assert not missing_functions("`boundaries.rules.gate.paused`")
