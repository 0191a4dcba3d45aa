from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_supports'),
    ]

    operations = [
        migrations.AddField('person', 'wants_notice_check_in', models.BooleanField(default=False)),
    ]
