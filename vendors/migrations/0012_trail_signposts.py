"""Entries of the audit trail about vendors and what is theirs say by its id which vendor it is."""

from django.db import migrations
from django.db.models import BigIntegerField
from django.db.models.functions import Cast

from accounts import immutable

VENDOR = "vendors.vendor"


def fill_in(apps, schema_editor):
    entries = apps.get_model("accounts", "AuditEntry").objects.filter(vendor_ref=None)
    with immutable.lifted("accounts", using=schema_editor.connection.alias):
        entries.filter(subject_type=VENDOR).update(vendor_ref=Cast("subject_id", BigIntegerField()))
        entries.filter(object_type=VENDOR).update(vendor_ref=Cast("object_id", BigIntegerField()))


class Migration(migrations.Migration):
    dependencies = [
        ("vendors", "0011_pulses_by_themselves"),
        ("accounts", "0007_trail_signposts"),
    ]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
