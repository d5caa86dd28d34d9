"""When a rater was last asked again by mail, and whether the mail server took it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0003_everyone_who_has_a_say"),
    ]

    operations = [
        migrations.AddField(
            model_name="response",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="not delivered"),
        ),
        migrations.AddField(
            model_name="response",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reminded"),
        ),
    ]
