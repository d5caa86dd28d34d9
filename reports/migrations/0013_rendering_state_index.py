from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0012_names_outwards")]

    operations = [
        migrations.AddIndex(model_name="rendering", index=models.Index(fields=["state"], name="rendering_state")),
    ]
