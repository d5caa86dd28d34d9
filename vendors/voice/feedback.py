"""The voice of the customer: said, changed, taken back; each with its audit entry, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.models import Membership
from accounts.trail import audit
from groundwork.together import Lookup, attach
from vendors import facts_revision
from vendors.attachments import AttachmentError, check_file, digest, store
from vendors.models import Feedback, FeedbackFile, FeedbackQuerySet, Feeling, Vendor
from vendors.panels import Panel

FIELDS = (
    "feeling",
    "vendor",
    "comment",
    "name",
    "department",
    "said_on",
    "sla",
    "kind",
    "service",
    "incident",
    "told_beforehand",
    "workaround",
    "courteous",
    "cause",
)
# How one was kept informed, and spoken to: asked in the log and in a pulse, and never owed.
BESIDE: Mapping[str, Promise] = {
    "told_beforehand": gettext_lazy("Were you told beforehand?"),
    "workaround": gettext_lazy("Were you offered a way round?"),
    "courteous": gettext_lazy("Were they courteous?"),
}
MOST_FILES = 10  # what needs more needs a summary
RELATED = ("vendor__organisation", "service", "incident", "department", "pulse")
LATEST = 3  # on the vendor's page


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many said that it felt so."""

    feeling: Feeling
    count: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A feedback as the log shows it."""

    feedback: Feedback
    may_change: bool


# Looking --------------------------------------------------------------------------------------------------------
def may_change(member: Membership, feedback: Feedback) -> bool:
    """Whoever wrote it, and whoever looks after what is measured."""
    return feedback.created_by_id == member.user_id or may(member, Right.EDIT_VENDORS)


def entries(member: Membership, rows: Iterable[Feedback]) -> list[Entry]:
    return [Entry(feedback=row, may_change=may_change(member, row)) for row in rows]


def complete(rows: FeedbackQuerySet) -> FeedbackQuerySet:
    """With all that an entry of the log shows, in two queries."""
    return rows.select_related(*RELATED).prefetch_related("files")


def tally(rows: FeedbackQuerySet) -> list[Tally]:
    """All five feelings from worst to best; one query."""
    return _tally(_counted(rows))


def _counted(rows: FeedbackQuerySet) -> QuerySet[Any, Any]:
    return rows.order_by().values_list("feeling").annotate(number=Count("pk"))


def _tally(counted: Iterable[tuple[Any, int]]) -> list[Tally]:
    counts: dict[Any, int] = dict(counted)
    return [Tally(feeling=feeling, count=counts.get(feeling.value, 0)) for feeling in Feeling]


def last_vendor(member: Membership) -> Vendor | None:
    """The vendor that this member spoke of last: people speak of the same one again."""
    said = Feedback.objects.for_member(member).filter(created_by=member.user_id, vendor__archived_at=None)
    latest = said.select_related("vendor").order_by("-created_at", "-pk").first()
    return latest.vendor if latest else None


def panel(member: Membership, vendor: Vendor) -> Lookup[Panel]:
    """The latest on the vendor's page, with how many said how it felt."""
    rows = Feedback.objects.filter(vendor=vendor)
    latest, counted = rows.select_related(*RELATED)[:LATEST], _counted(rows)
    files = FeedbackFile.objects.filter(feedback__in=rows[:LATEST].values("pk")).order_by()

    def told() -> Panel:
        attach(latest, "files", ((one.feedback_id, one) for one in sorted(files, key=lambda one: one.pk)))
        newest = sorted(latest, key=lambda one: (one.said_on, one.pk), reverse=True)
        return _panel(member, vendor, newest, _tally(counted))

    return Lookup(reads=(latest, counted, files), told=told)


