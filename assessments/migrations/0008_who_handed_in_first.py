"""What is known of the time before: when a rater first handed in, as the trail keeps it, and who has certainly read
others' answers in a running assessment, because they recorded an agreement or decided."""

from django.db import migrations
from django.db.models import Min

OPEN = ("draft", "collecting", "in_review")


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    Response = apps.get_model("assessments", "Response")
    AuditEntry = apps.get_model("accounts", "AuditEntry")
    entries = AuditEntry.objects.using(using).filter(object_type="assessments.response", verb="response.handed_in")
    # Without the order of the model, which would be part of the grouping.
    first = dict(entries.order_by().values_list("object_id").annotate(Min("at")))
    changed = []
    for response in Response.objects.using(using).filter(kind="customer").iterator():
        known = [at for at in (first.get(str(response.pk)), response.submitted_at) if at is not None]
        if known:
            response.first_handed_in_at = min(known)
            changed.append(response)
    Response.objects.using(using).bulk_update(changed, ["first_handed_in_at"], batch_size=500)

    Reading = apps.get_model("assessments", "Reading")
    for model in ("Consensus", "Approval"):
        rows = apps.get_model("assessments", model).objects.using(using).filter(assessment__state__in=OPEN)
        found = rows.order_by().values_list("assessment", "decided_by").annotate(Min("decided_at"))
        Reading.objects.using(using).bulk_create(
            [Reading(assessment_id=one, user_id=who, first_at=at) for one, who, at in found], ignore_conflicts=True
        )


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0007_independence"),
        ("accounts", "0006_pulses_by_themselves"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
