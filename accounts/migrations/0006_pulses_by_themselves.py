from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0005_repeat_days")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="asks_after_incidents_since",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="asks after critical incidents since"
            ),
        ),
    ]