def _panel(member: Membership, vendor: Vendor, latest: Sequence[Feedback], counts: Sequence[Tally]) -> Panel:
    number = sum(one.count for one in counts)
    log = f"{reverse('feedback_list')}?vendor={vendor.pk}"
    context = {
        "vendor": vendor,
        "tally": counts,
        "count": number,
        "entries": entries(member, latest),
        "log": log,
        "base": f"{log}&",
        "may_speak": may(member, Right.SPEAK) and vendor.archived_at is None,
    }
    return Panel(
        template="vendors/voice/_feedback_panel.html", anchor="voice", label=_("Voice of the customer"), context=context
    )


# Changing -------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_feedback(member: Membership, feedback: Feedback, files: Sequence[UploadedFile] = ()) -> Feedback:
    """Into the log, with its files, which were checked before. Raises AttachmentError: then nothing is kept."""
    feedback.created_by = member.user
    feedback.save()
    audit.record(member.user, "feedback.added", feedback, after=audit.snapshot(feedback, FIELDS))
    facts_revision.raise_revision(feedback.vendor_id)
    _keep(member, feedback, files)
    return feedback


@transaction.atomic
def change_feedback(
    member: Membership, feedback: Feedback, *, changed: Collection[str], files: Sequence[UploadedFile] = ()
) -> Feedback:
    """Write the `changed` fields only, so that what a colleague changes meanwhile stays. Raises AttachmentError."""
    fields = [name for name in FIELDS if name in changed]
    known = Feedback.objects.filter(pk=feedback.pk).values_list("vendor", flat=True)
    facts_revision.lock_vendors(feedback.vendor_id, *known)
    stored = Feedback.objects.select_for_update().get(pk=feedback.pk)
    before, after = audit.snapshot(stored, fields), audit.snapshot(feedback, fields)
    if before != after:
        feedback.save(update_fields=[*fields, "updated_at"])
        audit.record(member.user, "feedback.changed", feedback, before=before, after=after)
        facts_revision.raise_revision(*sorted({stored.vendor_id, feedback.vendor_id}))
    _keep(member, feedback, files)
    return feedback


@transaction.atomic
def delete_feedback(member: Membership, feedback: Feedback) -> None:
    """Out of the log for good, with its files; what a pulse answered stays with the pulse."""
    audit.record(member.user, "feedback.deleted", feedback, before=audit.snapshot(feedback, FIELDS))
    for file in feedback.files.all():
        _drop_on_commit(file)
    facts_revision.raise_revision(feedback.vendor_id)
    feedback.delete()


@transaction.atomic
def delete_file(member: Membership, file: FeedbackFile) -> None:
    """Take a file away; the bytes go when the change is certain."""
    audit.record(member.user, "feedback.file_deleted", file.feedback, before={"file": file.name, "sha256": file.sha256})
    _drop_on_commit(file)
    file.delete()


def _drop_on_commit(file: FeedbackFile) -> None:
    storage, path = file.file.storage, str(file.file.name)
    # A lambda: with a partial and robust=True, a failing callback ends in an AttributeError of Django's own.
    transaction.on_commit(lambda: storage.delete(path), robust=True)


def _keep(member: Membership, feedback: Feedback, files: Sequence[UploadedFile]) -> None:
    """Each file once; all are looked at before the first is written, so that a refusal leaves nothing behind."""
    if not files:
        return
    present = set(feedback.files.values_list("sha256", flat=True))
    found = {digest(file): (file, *check_file(file)) for file in files}
    fresh = {sha256: kept for sha256, kept in found.items() if sha256 not in present}
    if len(present) + len(fresh) > MOST_FILES:
        raise AttachmentError(_("A feedback holds at most %(count)s files.") % {"count": MOST_FILES})
    for sha256, (file, name, kind) in fresh.items():
        row = FeedbackFile(
            feedback=feedback,
            name=name,
            content_type=kind.content_type,
            size=file.size or 0,
            sha256=sha256,
            uploaded_by=member.user,
        )
        store(row, file, name=name)
        audit.record(member.user, "feedback.file_added", feedback, after={"file": name, "sha256": sha256})
