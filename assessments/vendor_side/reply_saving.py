"""One reply that saves by itself: what autosave.js is told, in the same words as of an answer."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from assessments.models import Reply
from assessments.vendor_side.reply_words import own_words
from groundwork.saved import STATUS_OF, Conflict, Invalid, Outcome, Saved, saved_at


def as_json(rule: str, outcome: Outcome[Reply]) -> JsonResponse:
    data = {"state": type(outcome).__name__.lower()} | _said(rule, outcome)
    return JsonResponse(data, status=STATUS_OF[type(outcome)])


def _said(rule: str, outcome: Outcome[Reply]) -> dict[str, Any]:
    match outcome:
        case Saved():
            return {"version": outcome.version, "message": saved_at(outcome.at), "scored": False}
        case Conflict():
            stored = outcome.stored
            context = {"key": rule, "stored": stored, "said": own_words(stored.stance)}
            return {
                "message": _("Not saved: somebody else changed this reply"),
                "stored": {"version": stored.version, "stance": stored.stance, "text": stored.text},
                "html": render_to_string("assessments/vendor_side/_reply_conflict.html", context),
            }
        case Invalid():
            return {"message": _("Not saved yet"), "errors": dict(outcome.errors)}
        case _:
            return {"message": outcome.reason}
