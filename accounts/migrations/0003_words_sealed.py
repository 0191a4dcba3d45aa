from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import accounts.models
from accounts import vault


def place_of(row: Any) -> str:
    return f'accounts_membership|name_for_other|{row.pk}|accounts_person|{row.person_id}'


def seal(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for row in apps.get_model('accounts', 'Membership').objects.select_related('person'):
        row.sealed = vault.seal(row.name_for_other, wrapped=row.person.wrapped_key, place=place_of(row))
        row.save(update_fields=['sealed'])


def unseal(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for row in apps.get_model('accounts', 'Membership').objects.select_related('person'):
        row.name_for_other = vault.unseal(
            bytes(row.sealed), wrapped=row.person.wrapped_key, place=place_of(row)
        )
        row.save(update_fields=['name_for_other'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_keys'),
    ]

    operations = [
        migrations.RemoveConstraint('membership', 'membership_names_the_other'),
        migrations.AlterField(
            'membership',
            'name_for_other',
            models.CharField(default=accounts.models.unnamed, max_length=60, null=True),
        ),
        migrations.AddField('membership', 'sealed', models.BinaryField(null=True)),
        migrations.RunPython(seal, unseal),
    ]
