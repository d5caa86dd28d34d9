from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("vendors", "0008_incident_identity")]

    operations = [
        migrations.AlterField(
            model_name="servicecalendar",
            name="subdivision",
            field=models.CharField(blank=True, max_length=24, verbose_name="region"),
        ),
    ]
