"""A vendor's link shares its fields with every other mailed link. Nothing of the table changes: their words, and a
default that the database does not know."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_reminders_of_raters")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "vendorlink",
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("nl", "Dutch")],
                        default="en",
                        max_length=5,
                        verbose_name="language",
                    ),
                ),
                migrations.AlterField("vendorlink", "expires_at", models.DateTimeField()),
                migrations.AlterField("vendorlink", "revoked_at", models.DateTimeField(blank=True, null=True)),
                migrations.AlterField("vendorlink", "sent_at", models.DateTimeField(blank=True, null=True)),
                migrations.AlterField("vendorlink", "failed_at", models.DateTimeField(blank=True, null=True)),
                migrations.AlterField("vendorlink", "opened_at", models.DateTimeField(blank=True, null=True)),
            ]
        )
    ]
