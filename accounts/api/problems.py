"""How something is refused: RFC 9457, `application/problem+json`, in the language that was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENT_TYPE = "application/problem+json"
PROBLEM_PAGE = "/help/api/problems#"  # where each code is explained
TITLES: Mapping[str, str | Promise] = {
    "bad_request": _("The request cannot be read"),
    "no_token": _("A valid token is needed"),
    "not_allowed": _("This token may not do that"),
    "not_found": _("There is no such thing here"),
    "method_not_allowed": _("This address does not take that method"),
    "refused": _("It was not done"),
    "conflict": _("Somebody else changed it meanwhile"),
    "changed": _("It is no longer what your If-Match names"),
    "under_way": _("A request with this Idempotency-Key is still under way"),
    "key_reused": _("This Idempotency-Key belongs to another request"),
    "match_needed": _("Say by If-Match what you change"),
    "invalid": _("Some of it cannot be taken"),
    "too_large": _("That is more than one request may bring"),
    "closed": _("Nothing is taken here any more"),
    "withheld": _("This waits for your own answers"),
    "too_many": _("Too many requests"),
    "broken": _("Something broke on our side"),
    "away": _("The service is not available for a moment"),
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with one value. `path`: a JSON pointer into the body (“/services/0/name”), or “?limit” for a
    parameter of the address."""

    path: str
    detail: str


class Problem(Exception):  # noqa: N818 - the name is the standard's
    """Raised by a handler, and answered. `more`: further members of the body, plain JSON."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | Promise = "",
        *,
        faults: Sequence[Fault] = (),
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.faults, self.more, self.headers = faults, more or {}, headers or {}


def answer(problem: Problem) -> HttpResponse:
    """As it goes out, in the active language."""
    body: dict[str, Any] = {
        "type": f"{PROBLEM_PAGE}{problem.code}",
        "title": str(TITLES[problem.code]),
        "status": problem.status,
        "code": problem.code,
    }
    if problem.detail:
        body["detail"] = str(problem.detail)
    if problem.faults:
        body["errors"] = [{"path": fault.path, "detail": fault.detail} for fault in problem.faults]
    content = json.dumps({**body, **problem.more}, ensure_ascii=False)
    return HttpResponse(content, status=problem.status, content_type=CONTENT_TYPE, headers=dict(problem.headers))


def invalid(faults: Iterable[Fault]) -> Problem:
    return Problem(422, "invalid", faults=list(faults))


def of_form(form: BaseForm, names: Mapping[str, str] | None = None) -> Problem:
    """What a form of the pages refuses. `names`: its fields → what the body calls them, where that differs."""
    called = names or {}
    return invalid(
        Fault(path="/" if field == NON_FIELD_ERRORS else f"/{called.get(field, field)}", detail=str(message))
        for field, messages in form.errors.items()
        for message in messages
    )


def not_found() -> Problem:
    return Problem(404, "not_found", _("It does not exist, or it is not your organisation’s."))
