from datetime import UTC, datetime, time

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.functions import Now

from boundaries import guards

WHERE_DAYS_BEGIN_LAST = time(12, tzinfo=UTC)
"""When a day begins at twelve hours behind UTC."""


def move_ends(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model('boundaries', 'TimeApart').objects
    ahead = list(rows.filter(ends_at__gt=Now()).only('day'))
    for row in ahead:
        row.ends_at = datetime.combine(row.day, WHERE_DAYS_BEGIN_LAST)
    with guards.down(schema_editor.connection, 'time_apart_stays'):
        rows.bulk_update(ahead, ['ends_at'], batch_size=500)


class Migration(migrations.Migration):
    """A time apart from before decision 36 ended where its author's day began, and told their zone.

    What is over already stays so. Back again nothing changes: a later end is less contact.
    """

    dependencies = [
        ('boundaries', '0008_agreed_at'),
    ]

    operations = [migrations.RunPython(move_ends, migrations.RunPython.noop)]
