"""Rows that other systems know get names that do not count."""

import uuid
from django.db import migrations, models

from groundwork.public_ids import fill

TABLES = ("assessments_assessment", "assessments_commitment", "assessments_response")


def name_rows(apps, schema_editor):
    for table in TABLES:
        fill(schema_editor, table)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0016_workbook_uploads'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='commitment',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='response',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunPython(name_rows, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='assessment',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='commitment',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='response',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
