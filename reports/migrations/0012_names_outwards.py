"""Rows that other systems know get names that do not count."""

import uuid
from django.db import migrations, models

from accounts import immutable
from groundwork.public_ids import fill

TABLES = ("reports_export", "reports_rendering", "reports_scorecard")


def name_rows(apps, schema_editor):
    with immutable.lifted("reports", using=schema_editor.connection.alias):  # scorecards never change; their name is new
        for table in TABLES:
            fill(schema_editor, table)


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0011_letter_templates_in_use'),
    ]

    operations = [
        migrations.AddField(
            model_name='export',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='rendering',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='scorecard',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunPython(name_rows, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='export',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='rendering',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='scorecard',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
