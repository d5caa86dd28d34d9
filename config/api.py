"""The REST API: what each app brings, put together below /api/v1/."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from accounts.api import endpoints, me, validation
from accounts.api.problems import Problem, answer
from manifesto import api as manifesto_api
from vendors.api import incidents

DESCRIPTION = """Vendors, incidents, measures, assessments, scorecards and documents of your organisation.

Send `Authorization: Bearer YOUR-TOKEN`. Refusals are `application/problem+json`; their words follow `Accept-Language`
(en, fr, nl), their `code` does not. Lists have pages: `next` of one is `after` of the following. Moments carry an
offset, days do not."""


class Api(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        return endpoints.described(super().get_openapi_schema(**options))  # type: ignore[return-value]


def build() -> Api:
    api = Api(
        title="Customer Manifesto",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api-1",
        docs_url=None,
        openapi_extra={
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    api.add_router("", me.router, tags=["Who asks"])
    api.add_router("", manifesto_api.router, tags=["Rules and questions"])
    api.add_router("", incidents.router, tags=["Incidents"])
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unreadable)
    return api


def _problem(request: HttpRequest, problem: Problem | type[Problem]) -> HttpResponse:
    return answer(cast(Problem, problem))


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    return answer(validation.of_schema(cast(ValidationError, error).errors))


def _unreadable(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    return answer(Problem(cast(HttpError, error).status_code, "bad_request"))


api = build()
