"""What the door itself brings: who asks, who is a member, how errors are answered, and what is forgotten by the day."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from accounts.api import idempotency, me, middleware, people, validation
from accounts.api.problems import Problem, answer
from accounts.api.requests import ApiRequest


def join(api: NinjaAPI) -> None:
    api.add_router("", me.router, tags=["Who asks"])
    api.add_router("", people.router, tags=["Departments and members"])
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unreadable)


def identify(request: ApiRequest, now: datetime) -> dict[str, str]:
    """For another interface that is asked with a token: as the door does it, with its headers and refusals."""
    return middleware.identified(request, now)


def forget(now: datetime) -> None:
    """Answers that were kept for whoever sends a write twice; called by housekeeping."""
    idempotency.forget(now)


def _problem(request: HttpRequest, problem: Problem | type[Problem]) -> HttpResponse:
    return answer(cast(Problem, problem))


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    return answer(validation.of_schema(cast(ValidationError, error).errors))


def _unreadable(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    return answer(Problem(cast(HttpError, error).status_code, "bad_request"))
