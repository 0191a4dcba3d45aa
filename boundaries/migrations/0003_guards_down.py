from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boundaries import guards


def up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.BOUNDARIES)


def down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.BOUNDARIES)


class Migration(migrations.Migration):
    """SQLite makes a table anew to change it, and cannot while a trigger names it."""

    dependencies = [
        ('boundaries', '0002_guards'),
    ]

    operations = [migrations.RunPython(down, up)]
