from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boundaries import guards


def up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.BOUNDARIES)


def down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.BOUNDARIES)


class Migration(migrations.Migration):

    dependencies = [
        ('boundaries', '0003_guards_down'),
        ('accounts', '0004_words_sealed_only'),
    ]

    operations = [migrations.RunPython(up, down)]
