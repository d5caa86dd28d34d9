"""The page of what is expected for a vendor that comes by the link to its desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from groundwork.pages import crumbs
from groundwork.responses import form_view
from reports.fact_sheets import by_link, expectations
from reports.fact_sheets.by_link import SheetByLink
from reports.models import FactSheetKind
from vendors.desk.guard import DeskRequest, by_desk_link
from vendors.models import ExpectationEdition


@form_view
@by_desk_link
def desk_expectations_document(request: DeskRequest, link: int, edition: int) -> HttpResponse:
    return by_link.page(request, _asked(request, edition))


@require_GET
@by_desk_link
def desk_expectations_download(request: DeskRequest, link: int, edition: int, language: str) -> HttpResponse:
    return by_link.download(request, _asked(request, edition), language)


def _asked(request: DeskRequest, number: int) -> SheetByLink:
    """Of the link's own customer: a 404 for a number that it has not published."""
    editions = ExpectationEdition.objects.filter(organisation=request.link.vendor.organisation_id)
    facts, link = expectations.facts_among(editions, number=number), request.link.pk
    told = _("Edition %(number)s") % {"number": number}
    above = (reverse("desk_home", args=[link]), _("Your desk"), reverse("desk_expectations", args=[link, number]), told)
    return SheetByLink(
        kind=FactSheetKind.EXPECTATIONS,
        facts=facts,
        here=reverse("desk_expectations_document", args=[link, number]),
        title=_("What is expected of you, on one page"),
        crumbs=crumbs(*above, _("On paper")),
    )
