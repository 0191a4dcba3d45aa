from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from boundaries import guards


def put_up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.BOUNDARIES)


def take_down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.BOUNDARIES)


class Migration(migrations.Migration):
    """SQLite makes the table anew for a field, which drops the table's triggers."""

    dependencies = [
        ('boundaries', '0004_guards_up'),
    ]

    operations = [
        migrations.RunPython(take_down, put_up),
        migrations.AddField(
            model_name='agreement',
            name='zone_data',
            field=models.CharField(blank=True, default='', max_length=20),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['zone_data'], name='agreement_by_zone_data'),
        ),
        migrations.RunPython(put_up, take_down),
    ]
