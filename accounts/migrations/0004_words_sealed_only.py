from django.db import migrations, models

import accounts.sealed
import accounts.models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_words_sealed'),
    ]

    operations = [
        migrations.RemoveField('membership', 'name_for_other'),
        migrations.RenameField('membership', 'sealed', 'name_for_other'),
        migrations.AlterField('membership', 'name_for_other', models.BinaryField()),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    'membership',
                    'name_for_other',
                    accounts.sealed.SealedTextField(default=accounts.models.unnamed, max_length=60, owner='person'),
                ),
            ],
        ),
    ]
