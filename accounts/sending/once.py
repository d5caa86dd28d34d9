"""A form is taken once. Whoever sends it twice ends where the first one led; what failed may be sent again."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import TakenForm
from accounts.sending.mark import FIELD, Mark

KEPT_FOR = timedelta(days=2)
PATIENCE = 5.0  # seconds that a second one waits for the first
LOOKS = 0.05  # seconds between two looks
# What is written here holds its own version and may be sent again and again; or it only says what is wanted from now
# on, where the last word counts: a person who goes back and chooses once more means it.
REPEATABLE = frozenset(
    {
        "answer_edit",
        "answer_note",
        "vendor_answer_edit",
        "vendor_reply_save",
        "desk_expectation_save",
        "vendor_proof_save",
        "set_language",
        "theme_set",
        "organisation_switch",
        "vendor_link",
        "vendor_commitments_link",
        "desk_link",
        "admin:login",
        "admin:logout",
    }
)
REPEATABLE_PREFIXES = ("account_", "mfa_")


def is_repeatable(route: str) -> bool:
    return route in REPEATABLE or route.startswith(REPEATABLE_PREFIXES)


def key_of(request: HttpRequest, mark: Mark, who: str) -> str:
    """Of the page, the person, the address and all that was sent: whoever goes back and changes a word sends another.

    Keyed with the installation's secret: a password is among what is sent.
    """
    said = hashlib.sha256()
    for part in (mark.key, who, request.get_full_path()):
        _add(said, part)
    for name, values in request.POST.lists():
        if name not in (FIELD, "csrfmiddlewaretoken"):
            _add(said, name, *map(str, values))
    for name, files in request.FILES.lists():
        for file in files:
            _add(said, name, str(getattr(file, "name", "")), _digest(file))
    return salted_hmac("accounts.sending.once", said.digest(), algorithm="sha256").hexdigest()


def take(key: str, now: datetime) -> TakenForm | None:
    """The row of the first; None for whoever comes second."""
    try:
        with transaction.atomic():
            return TakenForm.objects.create(key=key, taken_at=now)
    except IntegrityError:
        return None


def finish(row: TakenForm, request: HttpRequest, response: HttpResponseBase) -> bool:
    """Keep where the first one was led; True if it was taken. What led nowhere was not: a form shown again, a refusal,
    a failure."""
    led_to = getattr(request, "sent_once_to", "") or _target(response)
    if led_to and response.status_code < 400:
        TakenForm.objects.filter(pk=row.pk).update(led_to=led_to)
        return True
    TakenForm.objects.filter(pk=row.pk).delete()
    return False


def lead_to(request: HttpRequest, url: str) -> None:
    """For a view that makes something and shows it at once: where a second sending of the same form ends instead."""
    request.sent_once_to = url  # type: ignore[attr-defined]


def second(request: HttpRequest, key: str) -> TakenForm | HttpResponse:
    """The answer to a second sending; or the row, where the first has failed meanwhile and this one is to be tried."""
    end = time.monotonic() + PATIENCE
    while True:
        first = TakenForm.objects.filter(key=key).first()
        if first is None:
            if row := take(key, timezone.now()):
                return row
        elif first.led_to:
            return _led(request, first.led_to)
        if time.monotonic() >= end:
            return render(request, "errors/sent_already.html", status=409)
        time.sleep(LOOKS)


def _led(request: HttpRequest, url: str) -> HttpResponse:
    messages.info(
        request, _("You sent this form twice. What came of the first is shown here; the second was set aside.")
    )
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else redirect(url)


def _target(response: HttpResponseBase) -> str:
    return response.headers.get("HX-Redirect") or response.headers.get("Location") or ""


def _add(said: hashlib._Hash, *parts: str) -> None:
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
        said.update(len(content).to_bytes(8, "big"))
        said.update(content)


def _digest(file: object) -> str:
    if not isinstance(file, UploadedFile):
        return ""
    content = hashlib.sha256()
    for chunk in file.chunks():
        content.update(chunk)
    file.seek(0)
    return content.hexdigest()
