"""The editions of the bank, for other systems."""

from __future__ import annotations

from datetime import datetime

from ninja import Query, Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.requests import ApiRequest
from manifesto.models import Release, ReleaseState

router = Router()


class EditionOut(Schema):
    edition: str
    title: str
    state: str
    published_at: datetime | None
    met_threshold: int
    broken_threshold: int
    minimum_coverage: int
    knockout_below: int


class EditionPage(Schema):
    items: list[EditionOut]
    next: str | None


@endpoint(router, "GET", "/editions", "edition_list", EditionPage, problems=(422,))
def edition_list(request: ApiRequest, wanted: Query[PageOfList]) -> dict[str, object]:
    """Editions of the rules and questions.

    Published and retired ones, the latest first."""
    rows = Release.objects.exclude(state=ReleaseState.DRAFT)
    items, after = page(rows, wanted, by="-published_at")
    return {"items": items, "next": after}
