"""The door of the API: who asks by which token, how often, and whether it was done already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.api import idempotency, limits
from accounts.api.problems import CONTENT_TYPE, Problem, answer
from accounts.api.requests import ApiRequest
from accounts.models import ApiToken, hash_token
from accounts.trail import audit

PREFIX = "/api/"
ASKED_BY_PROGRAMS = (PREFIX, "/scim/")
ANSWERS = ("application/json", "application/scim+json", CONTENT_TYPE)
OPEN = ("/api/v1/openapi.json",)  # what there is to ask for is no secret
OF_STATUS = {403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
OF_STATUS |= {500: "broken", 503: "away"}
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
NOTED_EVERY = timedelta(minutes=1)
Handler = Callable[[HttpRequest], HttpResponse]


class ApiAnswers:
    """Outside of all that reads a request: whatever the frame refuses below /api/ is refused there as everything else
    is, and no directory gets a page for people. No Access-Control header ever goes out: a page of another site cannot
    ask from within a browser."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ASKED_BY_PROGRAMS):
            return self.get_response(request)
        try:
            _hold_to_frame(request)
        except Problem as problem:
            return answer(problem)
        return _as_problem(self.get_response(request))


def _hold_to_frame(request: HttpRequest) -> None:
    """Raises Problem 413 for more than one request may bring; 400 for a form, and for a length that is none."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not (said.isascii() and said.isdigit()):
        raise Problem(400, "bad_request", _("Content-Length must be a whole number of bytes."))
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(said) > most:
        raise Problem(413, "too_large", _("At most %(size)s MB.") % {"size": most // 2**20})
    if int(said) and request.content_type in FORMS:
        raise Problem(400, "bad_request", _("The body must be JSON in UTF-8."))


class ApiDoor:
    """Everything below /api/ is asked with `Authorization: Bearer` and by nothing else: a cookie means nothing there,
    so that no page of another site can ask in somebody's name."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        asked = cast(ApiRequest, request)
        asked.answer_headers = {}
        try:
            response = self._answered(asked)
        except Problem as problem:
            response = answer(problem)
        for name, value in asked.answer_headers.items():
            response.headers[name] = value
        return response

    def _answered(self, request: ApiRequest) -> HttpResponse:
        if request.path_info in OPEN:
            request.user = AnonymousUser()
            return self.get_response(request)
        now = timezone.now()
        request.answer_headers.update(identified(request, now))
        _hold_to_text(request)
        with audit.through(request.token.name):
            return idempotency.once(request, now, lambda: self.get_response(request))


def identified(request: ApiRequest, now: datetime) -> dict[str, str]:
    """Put on the request whose token it carries; the headers that say how often it may still ask. Raises Problem 401
    for a token that opens nothing, 429 for one that asks too often."""
    token = _token_of(request, now)
    request.token, request.member, request.user = token, token.member, token.member.user
    request.memberships = [token.member]
    headers = limits.consume(token, now)
    _note_use(token, now)
    return headers


def _hold_to_text(request: HttpRequest) -> None:
    """Raises Problem 400 for a body that is no UTF-8, as JSON is whatever a header says."""
    try:
        request.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "bad_request", _("The body must be JSON in UTF-8.")) from error
    request.encoding = "utf-8"


def _token_of(request: HttpRequest, now: datetime) -> ApiToken:
    kind, _space, said = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not said.strip():
        raise _refused(_("Send it as “Authorization: Bearer …”."))
    digest = hash_token(said.strip())
    rows = ApiToken.objects.select_related("member__user__made_by", "member__organisation", "organisation")
    token = rows.usable(now).filter(token_hash=digest, member__user__is_active=True).first()
    if token is None:
        limits.count_wrong(request, now)
        raise _refused(
            _("This one is not known, has run out or was withdrawn. Make a new one on the page “API tokens”.")
        )
    return token


def _as_problem(response: HttpResponse) -> HttpResponse:
    """What the frame refuses with a page for people, and what broke, as everything else here is refused."""
    if response.status_code < 400 or response.get("Content-Type", "").startswith(ANSWERS):
        return response
    headers = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
    return answer(Problem(response.status_code, OF_STATUS.get(response.status_code, "bad_request"), headers=headers))


def _refused(detail: object) -> Problem:
    return Problem(401, "no_token", str(detail), headers={"WWW-Authenticate": 'Bearer realm="api"'})


def _note_use(token: ApiToken, now: datetime) -> None:
    """To the minute: a column that every request writes would be a queue."""
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
