from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boundaries import guards

CHANGED = tuple(guard for guard in guards.BOUNDARIES if guard.name.startswith('windows_apart'))


def up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, CHANGED)


class Migration(migrations.Migration):

    dependencies = [
        ('boundaries', '0010_guards_of_what_was'),
    ]

    operations = [migrations.RunPython(up, migrations.RunPython.noop)]
