from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import accounts.vault


def make_keys(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in ('Person', 'Pair'):
        rows = apps.get_model('accounts', name).objects.filter(wrapped_key='')
        for key in list(rows.values_list('pk', flat=True)):
            rows.filter(pk=key).update(wrapped_key=accounts.vault.new_key())


class Migration(migrations.Migration):
    """Each person and each pair gets a key of its own, and not all the same one."""

    dependencies = [
        ('accounts', '0001_initial'),
        ('boundaries', '0003_guards_down'),
    ]

    operations = [
        migrations.AddField('person', 'wrapped_key', models.CharField(default='', max_length=200)),
        migrations.AddField('pair', 'wrapped_key', models.CharField(default='', max_length=200)),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
        *(
            migrations.AlterField(
                name,
                'wrapped_key',
                models.CharField(
                    default=accounts.vault.new_key, editable=False, max_length=200
                ),
            )
            for name in ('person', 'pair')
        ),
    ]
