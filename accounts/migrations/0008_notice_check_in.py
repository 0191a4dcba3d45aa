from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_feed'),
    ]

    operations = [
        migrations.AddField('person', 'wants_notice_check_in', models.BooleanField(default=False)),
    ]
