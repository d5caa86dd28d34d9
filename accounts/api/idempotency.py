"""A write that names itself by an `Idempotency-Key` is done once, however often it is sent; the others get the answer
of the first. A row a key: `AnsweredRequest`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest
from accounts.models import AnsweredRequest

WRITES = ("POST", "PUT", "PATCH", "DELETE")
LONGEST_KEY = 255
KEPT = timedelta(days=1)
GIVEN_UP = timedelta(minutes=5)  # a first one that has not answered by then died
REPEATED = ("Content-Type", "ETag", "Location")


def once(request: ApiRequest, now: datetime, ask: Callable[[], HttpResponse]) -> HttpResponse:
    """Ask, unless a request with this key was answered already. What broke (5xx) or came too often is not kept: it may
    be tried again. Raises Problem 400, 409 or 422 for a key that cannot be used, is still under way, or was another's.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key or request.method not in WRITES:
        return ask()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Problem(400, "bad_request", _("An Idempotency-Key has at most 255 characters."))
    fingerprint = _fingerprint(request)
    row, is_new = _taken(request, key, fingerprint, now)
    if row.fingerprint != fingerprint:
        raise Problem(422, "key_reused", _("Take a new key for each thing that you want done."))
    if not is_new:
        return _again(row)
    return _first(row, ask)


def forget(now: datetime) -> None:
    """What is older than a day; called by housekeeping."""
    AnsweredRequest.objects.filter(at__lt=now - KEPT).delete()


def _fingerprint(request: ApiRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request.headers.get("If-Match", "").encode() + b"\n" + request.body)
    return digest.hexdigest()


def _taken(request: ApiRequest, key: str, fingerprint: str, now: datetime) -> tuple[AnsweredRequest, bool]:
    rows = AnsweredRequest.objects.filter(token=request.token, key=key)
    rows.filter(status=None, at__lt=now - GIVEN_UP).delete()
    rows.filter(at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            new = AnsweredRequest(token=request.token, key=key, fingerprint=fingerprint, at=now)
            new.save(force_insert=True)
            return new, True
    except IntegrityError:
        row = rows.first()
        if row is None:  # the first one broke in between: whoever sends it again is the first
            raise _under_way() from None
        return row, False


def _under_way() -> Problem:
    return Problem(409, "under_way", _("Send it again in a moment."), headers={"Retry-After": "1"})


def _again(row: AnsweredRequest) -> HttpResponse:
    if row.status is None:
        raise _under_way()
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(row.body, status=row.status, headers=headers)


def _first(row: AnsweredRequest, ask: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        response = ask()
    except BaseException:
        row.delete()
        raise
    if response.status_code >= 500 or response.streaming:
        row.delete()
        return response
    row.status, row.body = response.status_code, response.content.decode()
    row.headers = {name: response.headers[name] for name in REPEATED if name in response.headers}
    row.save(update_fields=["status", "body", "headers"])
    return response
