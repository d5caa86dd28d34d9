"""Papers get names that do not count, as other rows that other systems know."""

import uuid

from django.db import migrations, models

from groundwork.public_ids import fill


def name_rows(apps, schema_editor):
    fill(schema_editor, "vendors_paper")


class Migration(migrations.Migration):
    dependencies = [
        ("vendors", "0018_names_outwards"),
    ]

    operations = [
        migrations.AddField(
            model_name="paper",
            name="uuid",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunPython(name_rows, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="paper",
            name="uuid",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
