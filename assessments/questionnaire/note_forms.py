"""The note of what the vendor said as a form within the page of answers, and as it saves by itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.models import Answer, VendorNote
from assessments.questionnaire.notes import save_note
from groundwork.fields import LongText
from groundwork.saved import STATUS_OF, Closed, Conflict, Invalid, Outcome, Saved, saved_at


@dataclass(frozen=True, kw_only=True)
class NoteRow:
    """The note as a question shows it."""

    note: VendorNote
    prefix: str
    url: str
    text: str  # as typed where it could not be saved
    version: int
    shown: str  # of the text that the page shows: whoever sends the same has changed nothing
    saved: str
    error: str
    stored: VendorNote | None  # what somebody else wrote meanwhile
    refused: str  # why it is not taken any more
    names_author: bool
    is_vendor_awaited: bool  # it is asked and has not handed in

    @property
    def hides_names(self) -> bool:
        return not self.names_author

    @property
    def who(self) -> str:
        return str(self.note.updated_by or "") if self.names_author else ""


class NoteForm(forms.Form):
    """Bound only where the page sent it: a vendor that has answered leaves no field."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    text = LongText()

    def __init__(
        self,
        data: Any = None,
        *,
        answer: Answer,
        note: VendorNote,
        names_author: bool = True,
        is_vendor_awaited: bool = False,
    ) -> None:
        prefix = prefix_of(answer)
        is_sent = data is not None and f"{prefix}-version" in data and data.get("take") != prefix
        if is_sent:
            kept, _colon, version = data.get("keep", "").partition(":")
            if kept == prefix and version.isdecimal():  # the person has seen this version and wants to replace it
                data = data.copy()
                data[f"{prefix}-version"], data[f"{prefix}-shown"] = version, ""
        super().__init__(data if is_sent else None, prefix=prefix)
        self.answer, self.note, self.names_author = answer, note, names_author
        self.is_vendor_awaited = is_vendor_awaited
        self.outcome: Outcome[VendorNote] = Saved(version=note.version, at=note.updated_at)

    def save(self, author: User) -> Outcome[VendorNote]:
        """Nothing where it was not sent, or stands as the page showed it, whatever somebody else made of it since."""
        if not self.is_bound:
            return self.outcome
        if not self.is_valid():
            self.outcome = Invalid(errors={name: str(errors[0]) for name, errors in self.errors.items()})
        elif self.cleaned_data["shown"] != mark_of(self.cleaned_data["text"]):
            said = self.cleaned_data
            self.outcome = save_note(self.answer, said["text"], said["version"], author=author, now=timezone.now())
            if isinstance(self.outcome, Saved):
                self.note.text, self.note.version = said["text"].strip(), self.outcome.version
                self.note.updated_at, self.note.updated_by = self.outcome.at, author
        return self.outcome

    @property
    def is_saved(self) -> bool:
        return isinstance(self.outcome, Saved)

    def row(self) -> NoteRow:
        typed = self.is_bound and not self.is_saved
        errors = self.outcome.errors if isinstance(self.outcome, Invalid) else {}
        return NoteRow(
            note=self.note,
            prefix=str(self.prefix),
            url=reverse("answer_note", args=[self.answer.pk]),
            text=(self["text"].value() or "") if typed else self.note.text,
            version=(self["version"].value() or 0) if typed else self.note.version,
            shown="" if typed else mark_of(self.note.text),
            saved=saved_at(self.note.updated_at),
            error=next(iter(errors.values()), ""),
            stored=self.outcome.stored if isinstance(self.outcome, Conflict) else None,
            refused=self.outcome.reason if isinstance(self.outcome, Closed) else "",
            names_author=self.names_author,
            is_vendor_awaited=self.is_vendor_awaited,
        )


def prefix_of(answer: Answer) -> str:
    return f"n{answer.pk}"


def mark_of(text: str) -> str:
    """Tells a text from another; browsers send line ends of their own kind."""
    return hashlib.sha256("\n".join(text.strip().splitlines()).encode()).hexdigest()[:16]


def as_json(form: NoteForm) -> JsonResponse:
    """The outcome for autosave.js."""
    outcome = form.outcome
    data = {"state": type(outcome).__name__.lower()} | _said(form, outcome)
    return JsonResponse(data, status=STATUS_OF[type(outcome)])


def _said(form: NoteForm, outcome: Outcome[VendorNote]) -> dict[str, Any]:
    match outcome:
        case Saved():
            return {"version": outcome.version, "message": saved_at(outcome.at), "scored": False}
        case Conflict():
            return {
                "message": _("Not saved: somebody else wrote here meanwhile"),
                "stored": {"version": outcome.stored.version, "text": outcome.stored.text},
                "html": render_to_string("assessments/questionnaire/_note_conflict.html", {"note": form.row()}),
            }
        case Closed():
            return {"message": outcome.reason}
        case _:
            return {"message": _("Not saved yet"), "errors": dict(outcome.errors)}
