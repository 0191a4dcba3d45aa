from collections.abc import Iterator
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts import vault

BATCH = 500
LENGTH = 14
FIELDS = ('answer', 'way')


def batches(apps: Any) -> Iterator[list[Any]]:
    rows = apps.get_model('checkins', 'CheckIn').objects.select_related('membership__person').order_by('pk')
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:BATCH])


def sealed_for(row: Any, field: str) -> bytes:
    """Of somebody whose key was destroyed nothing can be read any more, and neither can this.

    With a key that cannot be opened it stops here, and nothing is lost: the host's keys may be wrong.
    """
    person = row.membership.person
    if not person.wrapped_key:
        return b''
    padded = getattr(row, field).ljust(LENGTH)
    return vault.seal(padded, wrapped=person.wrapped_key, place=place_of(row, field))


def place_of(row: Any, field: str) -> str:
    return f'checkins_checkin|{field}|{row.pk}|accounts_person|{row.membership.person_id}'


def seal(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model('checkins', 'CheckIn').objects
    for batch in batches(apps):
        for row in batch:
            for field in FIELDS:
                setattr(row, f'sealed_{field}', sealed_for(row, field))
        rows.bulk_update(batch, [f'sealed_{field}' for field in FIELDS])


def unseal(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going back: what cannot be read, since its key was destroyed, goes."""
    rows = apps.get_model('checkins', 'CheckIn').objects
    rows.filter(membership__person__wrapped_key='').delete()
    for batch in batches(apps):
        for row in batch:
            for field in FIELDS:
                sealed, key = bytes(getattr(row, f'sealed_{field}')), row.membership.person.wrapped_key
                words = vault.unseal(sealed, wrapped=key, place=place_of(row, field))
                setattr(row, field, words.rstrip(' '))
        rows.bulk_update(batch, FIELDS)


class Migration(migrations.Migration):

    dependencies = [
        ('checkins', '0003_for_oneself'),
    ]

    operations = [
        migrations.RemoveConstraint('checkin', 'checkin_answered_as_was_asked'),
        migrations.RemoveConstraint('checkin', 'checkin_less_or_more_in_a_way'),
        migrations.RemoveConstraint('checkin', 'checkin_says_how_safe_afterwards'),
        migrations.AlterField('checkin', 'answer', models.CharField(max_length=8, null=True)),
        migrations.AlterField('checkin', 'way', models.CharField(max_length=14, null=True)),
        migrations.AddField('checkin', 'sealed_answer', models.BinaryField(null=True)),
        migrations.AddField('checkin', 'sealed_way', models.BinaryField(null=True)),
        migrations.RunPython(seal, unseal),
    ]
