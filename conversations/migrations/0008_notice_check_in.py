from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KINDS = [('day_before', 'Day Before'), ('window_opened', 'Window Opened'), ('arrived', 'Arrived'), ('to_decide', 'To Decide'), ('check_in', 'Check In')]


def keep(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going on: those that are there stay as they are."""


def forget(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going back: a kind that was not known then goes."""
    apps.get_model('conversations', 'Notice').objects.filter(kind='check_in').delete()


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0007_notices'),
    ]

    operations = [
        migrations.AlterField('notice', 'kind', models.CharField(choices=KINDS, max_length=20)),
        migrations.RunPython(keep, forget),
    ]
