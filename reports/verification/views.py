"""The page where one drops a PDF, to hear whether it is genuine.

Anybody may: whoever was sent a document is who doubts it. Who is no reader of an organisation hears whether these very
bytes were made here, and no more; nothing inside the file is read for them.
"""

from __future__ import annotations

from typing import IO

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import Right, may
from accounts.models import Membership
from groundwork.responses import form_view
from reports.verification import checking
from reports.verification.forms import VerifyForm


@form_view
def document_verify(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST":
        held_up = ratelimit.consume_or_429(request, action="verify_document")
        if held_up:
            return held_up
        if form.is_valid():
            file = form.cleaned_data["file"]
            reader = _reader(request)
            context |= {"name": file.name} | _found(file, reader)
    return render(request, "reports/verification/document_verify.html", context)


def _found(file: IO[bytes], reader: Membership | None) -> dict[str, object]:
    if reader is None:
        return {"is_known": checking.is_known(file)}
    return {"report": checking.check_file(file, reader)}


def _reader(request: HttpRequest) -> Membership | None:
    """Who asks, where they may read documents of their organisation: an outside rater may not."""
    member: Membership | None = getattr(request, "member", None)
    return member if member and may(member, Right.READ) else None
