from typing import Any

from django.db import migrations, models
from django.db.models.functions import Now


def from_now_on(apps: Any, schema_editor: Any) -> None:
    """What was given before was given under the promise that nobody else reads it."""
    apps.get_model('accounts', 'Support').objects.update(check_ins_since=Now())


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_notice_check_in'),
    ]

    operations = [
        migrations.AddField('support', 'check_ins_since', models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(from_now_on, migrations.RunPython.noop),
    ]
