from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, Q

KINDS = [('day_before', 'Day Before'), ('window_opened', 'Window Opened'), ('arrived', 'Arrived'), ('to_decide', 'To Decide')]
FAULTS = [('unreachable', 'Unreachable'), ('address_refused', 'Address Refused'), ('refused', 'Refused'), ('not_now', 'Not Now'), ('lost', 'Lost'), ('other', 'Other')]
ENDS = [('claimed', 'Claimed'), ('sent', 'Sent'), ('cancelled', 'Cancelled'), ('failed', 'Failed')]


def fill(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Those of before told each of an opening, and were to be sent at once."""
    apps.get_model('conversations', 'Notice').objects.update(about=F('window'), next_try_at=F('written_at'))


def empty(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going back: kinds that were not known then go; what may have been sent is not sent again."""
    notices = apps.get_model('conversations', 'Notice').objects
    notices.exclude(kind='window_opened').delete()
    notices.filter(end='claimed').update(end='sent')


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0006_read_again'),
        ('accounts', '0005_notices'),
    ]

    operations = [
        migrations.RemoveConstraint('notice', 'notice_once'),
        migrations.RemoveIndex('notice', 'notice_to_send'),
        migrations.AddField('notice', 'about', models.UUIDField(null=True)),
        migrations.AddField('notice', 'next_try_at', models.DateTimeField(null=True)),
        migrations.AddField('notice', 'attempts', models.PositiveSmallIntegerField(default=0)),
        migrations.AddField('notice', 'fault', models.CharField(blank=True, choices=FAULTS, default='', max_length=20), preserve_default=False),
        migrations.AlterField('notice', 'kind', models.CharField(choices=KINDS, max_length=20)),
        migrations.AlterField('notice', 'end', models.CharField(blank=True, choices=ENDS, max_length=9)),
        migrations.AlterField(
            'notice',
            'window',
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='boundaries.window'),
        ),
        migrations.RunPython(fill, empty),
        migrations.AlterField('notice', 'about', models.UUIDField()),
        migrations.AlterField('notice', 'next_try_at', models.DateTimeField()),
        migrations.AddConstraint(
            'notice', models.UniqueConstraint(fields=('person', 'kind', 'about', 'window'), name='notice_once')
        ),
        migrations.AddConstraint(
            'notice',
            models.UniqueConstraint(
                condition=Q(('window__isnull', True)), fields=('person', 'kind', 'about'), name='notice_once_without_a_window'
            ),
        ),
        migrations.AddConstraint(
            'notice',
            models.CheckConstraint(
                condition=Q(('end__in', ['', 'claimed', 'sent', 'cancelled', 'failed'])), name='notice_ended_in_a_way'
            ),
        ),
        migrations.AddIndex(
            'notice', models.Index(condition=Q(('end', '')), fields=['next_try_at'], name='notice_to_send')
        ),
        migrations.AddIndex(
            'notice', models.Index(condition=Q(('end', '')), fields=['pair', 'person'], name='notice_waiting_in_pair')
        ),
    ]
