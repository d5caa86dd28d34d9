"""The matches of a text, for a field that asks while somebody types."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from groundwork.choices import SOURCES, Offer, matching


@require_safe
@never_cache
def choice_matches(request: MemberRequest, source: str) -> HttpResponse:
    """`said`: in words how many there are, to be read out."""
    if source not in SOURCES:
        raise Http404
    asked = SOURCES[source]
    rows = matching(asked.rows(request.member), asked.searched, request.GET.get("q", ""))
    offer = Offer.of(rows, asked.label)
    return JsonResponse(
        {"matches": [{"key": key, "label": label} for key, label in offer.matches], "said": _said(offer)}
    )


def _said(offer: Offer) -> str:
    if offer.goes_on:
        return _("There are more: go on typing.")
    if not offer.matches:
        return _("Nothing matches.")
    count = len(offer.matches)
    return ngettext("%(count)s match", "%(count)s matches", count) % {"count": count}
