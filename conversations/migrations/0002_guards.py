from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boundaries import guards


def up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.CONVERSATIONS)


def down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.CONVERSATIONS)


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0001_initial'),
    ]

    operations = [migrations.RunPython(up, down)]
