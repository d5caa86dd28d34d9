"""Proofs of cause: all of the organisation, one beside what the customer recorded, and asking for one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import crumbs, edit_page
from groundwork.pagination import BoundedPaginator
from groundwork.responses import attachment, form_view, or_beside, post_data
from vendors.fetching import incident_of
from vendors.models import PROOF_SAVED, CauseProof, Incident, ProofFile, ProofState, ProofStepKind, Vendor
from vendors.proofs import due, transitions
from vendors.proofs.asking import proposed_contact
from vendors.proofs.forms import AskForm, AssignForm, ProofFilter
from vendors.proofs.history import history
from vendors.proofs.outcomes import came_back, outcome_of_proof
from vendors.proofs.reading import RELATED, HandedIn, complete, files_of, handed_in, readable, rows_of
from vendors.proofs.steps import next_steps
from vendors.proofs.telling import tell_vendor
from vendors.proofs.transitions import may_decide, why_not_asked
from vendors.proofs.words import in_time_words, outcome_words, standing
from vendors.withheld import is_withheld, withheld

PER_PAGE = 25


# Looking ----------------------------------------------------------------------------------------------------------
@require_safe
def proof_list(request: MemberRequest) -> HttpResponse:
    """Of the whole organisation, what is due first at the top."""
    now, member = timezone.now(), request.member
    today, everything = timezone.localdate(now), readable(member)
    chosen = ProofFilter(
        request.GET, everything, member=member, today=today, came_back=lambda: came_back(member, now=now)
    )
    page = BoundedPaginator(complete(chosen.qs.order_by("due_on", "pk")), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "rows": rows_of(page, today=today, now=now),
        "is_empty": not page.paginator.count and not everything.exists(),
        "hides_some": bool(withheld(member)),
    }
    return render(request, "vendors/proofs/proof_list.html", context)


@never_cache
@require_safe
def proof_detail(request: MemberRequest, pk: int) -> HttpResponse:
    proof = proof_of(request, pk)
    if is_withheld(request.member, proof.vendor):
        return closed_page(request, proof.vendor)
    now = timezone.now()
    outcome, given = outcome_of_proof(proof, now=now), handed_in(proof)
    context = {
        "proof": proof,
        "standing": standing(proof, timezone.localdate(now), outcome),
        "outcome": outcome,
        "outcome_words": outcome_words(outcome),
        "in_time": in_time_words(proof),
        "next": next_steps(request.member, proof),
        "given": given[-1] if given else None,
        "files": files_of(proof, given),
        "history": history(proof),
        **_recorded(proof.incident),
    }
    return render(request, "vendors/proofs/proof_detail.html", context)


def closed_page(request: MemberRequest, vendor: Vendor) -> HttpResponse:
    """For whoever still judges the vendor: why it is closed to them, and when it opens."""
    return render(request, "vendors/proofs/proof_closed.html", {"vendor": vendor})


def _recorded(incident: Incident) -> dict[str, Any]:
    """What the customer wrote down of the incident itself, to be read beside what the vendor says."""
    return {
        "incident": incident,
        "entries": list(incident.timeline.standing().select_related("user").order_by("at", "pk")),
    }


def proof_of(request: MemberRequest, pk: int) -> CauseProof:
    return fetch(request, CauseProof.objects.select_related(*RELATED, "asked_by", "decided_by"), pk)


@require_safe
def proof_file(request: MemberRequest, pk: int) -> FileResponse:
    """What was handed in; a file that the vendor has not handed in yet is not there."""
    file = fetch(request, ProofFile.objects.select_related("proof__vendor"), pk)
    given = {number for one in handed_in(file.proof) for number in one.files}
    if file.pk not in given or is_withheld(request.member, file.proof.vendor):
        raise Http404
    return attachment(file.file, name=file.name, content_type=file.content_type)


# Asking -----------------------------------------------------------------------------------------------------------
@form_view
def proof_ask(request: MemberRequest, pk: int) -> HttpResponse:
    """After an incident: of whom, until when."""
    incident, now = incident_of(request, pk), timezone.now()
    if is_withheld(request.member, incident.vendor):  # whether one is asked for already is among what waits
        return closed_page(request, incident.vendor)
    if why := _why_not(incident):
        messages.info(request, why)
        return redirect(incident)
    today = timezone.localdate(now)
    term, contact = due.term_of(incident, today), proposed_contact(incident)
    form = AskForm(
        post_data(request),
        member=request.member,
        incident=incident,
        today=today,
        initial={"due_on": term.due_on, "contact": contact.pk if contact else None, "owner": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        days = due.place_of(incident).between(today, given["due_on"])
        with or_beside(form):
            made = transitions.ask(request.member, incident, days=days, now=now, **given)
            _say_who_knows(request, made, is_told=tell_vendor(request.member, made, ProofStepKind.ASKED, now=now))
            return redirect(made)
    return edit_page(
        request,
        form,
        heading=_("Ask for the proof of cause of %(incident)s") % {"incident": incident.reference},
        section=incident.vendor.name,
        crumbs=crumbs("incident_list", _("Incidents"), incident, _("Ask for the proof of cause")),
        submit=_("Ask for it"),
        back=incident.get_absolute_url(),
        template="vendors/proofs/proof_ask.html",
        about={"incident": incident, "term": term},
    )


def _say_who_knows(request: MemberRequest, proof: CauseProof, *, is_told: bool) -> None:
    """Asked for it is in any case; whether anybody at the vendor knows of it is another thing."""
    if is_told and proof.contact:
        said = {"number": proof.number, "email": proof.contact.email}
        messages.success(request, _("%(number)s is asked for, and %(email)s is told.") % said)
        return
    told = _("%(number)s is asked for. No mail went out: tell the vendor yourself, or send it a link to its desk.")
    messages.warning(request, told % {"number": proof.number})


def _why_not(incident: Incident) -> str:
    if why := why_not_asked(incident):
        return str(why)
    asked = CauseProof.objects.filter(incident=incident).exclude(state=ProofState.WAIVED).first()
    return _("It is asked for already: %(number)s.") % {"number": asked.number} if asked else ""


@never_cache
@form_view
def proof_assign(request: MemberRequest, pk: int) -> HttpResponse:
    """Another person at the vendor, or here."""
    proof = decidable(request, pk)
    form = AssignForm(
        post_data(request),
        member=request.member,
        vendor=proof.vendor,
        initial={"contact": proof.contact_id, "owner": proof.owner_id or request.user.pk, "version": proof.version},
    )
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            transitions.assign(request.member, proof, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(proof)
        form.take_version(proof_of(request, pk).version)
    return edit_page(
        request,
        form,
        heading=_("Who owes %(number)s, and who follows it up") % {"number": proof.number},
        section=proof.vendor.name,
        crumbs=crumbs("proof_list", _("Proofs of cause"), proof, _("Other people")),
        back=proof.get_absolute_url(),
    )


def decidable(request: MemberRequest, pk: int) -> CauseProof:
    """One about which this member decides. PermissionDenied for others, and while they still judge its vendor."""
    proof = proof_of(request, pk)
    if not may_decide(request.member, proof) or is_withheld(request.member, proof.vendor):
        raise PermissionDenied
    return proof


def is_begun(proof: CauseProof, before: HandedIn | None) -> bool:
    """Whether the vendor has written something by its link that it has not handed in."""
    said = before.texts if before else {}
    return proof.is_at_vendor and any(getattr(proof, name) != said.get(name, "") for name in PROOF_SAVED)
