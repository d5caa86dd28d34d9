"""What was printed of a scorecard before there were three documents of it is its full record."""

from django.db import migrations, models


def name_the_record(apps, schema_editor):
    renderings = apps.get_model("reports", "Rendering").objects.using(schema_editor.connection.alias)
    renderings.filter(scorecard__isnull=False).update(kind="record")


def forget_the_others(apps, schema_editor):
    """The way back knows one document a language: the full record stays."""
    renderings = apps.get_model("reports", "Rendering").objects.using(schema_editor.connection.alias)
    renderings.filter(kind__in=("brief", "scorecard")).delete()
    renderings.filter(kind="record").update(kind="")


class Migration(migrations.Migration):

    dependencies = [("reports", "0007_files_and_letters")]

    operations = [
        migrations.RemoveConstraint(
            model_name='rendering',
            name='rendering_once_per_language',
        ),
        migrations.RunPython(name_the_record, forget_the_others),
        migrations.AddConstraint(
            model_name='rendering',
            constraint=models.UniqueConstraint(fields=('scorecard', 'kind', 'language'), name='rendering_once_per_kind_and_language'),
        ),
        migrations.AddConstraint(
            model_name='rendering',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), ('scorecard', None)), models.Q(('kind__in', ['brief', 'scorecard', 'record']), ('scorecard__isnull', False)), _connector='OR'), name='rendering_of_scorecard_has_kind'),
        ),
    ]
