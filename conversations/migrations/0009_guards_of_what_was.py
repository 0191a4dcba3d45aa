from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boundaries import guards


def up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.DELIVERED)


def down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.DELIVERED)


class Migration(migrations.Migration):

    dependencies = [
        ('boundaries', '0010_guards_of_what_was'),
        ('conversations', '0008_notice_check_in'),
    ]

    operations = [migrations.RunPython(up, down)]
