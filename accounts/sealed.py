"""A field of words that the database holds sealed only."""

import logging
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from accounts import vault

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField

log = logging.getLogger(__name__)


class Opened(str):
    """Words that were opened, with what they were sealed as, and where."""

    sealed: bytes
    place: str

    @classmethod
    def of(cls, words: str, sealed: bytes, place: str) -> "Opened":
        """The words, which know where they came from."""
        opened = cls(words)
        opened.sealed, opened.place = sealed, place
        return opened


class Sealed(bytes):
    """Words from a dump, which go into the database as they are, without being looked at."""


class Words(DeferredAttribute):
    """Opens what was sealed when it is first looked at, and not before."""

    field: "SealedTextField"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        """The words. Raises UnreadableError for this one row; the log tells which one it is."""
        value = super().__get__(instance, cls)
        is_sealed = isinstance(value, bytes | memoryview) and not isinstance(value, Sealed)
        if instance is None or not is_sealed:
            return value
        words = self.field.unseal(instance, bytes(value))
        instance.__dict__[self.field.attname] = words
        return words

    def __set__(self, instance: models.Model, value: object) -> None:
        """With this the attribute is always asked, also once there is a value."""
        instance.__dict__[self.field.attname] = value


def is_readable(row: models.Model, *fields: str) -> bool:
    """Whether the words in these fields of a row can be opened. If not, the log tells which."""
    try:
        return all(getattr(row, field) is not None for field in fields)
    except vault.UnreadableError:
        return False


class SealedTextField(_TextField):
    """Text that is sealed for its row, with the key of its pair or of one person.

    owner: the path from the row to the pair or person whose key it is: "pair",
    "membership.person". A row is sealed when it is saved or created in bulk. It cannot be filtered
    by its words, nor changed by `update()` or `bulk_update()`, which know nothing of the row.

    padded_to: for one of a few words of the software's own, how long each is made with spaces
    before it is sealed; else it could be told by its length which of them it is.
    """

    descriptor_class = Words

    def __init__(self, *args: Any, owner: str, padded_to: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner, self.padded_to = owner, padded_to

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """For migrations."""
        name, path, args, kwargs = super().deconstruct()
        padding = {"padded_to": self.padded_to} if self.padded_to else {}
        return name, path, list(args), {**kwargs, "owner": self.owner, **padding}

    def get_internal_type(self) -> str:
        """The database holds bytes."""
        return "BinaryField"

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        """The sealed words; as they were if nobody has changed them."""
        value = model_instance.__dict__[self.attname]
        if isinstance(value, Opened) and value.place == self._place_of(model_instance):
            return value.sealed
        return self.seal(model_instance, value) if isinstance(value, str) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Bytes for the database. Raises TypeError for words, which have not been sealed."""
        if isinstance(value, str):
            raise TypeError(f"{self} is sealed with its row: save the row.")
        return value if value is None else connection.Database.Binary(value)

    def get_prep_value(self, value: Any) -> Any:
        """Nothing: what is not bytes is refused later."""
        return value

    def value_from_object(self, obj: models.Model) -> Any:
        """The sealed words: what takes all of a row, as `dumpdata` does, takes none opened."""
        return self.pre_save(obj, add=False)

    def value_to_string(self, obj: models.Model) -> Any:
        """For `dumpdata`: the sealed words, as what no text that somebody typed can look like."""
        value = self.value_from_object(obj)
        return None if value is None else {"sealed": b64encode(value).decode()}

    def to_python(self, value: Any) -> Any:
        """For `loaddata`: what `value_to_string` gave. Everything else stays as it is."""
        return Sealed(b64decode(value["sealed"])) if isinstance(value, dict) else value

    def seal(self, instance: models.Model, words: str) -> bytes:
        """The words, sealed for this row. Raises UnreadableError if its key cannot be opened."""
        wrapped = self._owner_of(instance).wrapped_key
        padded = words.ljust(self.padded_to)
        try:
            return vault.seal(padded, wrapped=wrapped, place=self._place_of(instance))
        except vault.UnreadableError:
            log.exception("%s of row %s cannot be sealed", self, instance.pk)
            raise

    def unseal(self, instance: models.Model, sealed: bytes) -> Opened:
        """The words of this row. Raises UnreadableError."""
        wrapped, place = self._owner_of(instance).wrapped_key, self._place_of(instance)
        try:
            words = vault.unseal(sealed, wrapped=wrapped, place=place)
        except vault.UnreadableError:
            log.exception("%s of row %s cannot be read", self, instance.pk)
            raise
        return Opened.of(words.rstrip(" ") if self.padded_to else words, sealed, place)

    def _owner_of(self, instance: models.Model) -> Any:
        step: Callable[[Any, str], Any] = getattr
        return reduce(step, self.owner.split("."), instance)

    def _place_of(self, instance: models.Model) -> str:
        owner, table = self._owner_of(instance), instance._meta.db_table
        return f"{table}|{self.column}|{instance.pk}|{owner._meta.db_table}|{owner.pk}"
