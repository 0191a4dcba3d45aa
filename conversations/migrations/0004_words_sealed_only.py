from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import accounts.sealed
from boundaries import guards


def put_guards_up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.CONVERSATIONS)


def take_guards_down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.CONVERSATIONS)


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0003_words_sealed'),
    ]

    operations = [
        migrations.RemoveField('letter', 'body'),
        migrations.RenameField('letter', 'sealed', 'body'),
        migrations.AlterField('letter', 'body', models.BinaryField()),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    'letter',
                    'body',
                    accounts.sealed.SealedTextField(owner='pair'),
                ),
            ],
        ),
        migrations.RunPython(put_guards_up, take_guards_down),
    ]
