from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("vendors", "0009_what_a_file_holds")]

    operations = [
        migrations.AlterField(
            model_name="servicecalendar",
            name="subdivision",
            field=models.CharField(blank=True, max_length=24, verbose_name="region"),
        ),
    ]
