"""An organisation's own letters in place of ours: uploaded and checked, looked at, switched on, and put away again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from accounts.trail import audit
from groundwork.refusals import Refusal
from reports.fact_sheets.kinds import Content
from reports.letters import filling, ours, packages, placeholders, samples
from reports.models import LetterKind, LetterTemplate
from vendors.attachments import clean_name, store


class NotThere(Refusal):
    """Somebody else was first."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One kind of letter in one language. `used`: in place of ours; `waiting`: uploaded and not switched on yet."""

    kind: LetterKind
    language: str
    used: LetterTemplate | None
    waiting: LetterTemplate | None


def slots(organisation: Organisation, languages: Sequence[str]) -> list[Slot]:
    """All kinds in all languages. One query."""
    rows = {(one.kind, one.language, one.is_used): one for one in organisation.letter_templates.all()}
    return [
        Slot(
            kind=kind,
            language=language,
            used=rows.get((kind.value, language, True)),
            waiting=rows.get((kind.value, language, False)),
        )
        for kind in LetterKind
        for language in languages
    ]


def slot(organisation: Organisation, kind: LetterKind, language: str) -> Slot:
    """One query."""
    rows = {one.is_used: one for one in organisation.letter_templates.filter(kind=kind, language=language)}
    return Slot(kind=kind, language=language, used=rows.get(True), waiting=rows.get(False))


def names_in(content: bytes) -> set[str]:
    """The placeholders of an uploaded letter. Raises TemplateRefused for a file that may not become one."""
    return set().union(*(placeholders.named_in(text) for text in packages.texts_of(content)))


def check(kind: LetterKind, language: str, content: bytes) -> set[str]:
    """Raises TemplateRefused; a letter that passes was filled in once, with an example."""
    names = names_in(content)
    filling.filled(content, samples.content(kind, language), made_at=samples.MADE_AT)
    return names


def upload(member: Membership, kind: LetterKind, language: str, file: UploadedFile, *, now: datetime) -> LetterTemplate:
    """Keep it, not yet in use, in place of the one that waited. Raises TemplateRefused, AttachmentError."""
    if (file.size or 0) > packages.LARGEST_FILE:
        packages.refuse_size()
    file.seek(0)
    content = file.read()
    check(kind, language, content)
    with transaction.atomic():
        _lock(member)
        waiting = slot(member.organisation, kind, language).waiting
        if waiting is not None:
            _delete(waiting)
        row = LetterTemplate(
            organisation=member.organisation,
            kind=kind,
            language=language,
            file_name=clean_name(file.name or ""),
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by=member.user,
            uploaded_at=now,
        )
        store(row, SimpleUploadedFile(row.file_name, content), name="letter.docx")
        audit.record(member.user, "letter_template.uploaded", row, label=_label(row), after=_told(row))
    return row


def use(member: Membership, row: LetterTemplate) -> LetterTemplate:
    """Letters are made from this one, from now on. NotThere where another one was uploaded since it was looked at."""
    with transaction.atomic():
        _lock(member)
        here = slot(member.organisation, LetterKind(row.kind), row.language)
        if here.waiting is None or here.waiting.pk != row.pk:
            raise NotThere(_("Another letter was uploaded meanwhile: look at it before you use it."))
        if here.used is not None:
            _delete(here.used)
        row.is_used = True
        row.save(update_fields=["is_used"])
        audit.record(member.user, "letter_template.used", row, label=_label(row), after=_told(row))
    return row


def back_to_ours(member: Membership, kind: LetterKind, language: str) -> None:
    """Neither the one in use nor the one that waits is kept."""
    with transaction.atomic():
        _lock(member)
        here = slot(member.organisation, kind, language)
        for row in filter(None, (here.used, here.waiting)):
            audit.record(member.user, "letter_template.removed", row, label=_label(row), before=_told(row))
            _delete(row)


def template_for(organisation: Organisation, content: Content) -> tuple[bytes, LetterTemplate | None]:
    """What a letter is filled into: the organisation's own, or ours where it has none or its file is gone."""
    kind, language = LetterKind(content["letter"]), content["language"]
    own = slot(organisation, kind, language).used
    held = read(own) if own else None
    return (held, own) if held is not None else (ours.starter(kind, language), None)


def read(row: LetterTemplate) -> bytes | None:
    """None where the file is gone, or is another one than was kept."""
    try:
        with row.file.open("rb") as file:
            content: bytes = file.read()
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == row.sha256 else None


def _lock(member: Membership) -> None:
    Organisation.objects.select_for_update(no_key=True).get(pk=member.organisation_id)


def _delete(row: LetterTemplate) -> None:
    storage, name = row.file.storage, str(row.file.name)
    row.delete()
    transaction.on_commit(lambda: storage.delete(name))


def _label(row: LetterTemplate) -> str:
    return f"{row.get_kind_display()} ({row.language})"


def _told(row: LetterTemplate) -> dict[str, str]:
    return {"letter": row.kind, "language": row.language, "file": row.file_name, "sha256": row.sha256}
