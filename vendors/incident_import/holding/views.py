"""The page of the one question about a file; the check asks it too, and sends its answer here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import crumbs, edit_page
from groundwork.responses import form_view, or_beside, post_data
from vendors.incident_import.holding import answers, words
from vendors.incident_import.holding.forms import HoldingForm
from vendors.models import IncidentImport


@form_view
def incident_import_holds(request: MemberRequest, pk: int) -> HttpResponse:
    """Say what the file holds, or put it right later. Nothing is taken for said before somebody sends it."""
    upload = fetch(request, IncidentImport.objects.select_related("organisation"), pk)
    if upload.state not in answers.CAN_BE_SAID:
        return redirect("incident_import_detail", pk)
    asked = question(upload, post_data(request))
    form: HoldingForm = asked["form"]
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            answers.say(request.member, upload, form.answer())
            messages.success(request, words.said_words(upload))
            return redirect("incident_import_detail", pk)
    file = Truncator(upload.file_name).chars(40)
    return edit_page(
        request,
        form,
        heading=_("What does this file hold?"),
        crumbs=crumbs(
            "incident_import_list", _("Imports of incidents"), upload.get_absolute_url(), file, _("What it holds")
        ),
        lead=upload.file_name,
        back=upload.get_absolute_url(),
        template="vendors/incident_import/incident_import_holds.html",
        about={**asked, "incident_import": upload},
    )


def question(upload: IncidentImport, given: Any = None) -> dict[str, Any]:
    """The form, and what speaks for the choice that is proposed in it."""
    evidence = answers.evidence_of(upload)
    proposal = answers.proposal_for(upload, evidence)
    return {
        "form": HoldingForm(given, upload=upload, proposal=proposal),
        "proposal": proposal,
        "said": words.said_words(upload),
        "evidence": words.evidence_words(evidence, proposal) if proposal else [],
        "looks_like": words.proposal_words(proposal) if proposal else "",
        "weeks": evidence.weeks,
    }
