"""The rules as every member can read them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from manifesto.models import Release


@require_GET
def rules(request: MemberRequest) -> HttpResponse:
    """The current edition: its seven rules, their questions and anchored levels."""
    release = Release.objects.current()
    found = release.rules.order_by("position").prefetch_related("questions__levels") if release else ()
    return render(request, "manifesto/rules.html", {"release": release, "rules": found})
