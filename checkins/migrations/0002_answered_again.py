from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q


def keep(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going on: those that are there stay as they are."""


def forget(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going back: what could not be kept then goes. Of several before a conversation the last stays."""
    rows = apps.get_model('checkins', 'CheckIn').objects
    rows.filter(kind__in=['after', 'own'], safe__isnull=True).delete()
    last = {}
    before = rows.filter(kind='before').order_by('given_at', 'pk')
    for key, *of in before.values_list('pk', 'membership', 'window'):
        last[tuple(of)] = key
    before.exclude(pk__in=last.values()).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('checkins', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint('checkin', 'checkin_once_for_a_window'),
        migrations.RemoveConstraint('checkin', 'checkin_says_how_safe_afterwards'),
        migrations.RunPython(keep, forget),
        migrations.AddConstraint(
            'checkin',
            models.UniqueConstraint(
                fields=('membership', 'window'),
                condition=Q(kind='after'),
                name='checkin_once_after_a_window',
            ),
        ),
        migrations.AddConstraint(
            'checkin',
            models.CheckConstraint(
                condition=Q(kind='before', safe__isnull=True, body__isnull=True)
                | (~Q(kind='before') & (Q(safe__isnull=False) | Q(answer='less'))),
                name='checkin_says_how_safe_afterwards',
            ),
        ),
    ]
