"""What was noted of what the vendor said: one text a question that everybody who rates reads and writes, until the
vendor answers the question itself. Reading it is no reading of others' answers (docs/decisions/21)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.trail import audit
from assessments.models import Answer, Assessment, Response, VendorNote
from assessments.questionnaire.saving import closed_reason, lock_answer
from assessments.secrecy import vendor_answers
from groundwork.saved import Closed, Conflict, Outcome, Saved
from manifesto.models import Rule


def notes_of(assessment: Assessment, rule: Rule) -> dict[int, VendorNote]:
    """Question → its note, where there is one; one query."""
    rows = VendorNote.objects.filter(assessment=assessment, question__rule=rule).select_related("updated_by")
    return {note.question_id: note for note in rows}


def notes_side_by_side(answers: Collection[Answer]) -> dict[int, VendorNote]:
    """Answer → the note beside it, in several assessments; one query."""
    rows = VendorNote.objects.filter(
        assessment__in={answer.response.assessment_id for answer in answers},
        question__in={answer.question_id for answer in answers},
    )
    found = {(note.assessment_id, note.question_id): note for note in rows.select_related("updated_by")}
    places = {answer: (answer.response.assessment_id, answer.question_id) for answer in answers}
    return {answer.pk: found.get(place) or nothing_noted(answer) for answer, place in places.items()}


def said_side_by_side(answers: Collection[Answer]) -> dict[int, Answer]:
    """Answer → what the vendor handed in about the same question itself; two queries."""
    rows = Answer.objects.filter(
        response__in=Response.objects.of_vendor().handed_in(),
        response__assessment__in={answer.response.assessment_id for answer in answers},
        question__in={answer.question_id for answer in answers},
    )
    rows = rows.select_related("response").prefetch_related("evidence")
    found = {(said.response.assessment_id, said.question_id): said for said in rows}
    places = {answer.pk: (answer.response.assessment_id, answer.question_id) for answer in answers}
    return {pk: found[place] for pk, place in places.items() if place in found}


def note_beside(answer: Answer) -> VendorNote:
    """One query."""
    return notes_side_by_side([answer])[answer.pk]


def nothing_noted(answer: Answer) -> VendorNote:
    """An empty one, not stored."""
    return VendorNote(assessment_id=answer.response.assessment_id, question_id=answer.question_id)


def save_note(answer: Answer, text: str, version: int, *, author: User, now: datetime) -> Outcome[VendorNote]:
    """Write the note beside an answer that this person may write, where it still has `version`, or say why not."""
    text = text.strip()
    with transaction.atomic():
        held = lock_answer(answer)  # and its assessment: two who write the first words wait for each other
        place = {"assessment": held.response.assessment, "question": held.question}
        if reason := closed_reason(held.response.assessment, held.response):
            return Closed(reason=reason)
        note = VendorNote.objects.select_related("updated_by").filter(**place).first() or VendorNote(**place)
        if note.text == text and not note.carried_over:
            return Saved(version=note.version, at=note.updated_at)
        if _is_answered_by_vendor(held):
            return Closed(
                reason=_("The vendor has answered this question itself by now: load the page again to read it.")
            )
        if note.version != version:
            return Conflict(stored=note)
        before = {"text": note.text}
        note.text, note.version, note.carried_over = text, version + 1, False
        note.updated_at, note.updated_by = now, author
        note.save()
        if before["text"] != text:
            audit.record(author, "vendor_note.changed", note, before=before, after={"text": text})
    return Saved(version=note.version, at=now, changed=frozenset({"text"}))


def _is_answered_by_vendor(answer: Answer) -> bool:
    said = ~Q(vendor_says="") | Q(fact_value__isnull=False) | Q(evidence__isnull=False)
    return vendor_answers(answer.response.assessment).filter(said, question=answer.question_id).exists()
