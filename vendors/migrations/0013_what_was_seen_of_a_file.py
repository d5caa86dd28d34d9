import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vendors", "0012_trail_signposts"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(blank=True, max_length=255)),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="incidentimport",
            name="incident_import_state_known",
        ),
        migrations.AlterField(
            model_name="incidentimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("reading", "Being read"),
                    ("mapping", "To be mapped"),
                    ("checking", "Being checked"),
                    ("checked", "Checked"),
                    ("importing", "Being imported"),
                    ("done", "Imported"),
                    ("undoing", "Being undone"),
                    ("undone", "Undone"),
                    ("cancelled", "Cancelled"),
                    ("failed", "Failed"),
                ],
                default="mapping",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "reading",
                            "mapping",
                            "checking",
                            "checked",
                            "importing",
                            "done",
                            "undoing",
                            "undone",
                            "cancelled",
                            "failed",
                        ],
                    )
                ),
                name="incident_import_state_known",
            ),
        ),
        migrations.AddField(
            model_name="importlook",
            name="incident_import",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="looks", to="vendors.incidentimport"
            ),
        ),
        migrations.AddConstraint(
            model_name="importlook",
            constraint=models.UniqueConstraint(fields=("incident_import", "sheet"), name="import_look_once_a_sheet"),
        ),
    ]
