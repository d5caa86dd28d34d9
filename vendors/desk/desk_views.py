"""The vendor's own pages: the way in by the mailed link, and its desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.mailed_links.pages import guarded
from groundwork.responses import form_view
from vendors.desk.guard import DOOR, DeskRequest, about, by_desk_link
from vendors.desk.matters import matters_of, waiting_of
from vendors.models import DeskLink


@form_view
@guarded
def desk_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the mailed link opens."""
    return DOOR.enter(request, token, "vendors/desk/desk_link.html", _before_the_door)


def _before_the_door(link: DeskLink) -> dict[str, Any]:
    return {"waiting": waiting_of(link, today=timezone.localdate())}


@by_desk_link
@require_GET
def desk_home(request: DeskRequest, link: int) -> HttpResponse:
    """What waits for the vendor's word, then what it can read."""
    today = timezone.localdate()
    matters = matters_of(request.link, today=today)
    waiting = [(matter, matter.is_late(today)) for matter in matters if matter.waits]
    context = about(request.link) | {"waiting": waiting, "readable": [one for one in matters if not one.waits]}
    return render(request, "vendors/desk/desk_home.html", context)
