"""What an import made and told; and a place for the organisation of an incident, which 0008 fills."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_department_is_it"),
        ("vendors", "0006_sources_and_calendars"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="incidents",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="incidentimport",
            name="told",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="service",
            name="created_in",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="created_services",
                to="vendors.incidentimport",
            ),
        ),
        migrations.AddField(
            model_name="vendor",
            name="created_in",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="created_vendors",
                to="vendors.incidentimport",
            ),
        ),
    ]
