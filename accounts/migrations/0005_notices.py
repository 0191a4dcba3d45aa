from datetime import time

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_words_sealed_only'),
    ]

    operations = [
        migrations.AddField('person', 'wants_notice_day_before', models.BooleanField(default=False)),
        migrations.AddField('person', 'wants_notice_on_arrival', models.BooleanField(default=False)),
        migrations.AddField('person', 'wants_notice_to_decide', models.BooleanField(default=False)),
        migrations.AddField('person', 'quiet_from', models.TimeField(default=time(21))),
        migrations.AddField('person', 'quiet_until', models.TimeField(default=time(9))),
        migrations.AddField('person', 'look_at', models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField(
            'person', 'undelivered_to', models.EmailField(blank=True, default='', editable=False, max_length=254)
        ),
        migrations.AddField('person', 'undelivered_at', models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddIndex(
            'person',
            models.Index(
                condition=models.Q(('look_at__isnull', False)), fields=['look_at'], name='person_to_look_for'
            ),
        ),
    ]
