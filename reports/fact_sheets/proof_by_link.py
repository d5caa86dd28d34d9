"""The document of a proof for the vendor that handed it in, by its link alone."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from groundwork.pages import crumbs
from groundwork.responses import form_view
from reports.fact_sheets import by_link, proof
from reports.fact_sheets.by_link import SheetByLink
from reports.models import FactSheetKind
from vendors.desk.guard import DeskRequest, by_desk_link
from vendors.models import CauseProof


@form_view
@by_desk_link
def vendor_proof_document(request: DeskRequest, link: int, pk: int) -> HttpResponse:
    return by_link.page(request, _asked(request, pk))


@require_GET
@by_desk_link
def vendor_proof_download(request: DeskRequest, link: int, pk: int, language: str) -> HttpResponse:
    return by_link.download(request, _asked(request, pk), language)


def _asked(request: DeskRequest, pk: int) -> SheetByLink:
    """Of the link's own vendor: a 404 for any other, and for a proof of which nothing was handed in."""
    facts = proof.facts_among(CauseProof.objects.filter(vendor=request.link.vendor_id), pk)
    link, number = request.link.pk, str(facts.content["number"])
    title = _("Proof of cause %(number)s on paper") % {"number": number}
    above = (reverse("desk_home", args=[link]), _("Your desk"), reverse("vendor_proof", args=[link, pk]), number)
    return SheetByLink(
        kind=FactSheetKind.PROOF,
        facts=facts,
        here=reverse("vendor_proof_document", args=[link, pk]),
        title=title,
        crumbs=crumbs(*above, _("On paper")),
    )
