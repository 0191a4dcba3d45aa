"""Rows changed behind the back of everything but the database."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model


def change(row: Model, **columns: Any) -> None:
    """UPDATE one row; columns by their names in the database."""
    sets = ", ".join(f'"{column}" = %s' for column in columns)
    key = _value(row.pk)
    which = row._meta.pk.column
    _execute(f'UPDATE "{_table(row)}" SET {sets} WHERE "{which}" = %s', [*_values(columns), key])


def copy(row: Model, **columns: Any) -> None:
    """INSERT a copy of one row under another key, with these columns changed."""
    columns = {"id": uuid4(), **columns}
    names = [field.column for field in row._meta.concrete_fields]
    kept = ", ".join("%s" if name in columns else f'"{name}"' for name in names)
    into = ", ".join(f'"{name}"' for name in names)
    given = {name: columns[name] for name in names if name in columns}
    _execute(
        f'INSERT INTO "{_table(row)}" ({into}) SELECT {kept} FROM "{_table(row)}" WHERE id = %s',
        [*_values(given), _value(row.pk)],
    )


def _table(row: Model) -> str:
    return row._meta.db_table


def _execute(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


def _values(columns: dict[str, Any]) -> list[Any]:
    return [_value(value) for value in columns.values()]


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
