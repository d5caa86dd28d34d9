"""Entries of the audit trail about assessments say by keys which vendor, which question and which rule they are about;
and every entry that is about a vendor, what it was called then.

The words of an entry stay as they were written. What is gone by now is known by what the entry itself says of it.
"""

from django.db import migrations
from django.db.models import BigIntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from accounts import immutable
from groundwork.languages import LANGUAGE_CODES

ASSESSMENT = "assessments.assessment"
CHANGED, DELETED = "vendor.changed", "vendor.deleted"


def fill_in(apps, schema_editor):
    entries = apps.get_model("accounts", "AuditEntry").objects
    with immutable.lifted("accounts", using=schema_editor.connection.alias):
        fill_in_assessments(apps, entries)
        fill_in_questions(apps, entries)
        fill_in_files(apps, entries)
        fill_in_what_is_gone(apps, entries)
        fill_in_names(apps, entries)


def of_row(rows, column, *, number="object_id"):
    """What stands in the column of the row that an entry is about, if it is still there."""
    return Subquery(rows.filter(pk=Cast(OuterRef(number), BigIntegerField())).order_by().values(column)[:1])


def text_of_row(rows, column):
    return Coalesce(of_row(rows, column), Value(""))


def fill_in_assessments(apps, entries):
    rows = apps.get_model("assessments", "Assessment").objects
    entries.filter(subject_type=ASSESSMENT, vendor_ref=None).update(
        vendor_ref=of_row(rows, "vendor_id", number="subject_id"),
        release_ref=of_row(rows, "release_id", number="subject_id"),
    )


def fill_in_questions(apps, entries):
    asked = {"Answer": "question__key", "Delegation": "answer__question__key", "Consensus": "question__key"}
    for name, column in asked.items():
        rows = apps.get_model("assessments", name).objects
        about = entries.filter(object_type=f"assessments.{name.lower()}", question_key="")
        about.update(question_key=text_of_row(rows, column))
    replies = entries.filter(object_type="assessments.reply", rule_key="")
    replies.update(rule_key=text_of_row(apps.get_model("assessments", "Reply").objects, "rule"))


def fill_in_files(apps, entries):
    """A file may be gone: the entry says to which answer it belonged; an older one does not."""
    answers = apps.get_model("assessments", "Answer").objects
    files = apps.get_model("assessments", "Evidence").objects
    about = entries.filter(object_type="assessments.evidence", question_key="")
    about.update(question_key=text_of_row(files, "answer__question__key"))
    for pk, before, after in list(about.values_list("pk", "before", "after")):
        answer = (after or before).get("answer")
        key = answers.filter(pk=answer).values_list("question__key", flat=True).first() if answer else None
        if key:
            entries.filter(pk=pk).update(question_key=key)


def fill_in_what_is_gone(apps, entries):
    """An agreement that was taken back is no row any more; the entry has the name of its question."""
    questions = apps.get_model("manifesto", "Question").objects
    about = entries.filter(object_type="assessments.consensus", question_key="").exclude(release_ref=None)
    for release, name in set(about.order_by().values_list("release_ref", "object_label")):
        called = Q()
        for language in LANGUAGE_CODES:
            called |= Q(**{f"short_{language}": name})
        keys = set(questions.filter(called, release=release).values_list("key", flat=True))
        if len(keys) == 1:
            about.filter(release_ref=release, object_label=name).update(question_key=keys.pop())


def fill_in_names(apps, entries):
    """What a vendor was called at the moment of the entry: today's name, and before each change of it the one before."""
    vendors = apps.get_model("vendors", "Vendor").objects
    unnamed = entries.filter(vendor_name="").exclude(vendor_ref=None)
    deleted = list(entries.filter(verb=DELETED).values_list("vendor_ref", "before"))
    renamed = list(
        entries.filter(verb=CHANGED, before__has_key="name")
        .order_by("-at", "-pk")
        .values_list("vendor_ref", "at", "before")
    )
    name = Subquery(vendors.filter(pk=OuterRef("vendor_ref")).order_by().values("name")[:1])
    unnamed.update(vendor_name=Coalesce(name, Value("")))
    for vendor, before in deleted:
        unnamed.filter(vendor_ref=vendor).update(vendor_name=before.get("name", ""))
    for vendor, at, before in renamed:
        entries.filter(vendor_ref=vendor, at__lt=at).update(vendor_name=before["name"])


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0005_vendor_link_is_a_mailed_link"),
        ("vendors", "0012_trail_signposts"),
        ("manifesto", "0003_words_for_columns"),
    ]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
