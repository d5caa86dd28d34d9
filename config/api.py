"""The REST API: what each app brings, put together below /api/v1/."""

from __future__ import annotations

from accounts.api.building import new_api
from manifesto import api as manifesto_api

api = new_api()
api.add_router("", manifesto_api.router, tags=["Rules and questions"])
