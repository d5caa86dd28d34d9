"""An incident is its source and reference within the organisation, whatever vendor it is at.

Texts are brought to the form in which imports read them now; incidents that are then the same are joined: the one that
was updated last stays, at its vendor, and what people said of the others is said of it. What is joined is logged, and
stands in the audit trail. Sources that incidents carry get a row, with a name that people can change.
"""

from collections import Counter, defaultdict

import django.db.models.deletion
import structlog
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from groundwork.clean_text import cleaned

logger = structlog.get_logger(__name__)

BY_HAND = "manual"
TOOLS = {
    "servicenow": "ServiceNow",
    "jira": "Jira Service Management",
    "zendesk": "Zendesk",
    "glpi": "GLPI",
    "other": "Another tool",
}
AT_ONCE = 1_000
TEXTS = ("reference", "problem", "handled_by")
LONGEST = {"reference": 80, "problem": 200, "handled_by": 120}


def bring_together(apps, schema_editor):
    incidents = apps.get_model("vendors", "Incident").objects
    vendor = apps.get_model("vendors", "Vendor").objects.filter(pk=OuterRef("vendor_id"))
    incidents.update(organisation_id=Subquery(vendor.values("organisation_id")[:1]))
    clean_names(apps.get_model("vendors", "Vendor"), "organisation_id")
    clean_names(apps.get_model("vendors", "Service"), "vendor_id")
    changed, groups = read(incidents)
    join(apps, {loser: kept for group in groups if len(group) > 1 for loser, kept in losers_of(group)})
    write(schema_editor.connection, incidents.model._meta.db_table, changed)
    apps.get_model("vendors", "Vendor").objects.update(facts_revision=F("facts_revision") + 1)
    name_sources(apps)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table could not be altered any more


def clean_names(model, within):
    """Where another has the clean name already, both stay: a person has to say whether they are one."""
    rows = list(model.objects.values_list("pk", within, "name"))
    taken = Counter((group, name.lower()) for _pk, group, name in rows)
    for pk, group, name in rows:
        clean = cleaned(name)
        if clean in {name, ""}:
            continue
        if taken[group, clean.lower()] - (clean.lower() == name.lower()):
            logger.warning("name_left_as_it_is", kind=model.__name__, pk=pk, name=name)
            continue
        taken[group, clean.lower()] += 1
        model.objects.filter(pk=pk).update(name=clean)


def read(incidents):
    """pk → its clean texts, of those that are not clean; and the incidents that are one, each as (updated, pk)."""
    changed, groups = {}, defaultdict(list)
    rows = incidents.values_list("pk", "organisation_id", "source", "updated_at", *TEXTS)
    for pk, organisation, source, updated_at, *texts in rows.iterator(chunk_size=5_000):
        clean = [clean_text(name, text) for name, text in zip(TEXTS, texts, strict=True)]
        if clean != texts:
            changed[pk] = clean
        groups[organisation, source, clean[0]].append((updated_at, pk))
    return changed, groups.values()


def clean_text(name, text):
    """What would be empty or too long stays."""
    clean = cleaned(text)
    return clean if clean and len(clean) <= LONGEST[name] else text


def losers_of(group):
    *losers, (_updated, kept) = sorted(group)
    return [(pk, kept) for _updated, pk in losers]


def in_parts(pairs):
    pairs = list(pairs.items())
    return (pairs[start : start + AT_ONCE] for start in range(0, len(pairs), AT_ONCE))


def write(connection, table, changed):
    with connection.cursor() as cursor:
        for some in in_parts(changed):
            assigned = ", ".join(f"{name} = %s" for name in TEXTS)
            cursor.executemany(f"UPDATE {table} SET {assigned} WHERE id = %s", [(*texts, pk) for pk, texts in some])


def join(apps, kept_of):
    """What hangs on each goes to the one that stays; the trail tells what was there."""
    incidents = apps.get_model("vendors", "Incident").objects
    counts = Counter()
    for some in in_parts(kept_of):
        kept = dict(some)
        for model in ("Feedback", "Pulse"):
            for row in apps.get_model("vendors", model).objects.filter(incident__in=kept):
                type(row).objects.filter(pk=row.pk).update(incident_id=kept[row.incident_id])
        gone = list(incidents.filter(pk__in=kept).select_related("vendor", "organisation"))
        there = dict(incidents.filter(pk__in=kept.values()).values_list("pk", "vendor__name"))
        apps.get_model("accounts", "AuditEntry").objects.bulk_create(
            entry(apps, one, kept[one.pk], there[kept[one.pk]]) for one in gone
        )
        for one in gone:
            counts[one.organisation.slug] += 1
            logger.warning(
                "incident_joined",
                **{"organisation": one.organisation.slug, "source": one.source, "reference": one.reference},
                **{"vendor": one.vendor.name, "now_at": there[kept[one.pk]], "pk": one.pk, "kept": kept[one.pk]},
            )
        apps.get_model("vendors", "IncidentChange").objects.filter(incident__in=kept).delete()
        incidents.filter(pk__in=kept).delete()
    for slug, count in counts.items():
        logger.warning("incidents_joined", organisation=slug, count=count)


def entry(apps, one, kept, vendor):
    told = ("source", "reference", "title", "priority", "problem", "handled_by", "department")
    moments = ("opened_at", "resolved_at", "restored_at")
    before = {name: getattr(one, name) for name in told}
    before |= {name: getattr(one, name).isoformat() for name in moments if getattr(one, name)}
    return apps.get_model("accounts", "AuditEntry")(
        organisation_id=one.organisation_id,
        actor=None,
        actor_label="system",
        verb="incident.joined",
        object_type="vendors.incident",
        object_id=str(one.pk),
        object_label=one.reference,
        subject_type="vendors.vendor",
        subject_id=str(one.vendor_id),
        before={**before, "vendor": one.vendor.name},
        after={"joined_with": kept, "vendor": vendor},
        at=timezone.now(),
    )


def name_sources(apps):
    incidents = apps.get_model("vendors", "Incident").objects.exclude(source=BY_HAND).order_by()
    mappings = apps.get_model("vendors", "ImportMapping").objects.exclude(source__in=["", BY_HAND]).order_by()
    found = {*incidents.values_list("organisation_id", "source").distinct()}
    found |= {*mappings.values_list("organisation_id", "source").distinct()}
    source = apps.get_model("vendors", "IncidentSource")
    there = {*source.objects.values_list("organisation_id", "key")}
    source.objects.bulk_create(
        source(organisation_id=organisation, key=key, name=TOOLS.get(key, key))
        for organisation, key in sorted(found - there)
    )


class Migration(migrations.Migration):
    dependencies = [("vendors", "0007_made_by_imports")]

    operations = [
        migrations.RemoveConstraint(model_name="incident", name="incident_once_per_source"),
        migrations.RunPython(bring_together, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="incident",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="incidents",
                to="accounts.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                fields=("organisation", "source", "reference"), name="incident_once_per_source"
            ),
        ),
    ]
