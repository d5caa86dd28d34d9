from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0010_commitments")]

    operations = [
        migrations.AddField(
            model_name="commitmentlink",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        )
    ]
