"""The vendor's page of a proof behind its link: written part by part, with files, and handed in.

Each view starts from `request.link` and reaches the proofs of the link's own vendor alone, whatever the address names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from groundwork import whole_numbers, words
from groundwork.pages import crumbs
from groundwork.refusals import Refusal
from groundwork.responses import attachment, form_view, or_say_why
from groundwork.saved import STATUS_OF, Closed, Conflict, Invalid, Outcome, Saved, saved_at
from vendors.attachments import ACCEPT, EXTENSIONS
from vendors.desk.guard import DeskRequest, about, by_desk_link
from vendors.models import CauseProof, OtherCause, ProofFile
from vendors.proofs import drafting, evidence, saving, transitions
from vendors.proofs.desk_forms import PartForm
from vendors.proofs.desk_page import page_of, row_of
from vendors.proofs.desk_posting import SavedPage, posted
from vendors.proofs.example import example
from vendors.proofs.parts import OTHER, Part

FILES = "files-evidence"  # the name that autosave.js sends a file by


# Reading, and saving the page ------------------------------------------------------------------------------------
@by_desk_link
@form_view
def vendor_proof(request: DeskRequest, link: int, pk: int) -> HttpResponse:
    """One proof: what happened, what the vendor wrote, and what is still missing; saved as one form."""
    proof = _proof(request, pk)
    if request.method != "POST":
        return _page(request, proof)
    page = posted(request.POST, proof)
    outcomes = {form.part.key: _save(request, proof, form) for form in page.forms}
    saved = SavedPage(posted=page, outcomes=outcomes, refused=_save_files(request, proof))
    return _onward(request, proof) if saved.is_whole else _unsaved(request, _proof(request, pk), saved)


def _unsaved(request: DeskRequest, proof: CauseProof, saved: SavedPage) -> HttpResponse:
    """The page again, with what was typed and is to be decided or put right."""
    said = {"refused": saved.refused, "lost": saved.posted.lost, "closed": saved.closed}
    return _page(request, proof, saved.unsaved, status=saved.status, **said)


def _page(
    request: DeskRequest,
    proof: CauseProof,
    typed: Mapping[str, PartForm] | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    shown = page_of(request.link, proof, typed or {}, today=timezone.localdate())
    context = about(request.link) | {
        "shown": shown,
        "proof": proof,
        "incident": shown.incident,
        "example": example(),
        "crumbs": crumbs(_home(request), _("Your desk"), proof.number),
        "was_handing_in": request.POST.get("then") == "hand_in",
        **_about_files(),
        **more,
    }
    return render(request, "vendors/proofs/vendor_proof.html", context, status=status)


def _save(request: DeskRequest, proof: CauseProof, form: PartForm) -> Outcome[Part]:
    outcome = drafting.save_part(request.link, proof, form.part.key, form.texts, seen=form.seen, now=timezone.now())
    form.take(outcome)
    return outcome


def _onward(request: DeskRequest, proof: CauseProof) -> HttpResponse:
    """Where the button that was pressed leads to."""
    then = request.POST.get("then", "")
    if then == "hand_in":
        return redirect("vendor_proof_hand_in", request.link.pk, proof.pk)
    if then == "another":
        with or_say_why(request):
            row = saving.add_other_cause(request.link, proof)
            return redirect(f"{_address(request, proof)}#{OTHER}{row.pk}")
        return redirect(_address(request, proof))
    messages.success(request, _("Saved. Your customer reads it once you hand it in."))
    return redirect(_address(request, proof))


# One part by itself ----------------------------------------------------------------------------------------------
@by_desk_link
@require_POST
def vendor_proof_save(request: DeskRequest, link: int, pk: int, part: str) -> JsonResponse:
    """Save one part, for autosave.js."""
    proof = _proof(request, pk)
    try:
        stored = drafting.part_of(proof, part)
    except OtherCause.DoesNotExist:
        gone = _("This row was removed meanwhile: copy what you typed, and open the page again.")
        return JsonResponse({"state": "closed", "message": gone}, status=STATUS_OF[Closed])
    form = PartForm(request.POST, part=stored)
    outcome = _save(request, proof, form)
    data = {"state": type(outcome).__name__.lower()} | _told(request, proof, form, outcome)
    return JsonResponse(data, status=STATUS_OF[type(outcome)])


def _told(request: DeskRequest, proof: CauseProof, form: PartForm, outcome: Outcome[Part]) -> dict[str, Any]:
    """What autosave.js needs to know of each outcome."""
    match outcome:
        case Saved():
            version = form.part.saying(form.texts).seen
            # “Scored” draws the parts of the page anew that live: here what is still missing.
            return {"version": version, "message": saved_at(outcome.at), "scored": bool(outcome.changed)}
        case Conflict():
            there = outcome.stored
            context = {"row": row_of(request.link, proof, form)}
            return {
                "message": _("Not saved: somebody else changed this text"),
                "stored": {"version": there.seen, **there.texts},
                "html": render_to_string("vendors/proofs/_part_conflict.html", context),
            }
        case Invalid():
            return {"message": _("Not saved yet"), "errors": dict(outcome.errors)}
        case _:
            return {"message": outcome.reason}


# Files -----------------------------------------------------------------------------------------------------------
@by_desk_link
@require_POST
def vendor_proof_file_add(request: DeskRequest, link: int, pk: int) -> HttpResponse:
    """Keep the files that were chosen, for autosave.js."""
    proof = _proof(request, pk)
    return _files(request, proof, _keep_files(request, proof, request.FILES.getlist(FILES)))


@by_desk_link
@require_GET
def vendor_proof_file(request: DeskRequest, link: int, pk: int) -> FileResponse:
    """A file of this vendor's proof back."""
    file = get_object_or_404(_own_files(request), pk=pk)
    return attachment(file.file, name=file.name, content_type=file.content_type)


