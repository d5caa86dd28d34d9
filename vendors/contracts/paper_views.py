"""Papers that expire: added, edited, replaced by a newer one, deleted; and the files beside contracts and papers."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.responses import attachment, form_view, or_beside
from vendors.contracts import changes
from vendors.contracts.forms import PaperForm
from vendors.fetching import vendor_of
from vendors.models import ContractFile, Paper, Vendor

PAPERS = Paper.objects.select_related("vendor__organisation", "owner")
FILES = ContractFile.objects.select_related("vendor__organisation", "contract__vendor", "paper__vendor")


@form_view
def paper_add(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    form = _form(request, Paper(vendor=vendor, owner=request.user), vendor)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "attached"):
            paper = changes.add_paper(request.member, form.instance, files=form.cleaned_data["attached"])
            messages.success(request, _("%(name)s is added.") % {"name": paper.name})
            return redirect(_row_of(paper))
    return edit_page(
        request,
        form,
        heading=_("Add a paper"),
        section=vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Add a paper")),
        lead=_("A certificate, an insurance, a policy: you are told before it expires."),
        submit=_("Add the paper"),
        back=_panel_of(vendor),
    )


@form_view
def paper_edit(request: MemberRequest, pk: int) -> HttpResponse:
    paper = fetch(request, PAPERS, pk)
    form = _form(request, fetch(request, PAPERS, pk), paper.vendor)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "attached"):
            files = form.cleaned_data["attached"]
            changes.change_paper(request.member, form.instance, changed=form.changed_data, files=files)
            messages.success(request, _("Saved."))
            return redirect(_row_of(paper))
    return edit_page(
        request,
        form,
        heading=_("Edit %(name)s") % {"name": paper.name},
        section=paper.vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), paper.vendor, _("Edit a paper")),
        back=_row_of(paper),
        template="vendors/contracts/contract_edit.html",
        about={"files": list(paper.files.all())},
    )


@form_view
def paper_replace(request: MemberRequest, pk: int) -> HttpResponse:
    """By a newer one of the same kind; the old one is kept behind it."""
    old = fetch(request, PAPERS, pk)
    start = Paper(vendor=old.vendor, kind=old.kind, name=old.name, owner=old.owner, issued_on=timezone.localdate())
    form = _form(request, start, old.vendor)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            new = changes.replace_paper(request.member, old, form.instance, files=form.cleaned_data["attached"])
            messages.success(request, _("The newer paper stands in its place."))
            return redirect(_row_of(new))
    return edit_page(
        request,
        form,
        heading=_("Replace %(name)s") % {"name": old.name},
        section=old.vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), old.vendor, _("Replace a paper")),
        lead=_("Enter the newer paper. The old one is kept behind it, with its files."),
        submit=_("Replace the paper"),
        back=_row_of(old),
    )


@form_view
def paper_delete(request: MemberRequest, pk: int) -> HttpResponse:
    paper = fetch(request, PAPERS, pk)
    if request.method == "POST":
        changes.delete_paper(request.member, paper)
        messages.success(request, _("%(name)s is deleted.") % {"name": paper.name})
        return redirect(_panel_of(paper.vendor))
    return confirm_page(
        request,
        heading=_("Delete %(name)s?") % {"name": paper.name},
        section=paper.vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), paper.vendor, _("Delete a paper")),
        at_stake=[_("The paper and its files are deleted for good. The audit trail keeps that it was there.")],
        submit=_("Delete the paper"),
        back=_row_of(paper),
    )


# Files -----------------------------------------------------------------------------------------------------------
@require_GET
def contract_file_download(request: MemberRequest, pk: int) -> FileResponse:
    row = fetch(request, FILES, pk)
    return attachment(row.file, name=row.name, content_type=row.content_type)


@require_POST
def contract_file_delete(request: MemberRequest, pk: int) -> HttpResponse:
    row = fetch(request, FILES, pk)
    changes.delete_file(request.member, row)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": row.name})
    return redirect("contract_edit", row.contract_id) if row.contract_id else redirect("paper_edit", row.paper_id)


# -----------------------------------------------------------------------------------------------------------------
def _form(request: MemberRequest, paper: Paper, vendor: Vendor) -> PaperForm:
    is_sent = request.method == "POST"
    return PaperForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        instance=paper,
        member=request.member,
        vendor=vendor,
        today=timezone.localdate(),
    )


def _panel_of(vendor: Vendor) -> str:
    return f"{vendor.get_absolute_url()}#contracts"


def _row_of(paper: Paper) -> str:
    return f"{paper.vendor.get_absolute_url()}#paper-{paper.pk}"
