"""Saving answer forms, one by autosave.js or a page of them: the same for raters, delegates and the vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.models import Answer, Evidence, VendorNote
from assessments.questionnaire.evidence import EvidenceError, add_evidence, delete_evidence
from assessments.questionnaire.forms import AnswerForm, row_of, two_versions_of, values_of
from assessments.questionnaire.saving import SCORE_FIELDS, Author, closed_reason, save_answer
from groundwork import whole_numbers
from groundwork.saved import STATUS_OF, Closed, Conflict, Invalid, Outcome, Saved, saved_at, status_of


@dataclass(frozen=True, kw_only=True)
class ShownAnswers:
    """The forms of a page: as stored, or as typed where they could not be saved."""

    forms: Sequence[AnswerForm]
    closed: str = ""  # why nothing is taken any more; empty while the questionnaire is open
    status: int = 200

    def context(self) -> dict[str, Any]:
        rows = [row_of(form) for form in self.forms]
        return {
            "forms": self.forms,
            "rows": rows,
            "problems": [(row, link, message) for row in rows for link, message in row.error_links],
            "conflicts": [row for row in rows if row.conflict or (row.note and row.note.stored)],
            "closed": self.closed,
        }


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def save(form: AnswerForm, *, author: Author) -> Outcome[Answer]:
    """Save one form; what keeps it from being saved is put beside its fields."""
    if not form.is_valid():
        closed = closed_reason(form.answer.response.assessment, form.answer.response)
        return Closed(reason=closed) if closed else Invalid(errors=form.messages())
    version = form.cleaned_data["version"]
    outcome = save_answer(form.answer, form.draft(), version=version, author=author, now=timezone.now())
    if isinstance(outcome, Conflict):
        form.conflict = outcome.stored
    return outcome


def save_all(
    request: HttpRequest,
    answers: Sequence[Answer],
    *,
    author: Author,
    reload: Callable[[], Sequence[Answer]],
    form_of: Callable[..., AnswerForm] = AnswerForm,
) -> ShownAnswers | None:
    """Save a page of answers, with its files; None where all of it is saved.

    `answers`: those that the author may write. `reload`: all answers of the page, as stored. `form_of`: makes the form
    of an answer (`form_of(data, files, answer=…)`, or without data), from where its author sits.
    """
    forms = _posted(request, answers, form_of)
    outcomes = {form.answer.pk: save(form, author=author) for form in forms}
    notes = _save_notes(forms, author)
    closed = next((one for one in outcomes.values() if isinstance(one, Closed)), None)
    closed = closed or _save_files(request, forms, author)
    unsaved = {
        form.answer.pk: form
        for form in forms
        if form.file_errors or closed or _is_unsaved(form, outcomes[form.answer.pk])
    }
    if not unsaved:
        return None
    return ShownAnswers(
        forms=[_form_to_show(answer, unsaved, outcomes, form_of) for answer in reload()],
        closed=closed.reason if closed else "",
        status=max(status_of([*outcomes.values(), *notes]), 409),
    )


def keep_files(form: AnswerForm, files: Iterable[UploadedFile], *, author: Author) -> Closed | None:
    """Keep each file that may be kept; the others are named with the reason."""
    for file in files:
        try:
            outcome = add_evidence(form.answer, file, author=author, now=timezone.now())
        except EvidenceError as refused:
            form.file_errors.append(str(refused))
        else:
            if isinstance(outcome, Closed):
                return outcome
    return None


def as_json(form: AnswerForm, outcome: Outcome[Answer]) -> JsonResponse:
    """The outcome for autosave.js."""
    data = {"state": type(outcome).__name__.lower()} | _said(form, outcome)
    return JsonResponse(data, status=STATUS_OF[type(outcome)])


def _save_notes(forms: Iterable[AnswerForm], author: Author) -> list[Outcome[VendorNote]]:
    """What was noted of what the vendor said, beside the answers."""
    return [form.note.save(author) for form in forms if form.note is not None and isinstance(author, User)]


def _is_unsaved(form: AnswerForm, outcome: Outcome[Answer]) -> bool:
    return not isinstance(outcome, Saved) or (form.note is not None and not form.note.is_saved)


def _form_to_show(
    answer: Answer,
    typed: dict[int, AnswerForm],
    outcomes: dict[int, Outcome[Answer]],
    form_of: Callable[..., AnswerForm],
) -> AnswerForm:
    """As typed where it was not saved, else as it is stored now."""
    form = typed.get(answer.pk)
    if form is None:
        return form_of(answer=answer)
    if isinstance(outcomes[answer.pk], Saved):
        fresh = form_of(answer=answer)
        fresh.file_errors, fresh.note = form.file_errors, form.note
        return fresh
    form.answer = answer
    return form


def _posted(request: HttpRequest, answers: Sequence[Answer], form_of: Callable[..., AnswerForm]) -> list[AnswerForm]:
    """The forms of the page, but the one whose other version was taken.

    “Keep mine” names the version that the person has seen and wants to replace.
    """
    data: QueryDict = request.POST
    taken = data.get("take", "")
    answer, _colon, version = data.get("keep", "").partition(":")
    if version.isdecimal():
        data = data.copy()
        data[f"a{answer}-version"] = version
    return [form_of(data, request.FILES, answer=answer) for answer in answers if str(answer.pk) != taken]


def _save_files(request: HttpRequest, forms: Sequence[AnswerForm], author: Author) -> Closed | None:
    for form in forms:
        files = request.FILES.getlist(f"{form.prefix}-evidence")
        if files and (closed := keep_files(form, files, author=author)):
            return closed
    return _delete_file(request, forms, author)


def _delete_file(request: HttpRequest, forms: Iterable[AnswerForm], author: Author) -> Closed | None:
    """A file of one of these answers, named by the button that was pressed."""
    wanted = whole_numbers.said(request.POST.get("delete_evidence", ""))
    if wanted is None:
        return None
    evidence = Evidence.objects.filter(pk=wanted, answer__in=[form.answer.pk for form in forms])
    found = evidence.select_related("answer__response", "answer__question").first()
    return delete_evidence(found, author=author) if found else None


def _said(form: AnswerForm, outcome: Outcome[Answer]) -> dict[str, Any]:
    """What autosave.js needs to know of each outcome."""
    match outcome:
        case Saved():
            form.answer.updated_at = outcome.at
            return {
                "version": outcome.version,
                "message": saved_at(outcome.at),
                "scored": not outcome.changed.isdisjoint(SCORE_FIELDS),
            }
        case Conflict():
            context = {"row": row_of(form), "conflict": two_versions_of(form)}
            return {
                "message": _("Not saved: somebody else changed this answer"),
                "stored": values_of(outcome.stored),
                "html": render_to_string("assessments/questionnaire/_answer_conflict.html", context),
            }
        case Invalid():
            return {"message": _("Not saved yet"), "errors": dict(outcome.errors)}
        case _:
            return {"message": outcome.reason}