@by_desk_link
@require_POST
def vendor_proof_file_delete(request: DeskRequest, link: int, pk: int) -> HttpResponse:
    file = get_object_or_404(_own_files(request).select_related("proof__vendor"), pk=pk)
    return _files(request, _proof(request, file.proof_id), _delete(request, file))


def _files(request: DeskRequest, proof: CauseProof, refused: str) -> HttpResponse:
    """The list of files alone for autosave.js, else back to the page."""
    if "json" not in request.headers.get("Accept", ""):
        if refused:
            messages.error(request, refused)
        return redirect(f"{_address(request, proof)}#files")
    shown = page_of(request.link, proof, {}, today=timezone.localdate())
    context = about(request.link) | {"shown": shown, "refused": refused, "may_delete": proof.is_at_vendor}
    html = render_to_string("vendors/proofs/_proof_files.html", context, request=request)
    return JsonResponse({"html": html}, status=422 if refused else 200)


def _save_files(request: DeskRequest, proof: CauseProof) -> str:
    """What the page brought, and the file that a button of it named. Why not, in words; empty: done."""
    refused = _keep_files(request, proof, request.FILES.getlist(FILES))
    wanted = whole_numbers.said(request.POST.get("delete_evidence", ""))
    file = (
        _own_files(request).filter(proof=proof, pk=wanted).select_related("proof__vendor").first() if wanted else None
    )
    return refused or (_delete(request, file) if file else "")


def _keep_files(request: DeskRequest, proof: CauseProof, files: Sequence[UploadedFile]) -> str:
    try:
        evidence.add_files(request.link, proof, files, now=timezone.now())
    except Refusal as why:
        return str(why)
    return ""


def _delete(request: DeskRequest, file: ProofFile) -> str:
    try:
        evidence.delete_file(request.link, file)
    except Refusal as why:
        return str(why)
    return ""


def _about_files() -> dict[str, str]:
    told = _("Logs, measurements, pictures. Possible are %(kinds)s, each at most %(most)s.")
    said = {"kinds": EXTENSIONS, "most": words.size(settings.EVIDENCE_MAX_BYTES)}
    return {"accept": ACCEPT, "files_hint": told % said}


# Handing in ------------------------------------------------------------------------------------------------------
@by_desk_link
@form_view
def vendor_proof_hand_in(request: DeskRequest, link: int, pk: int) -> HttpResponse:
    """Asks first, with all that is handed in or is still missing; from the POST on the customer reads it."""
    proof = _proof(request, pk)
    if request.method == "POST":
        with or_say_why(request):
            version = whole_numbers.said(request.POST.get("version", "")) or 0
            done = transitions.hand_in(request.link, proof, version=version, now=timezone.now())
            transitions.handed_in.send(CauseProof, proof=done, link=request.link)
            messages.success(request, _("Handed in. Thank you: your customer reads it now, and you are told here."))
        return redirect(_address(request, proof))
    if not proof.is_at_vendor:
        return redirect(_address(request, proof))
    shown = page_of(request.link, proof, {}, today=timezone.localdate())
    context = about(request.link) | {
        "shown": shown,
        "proof": proof,
        "crumbs": crumbs(_home(request), _("Your desk"), _address(request, proof), proof.number, _("Hand in")),
    }
    return render(request, "vendors/proofs/vendor_proof_hand_in.html", context)


# -----------------------------------------------------------------------------------------------------------------
def _proof(request: DeskRequest, pk: int) -> CauseProof:
    rows = CauseProof.objects.filter(vendor=request.link.vendor_id)
    return get_object_or_404(rows.select_related("incident__service__department", "contact"), pk=pk)


def _own_files(request: DeskRequest) -> Any:
    return ProofFile.objects.filter(proof__vendor=request.link.vendor_id)


def _address(request: DeskRequest, proof: CauseProof) -> str:
    return reverse("vendor_proof", args=[request.link.pk, proof.pk])


def _home(request: DeskRequest) -> str:
    return reverse("desk_home", args=[request.link.pk])
