from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts import vault
from boundaries import guards


def take_guards_down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.CONVERSATIONS)


def put_guards_up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.CONVERSATIONS)


def place_of(row: Any) -> str:
    return f'conversations_letter|body|{row.pk}|accounts_pair|{row.pair_id}'


def seal(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for row in apps.get_model('conversations', 'Letter').objects.select_related('pair').iterator():
        row.sealed = vault.seal(row.body, wrapped=row.pair.wrapped_key, place=place_of(row))
        row.save(update_fields=['sealed'])


def unseal(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for row in apps.get_model('conversations', 'Letter').objects.select_related('pair').iterator():
        row.body = vault.unseal(bytes(row.sealed), wrapped=row.pair.wrapped_key, place=place_of(row))
        row.save(update_fields=['body'])


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_guards'),
        ('accounts', '0002_keys'),
        ('boundaries', '0004_guards_up'),
    ]

    operations = [
        migrations.RunPython(take_guards_down, put_guards_up),
        migrations.AlterField('letter', 'body', models.TextField(null=True)),
        migrations.AddField('letter', 'sealed', models.BinaryField(null=True)),
        migrations.RunPython(seal, unseal),
    ]
