"""Model fields that hold the values of the rules as JSON and give them back as values."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from django.db import models

from boundaries.rules import canonical
from boundaries.rules.limits import Limits
from boundaries.rules.terms import Terms


class Codec(NamedTuple):
    """A class of values with the way to JSON and back."""

    value_class: type
    encode: Callable[[Any], canonical.Json]
    decode: Callable[[Any], Any]


class ValueField(models.JSONField):
    """A JSON column whose attribute is a value of the rules.

    Raises what the value raises for content that is not one.
    """

    codec: ClassVar[Codec]

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        json = super().from_db_value(value, expression, connection)
        return json if json is None else self.codec.decode(json)

    def to_python(self, value: Any) -> Any:
        is_value = value is None or isinstance(value, self.codec.value_class)
        return value if is_value else self.codec.decode(value)

    def get_prep_value(self, value: Any) -> Any:
        is_value = isinstance(value, self.codec.value_class)
        return self.codec.encode(value) if is_value else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self.get_prep_value(value), connection, prepared)

    def value_to_string(self, obj: models.Model) -> Any:
        return self.get_prep_value(self.value_from_object(obj))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(self.get_prep_value(value), model_instance)


class TermsField(ValueField):
    """Holds `Terms`."""

    codec = Codec(Terms, canonical.terms_to_json, canonical.terms_from_json)


class LimitsField(ValueField):
    """Holds `Limits`."""

    codec = Codec(Limits, canonical.limits_to_json, canonical.limits_from_json)
