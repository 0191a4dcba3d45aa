from django.db import migrations, models
from django.db.models import Q

import accounts.sealed


class Migration(migrations.Migration):

    dependencies = [
        ('checkins', '0004_answers_sealed'),
    ]

    operations = [
        migrations.RemoveField('checkin', 'answer'),
        migrations.RemoveField('checkin', 'way'),
        migrations.RenameField('checkin', 'sealed_answer', 'answer'),
        migrations.RenameField('checkin', 'sealed_way', 'way'),
        migrations.AlterField('checkin', 'answer', models.BinaryField()),
        migrations.AlterField('checkin', 'way', models.BinaryField()),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    'checkin',
                    'answer',
                    accounts.sealed.SealedTextField(owner='membership.person', padded_to=14),
                ),
                migrations.AlterField(
                    'checkin',
                    'way',
                    accounts.sealed.SealedTextField(owner='membership.person', padded_to=14, default=''),
                ),
            ],
        ),
        migrations.AddConstraint(
            'checkin',
            models.CheckConstraint(
                condition=~Q(kind='before') | Q(safe__isnull=True, body__isnull=True),
                name='checkin_says_how_it_was_afterwards',
            ),
        ),
    ]
