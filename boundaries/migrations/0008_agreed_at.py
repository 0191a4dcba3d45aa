from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from boundaries import guards

EARLIER = guards.BOUNDARIES + guards.APART


def take_down(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, EARLIER)


def put_up(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, EARLIER)


def put_up_new(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.install(schema_editor.connection, guards.AGREED)


def take_down_new(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guards.remove(schema_editor.connection, guards.AGREED)


def say_when_both_had(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was counted from the consents until now."""
    consents = apps.get_model('boundaries', 'Consent').objects.filter(proposal=OuterRef('pk'))
    later = Subquery(consents.order_by('-given_at').values('given_at')[:1])
    agreed = apps.get_model('boundaries', 'Proposal').objects.filter(takes_force_at__isnull=False)
    agreed.update(agreed_at=Greatest(F('made_at'), Coalesce(later, F('made_at'))))


class Migration(migrations.Migration):
    """SQLite makes the table anew for a constraint, and cannot while a trigger names it."""

    dependencies = [
        ('accounts', '0010_told_and_proved'),
        ('boundaries', '0007_last_words'),
    ]

    operations = [
        migrations.RunPython(take_down, put_up),
        migrations.RemoveConstraint(
            model_name='proposal',
            name='proposal_cools_off',
        ),
        migrations.AddField(
            model_name='proposal',
            name='agreed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(say_when_both_had, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=Q(Q(('agreed_at__isnull', True), ('takes_force_at__isnull', True)), Q(('agreed_at__gte', F('made_at')), ('agreed_at__isnull', False), ('takes_force_at__gte', F('agreed_at') + timedelta(days=3)), ('takes_force_at__isnull', False)), _connector='OR'), name='proposal_cools_off'),
        ),
        migrations.RunPython(put_up, take_down),
        migrations.RunPython(put_up_new, take_down_new),
    ]
