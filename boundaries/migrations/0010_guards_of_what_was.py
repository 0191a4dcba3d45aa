from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boundaries import guards

NEW = guards.STAYING
CHANGED = tuple(guard for guard in guards.BOUNDARIES if guard.name.startswith('windows_apart'))


def up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, CHANGED + NEW)


def down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, NEW)


class Migration(migrations.Migration):

    dependencies = [
        ('boundaries', '0009_day_begins_last'),
    ]

    operations = [migrations.RunPython(up, down)]
