"""What was sent back, as a row: kept, looked at as often as somebody likes, and then taken over or thrown away."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.trail import audit
from assessments.models import Response, VendorLink, WorkbookUpload, WorkbookUploadQuerySet
from assessments.questionnaire.saving import Author, in_the_trail, save_answer
from assessments.workbooks.plan import Plan, QuestionPlan
from groundwork.refusals import Refusal
from groundwork.saved import Closed, Saved
from vendors.attachments import clean_name

KEPT_FOR = timedelta(days=30)  # a file that nobody decides about


class NotTaken(Refusal):
    """Nothing was written: something moved since the person looked, or the questionnaire is closed."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """About one question. `version`: of the answer that the person has seen."""

    takes: bool
    version: int


def keep(content: bytes, name: str, *, response: Response, author: Author, now: datetime) -> WorkbookUpload:
    """Keep the file until it is decided about. One that waits already of the same person makes room."""
    upload = WorkbookUpload(
        response=response,
        uploaded_by=author if isinstance(author, User) else None,
        link=author if isinstance(author, VendorLink) else None,
        uploaded_at=now,
        file_name=clean_name(name),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    with transaction.atomic():
        for earlier in uploads_of(response, author).waiting().select_for_update(of=("self",)):
            _end(earlier, discarded_at=now)
        upload.file.save("workbook", ContentFile(content), save=False)
        upload.save()
        audit.record(in_the_trail(author), "workbook.uploaded", response, after={"sha256": upload.sha256})
    return upload


def uploads_of(response: Response, author: Author) -> WorkbookUploadQuerySet:
    """What this person has sent for this questionnaire."""
    rows = WorkbookUpload.objects.filter(response=response)
    return rows.filter(uploaded_by=author) if isinstance(author, User) else rows.filter(link=author)


def take(
    upload: WorkbookUpload, plan: Plan, decisions: Mapping[int, Decision], *, author: Author, now: datetime
) -> int:
    """Save what was chosen, by answer, all of it or nothing; how many answers. The file goes.

    Raises NotTaken where an answer is not as it was seen, or nothing can be changed any more."""
    chosen = [one for one in plan.takeable if one.answer.pk in decisions and decisions[one.answer.pk].takes]
    with transaction.atomic():
        fresh = _lock(upload)
        for one in chosen:
            _save(one, decisions[one.answer.pk], author=author, now=now)
        audit.record(in_the_trail(author), "workbook.taken", fresh.response, after={"answers": len(chosen)})
        _end(fresh, taken_at=now)
    return len(chosen)


def discard(upload: WorkbookUpload, *, author: Author, now: datetime) -> None:
    """Throw it away, with its file. Raises NotTaken where it was decided about already."""
    with transaction.atomic():
        fresh = _lock(upload)
        audit.record(in_the_trail(author), "workbook.discarded", fresh.response, after={"sha256": fresh.sha256})
        _end(fresh, discarded_at=now)


def forget(now: datetime) -> int:
    """Throw away what nobody decided about for a month; how many."""
    old = WorkbookUpload.objects.waiting().filter(uploaded_at__lt=now - KEPT_FOR)
    with transaction.atomic():
        rows = list(old.select_for_update(of=("self",), skip_locked=True).select_related("response__assessment")[:100])
        for upload in rows:
            audit.record(None, "workbook.discarded", upload.response, after={"sha256": upload.sha256})
            _end(upload, discarded_at=now)
    return len(rows)


def _save(one: QuestionPlan, decision: Decision, *, author: Author, now: datetime) -> None:
    if one.draft is None:
        raise NotTaken(_("Question %(number)s cannot be taken over: look at it again.") % {"number": one.asked.number})
    outcome = save_answer(one.answer, one.draft, version=decision.version, author=author, now=now, from_workbook=True)
    if isinstance(outcome, Closed):
        raise NotTaken(outcome.reason)
    if not isinstance(outcome, Saved):
        said = _("Question %(number)s was changed on the site meanwhile, so nothing was taken over. Look at it again.")
        raise NotTaken(said % {"number": one.asked.number})


def decided_already() -> str:
    return _("This workbook was taken over or thrown away already: nothing was changed.")


def _lock(upload: WorkbookUpload) -> WorkbookUpload:
    rows = WorkbookUpload.objects.select_for_update(of=("self",)).select_related("response__assessment")
    fresh = rows.get(pk=upload.pk)
    if fresh.taken_at or fresh.discarded_at:
        raise NotTaken(decided_already())
    return fresh


def _end(upload: WorkbookUpload, **ended: datetime) -> None:
    """The row stays, without its file, which goes when the change is certain."""
    storage, path = upload.file.storage, str(upload.file.name)
    for name, moment in ended.items():
        setattr(upload, name, moment)
    upload.file = ""
    upload.save(update_fields=["file", *ended])
    if path:
        transaction.on_commit(lambda: storage.delete(path), robust=True)
