from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boundaries import guards


def up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.CONVERSATIONS)


def down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.CONVERSATIONS)


class Migration(migrations.Migration):
    """SQLite makes the table anew for these fields and would lose its guards, so they are taken
    down first and put up again at the end, whichever way one goes.
    """

    dependencies = [
        ('conversations', '0005_talk'),
    ]

    operations = [
        migrations.RunPython(down, up),
        migrations.AddField('letter', 'read_again_hours', models.PositiveSmallIntegerField(default=0)),
        migrations.AddField('letter', 'only_after_reading', models.BooleanField(default=False)),
        migrations.AddField('letter', 'read_again_at', models.DateTimeField(null=True)),
        migrations.AddConstraint(
            'letter',
            models.CheckConstraint(
                condition=models.Q(('only_after_reading', False), ('read_again_hours__gt', 0), _connector='OR'),
                name='letter_only_after_reading_if_asked',
            ),
        ),
        migrations.RunPython(up, down),
    ]
