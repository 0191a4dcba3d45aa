"""A new field forces a decision: who may see it, and how long is it kept (docs/data.md)."""

import re
from pathlib import Path

from django.apps import apps
from django.db import models

OURS = ("accounts", "boundaries", "conversations", "checkins", "health")
ROW = re.compile(r"^\| (\w+\.\w+\.\w+) \| (\S.*) \| (\S.*) \| (\S.*) \|$", re.MULTILINE)


def fields() -> set[str]:
    """Every column of the project's own models."""
    found = (model for app in OURS for model in apps.get_app_config(app).get_models())
    return {field for model in found for field in columns(model)}


def columns(model: type[models.Model]) -> set[str]:
    return {f"{model._meta.label}.{field.name}" for field in model._meta.fields}


def decided(text: str) -> set[str]:
    return {row[0] for row in ROW.findall(text)}


def page() -> str:
    return (Path(__file__).parent.parent / "docs" / "data.md").read_text()


def test_every_field_has_a_decision_and_every_decision_a_field():
    assert decided(page()) == fields()


def test_a_field_without_a_decision_is_caught():
    without = page().replace("| conversations.Letter.body |", "| ")
    assert fields() - decided(without) == {"conversations.Letter.body"}


def test_a_field_whose_decision_is_left_empty_is_caught():
    empty = re.sub(r"(\| conversations\.Letter\.body \|).*", r"\1 the words |  | pair |", page())
    assert fields() - decided(empty) == {"conversations.Letter.body"}
