from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0012_readings_and_reminders")]

    operations = [
        migrations.AddField(
            model_name="commitmentlink",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        )
    ]
