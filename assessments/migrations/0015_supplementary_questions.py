from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0014_commitments_of_rehearsals_and_proofs"),
    ]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="asks_supplementary",
            field=models.BooleanField(default=False, verbose_name="asks the supplementary questions"),
        ),
    ]
