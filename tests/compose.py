"""What docker-compose.yml says."""

from typing import Any

from ruamel.yaml import YAML

from tests.stack import ROOT


def services() -> dict[str, dict[str, Any]]:
    """Its services by their names, with what they take over from one another."""
    found: dict[str, dict[str, Any]] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
    return found["services"]
