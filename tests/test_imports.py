"""The rules are pure: beyond the language they know only each other, dateutil's recurrences, and
which zone data count.

import-linter forbids what it is told to forbid; this allows what is named here, so that nothing
new can slip in.
"""

import ast
import sys
from pathlib import Path

import pytest

import boundaries.rules

RULES = Path(boundaries.rules.__file__).parent
ALLOWED = sys.stdlib_module_names | {"dateutil", "tzdata"}


@pytest.mark.once
@pytest.mark.parametrize("path", sorted(RULES.rglob("*.py")), ids=lambda path: path.stem)
def test_rules_import_nothing_but_rules(path):
    for name in _imports(ast.parse(path.read_text())):
        assert name.split(".")[0] in ALLOWED or name.startswith("boundaries.rules"), name


def _imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
