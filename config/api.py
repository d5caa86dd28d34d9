"""The REST API: what each app brings, put together below /api/v1/."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from accounts.api import endpoints, frame
from assessments.api import routers as of_assessments
from config.knowhow import api as glossary
from manifesto import api as manifesto_api
from reports.api import changes, comparison, documents, exports, portfolio, scorecards
from reports.people import api as people_api
from vendors.api import contracts, feedback, incidents, measures, register

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
            "info": {"license": {"name": "MIT", "identifier": "MIT"}},
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    frame.join(api)
    api.add_router("", manifesto_api.router, tags=["Rules and questions"])
    api.add_router("", glossary.router, tags=["Rules and questions"])
    api.add_router("", register.router, tags=["Vendors"])
    api.add_router("", contracts.router, tags=["Contracts"])
    api.add_router("", incidents.router, tags=["Incidents"])
    api.add_router("", feedback.router, tags=["Feedback"])
    api.add_router("", measures.router, tags=["Measures"])
    api.add_router("", people_api.router, tags=["Contacts"])
    for router, tag in of_assessments.ALL:
        api.add_router("", router, tags=[tag])
    api.add_router("", scorecards.router, tags=["Scorecards"])
    api.add_router("", changes.router, tags=["Scorecards"])
    api.add_router("", comparison.router, tags=["Scorecards"])
    api.add_router("", documents.router, tags=["Documents"])
    api.add_router("", portfolio.router, tags=["Portfolio"])
    api.add_router("", exports.router, tags=["Exports"])
    return api


api = build()
