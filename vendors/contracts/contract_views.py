"""A contract: looked at, added, edited, decided about, ended, deleted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import Crumb, confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_beside, post_data
from groundwork.words import short_day
from vendors.contracts import changes
from vendors.contracts.agreed import length_words, notice_words
from vendors.contracts.forms import ContractForm, DecideForm, EndForm
from vendors.contracts.offers import offers_for
from vendors.contracts.words import at_stake, notice_to_give, outcome
from vendors.fetching import vendor_of
from vendors.models import Contract, TermUnit, Vendor
from vendors.standings import standing_of

CONTRACTS = Contract.objects.select_related("vendor__organisation", "owner", "decided_by")


@require_safe
def contract_detail(request: MemberRequest, pk: int) -> HttpResponse:
    contract, today = fetch(request, CONTRACTS, pk), timezone.localdate()
    offer = offers_for(request.member, today, vendors=[contract.vendor_id]).get(contract.vendor_id)
    context = {
        "contract": contract,
        "vendor": contract.vendor,
        "services": list(contract.services.all()),
        "files": list(contract.files.all()),
        "notice": notice_words(contract),
        "renews": length_words(contract.renews_months, TermUnit.MONTHS) if contract.renews_months else "",
        "at_stake": at_stake(contract, today),
        "outcome": outcome(contract),
        "notice_to_give": notice_to_give(contract, today),
        "is_past": contract.decide_by is not None and contract.decide_by < today,
        "standing": standing_of(request.member, contract.vendor, today),
        "offer": offer if offer and offer.contract.pk == pk else None,
    }
    return render(request, "vendors/contracts/contract_detail.html", context)


@form_view
def contract_add(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    form = _form(request, Contract(vendor=vendor, owner=request.user), vendor)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "attached"):
            contract = changes.add_contract(
                request.member,
                form.instance,
                today=timezone.localdate(),
                services=form.cleaned_data.get("services", ()),
                files=form.cleaned_data["attached"],
            )
            messages.success(request, _said_of(contract))
            return redirect("contract_detail", contract.pk)
    return edit_page(
        request,
        form,
        heading=_("Add a contract"),
        section=vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Add a contract")),
        lead=_("A reference, the end and the notice are enough to know by when it must be decided."),
        submit=_("Add the contract"),
        back=_panel_of(vendor),
    )


@form_view
def contract_edit(request: MemberRequest, pk: int) -> HttpResponse:
    contract = fetch(request, CONTRACTS, pk)
    form = _form(request, fetch(request, CONTRACTS, pk), contract.vendor)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "attached"):
            changed = changes.change_contract(
                request.member,
                form.instance,
                changed=form.changed_data,
                today=timezone.localdate(),
                services=form.cleaned_data["services"] if "services" in form.changed_data else None,
                files=form.cleaned_data["attached"],
            )
            messages.success(request, _said_of(changed))
            return redirect("contract_detail", pk)
    return edit_page(
        request,
        form,
        heading=_("Edit %(name)s") % {"name": contract.reference},
        section=contract.vendor.name,
        crumbs=_crumbs(contract, _("Edit")),
        back=contract.get_absolute_url(),
        template="vendors/contracts/contract_edit.html",
        about={"files": list(contract.files.all())},
    )


@form_view
def contract_decide(request: MemberRequest, pk: int) -> HttpResponse:
    contract, today = fetch(request, CONTRACTS, pk), timezone.localdate()
    form = DecideForm(post_data(request), contract=contract)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            said = form.cleaned_data
            decided = changes.decide(
                request.member,
                contract,
                decision=form.decided(),
                reason=said["reason"],
                today=today,
                read=said["read"],
                notice_given_on=said.get("notice_given_on"),
            )
            outcome_said = outcome(decided) or _("The decision is open again.")
            messages.success(request, " ".join(filter(None, [outcome_said, notice_to_give(decided, today)])))
            return redirect("contract_detail", pk)
        contract = fetch(request, CONTRACTS, pk)
        form.take(contract)
    return edit_page(
        request,
        form,
        heading=_("Decide about %(name)s") % {"name": contract.reference},
        section=contract.vendor.name,
        crumbs=_crumbs(contract, _("Decide")),
        submit=_("Save the decision"),
        back=contract.get_absolute_url(),
        template="vendors/contracts/contract_decide.html",
        about={
            "at_stake": [*_so_far(contract), *at_stake(contract, today)],
            "standing": standing_of(request.member, contract.vendor, today),
        },
    )


def _so_far(contract: Contract) -> list[str]:
    """In a sentence, what is decided already; none where nothing is."""
    said = outcome(contract)
    return [_("Decided so far: %(outcome)s") % {"outcome": said}] if said else []


@form_view
def contract_end(request: MemberRequest, pk: int) -> HttpResponse:
    contract, today = fetch(request, CONTRACTS, pk), timezone.localdate()
    form = EndForm(post_data(request), contract=contract, today=today)
    if request.method == "POST" and form.is_valid():
        ended_on = form.cleaned_data["ended_on"]
        changes.end_contract(request.member, contract, ended_on=ended_on)
        messages.success(request, _("The contract has ended.") if ended_on else _("The contract runs again."))
        return redirect("contract_detail", pk)
    return edit_page(
        request,
        form,
        heading=_("End of %(name)s") % {"name": contract.reference},
        section=contract.vendor.name,
        crumbs=_crumbs(contract, _("End")),
        lead=_("For a contract that is over. Nothing has to be decided about it any more; it stays on record."),
        back=contract.get_absolute_url(),
    )


@form_view
def contract_delete(request: MemberRequest, pk: int) -> HttpResponse:
    contract = fetch(request, CONTRACTS, pk)
    if request.method == "POST":
        changes.delete_contract(request.member, contract)
        messages.success(request, _("%(name)s is deleted.") % {"name": contract.reference})
        return redirect(_panel_of(contract.vendor))
    return confirm_page(
        request,
        heading=_("Delete %(name)s?") % {"name": contract.reference},
        section=contract.vendor.name,
        crumbs=_crumbs(contract, _("Delete")),
        at_stake=[
            _("The contract and its files are deleted for good. The audit trail keeps that it was there."),
            _("If it has ended, note its end instead: then it stays on record."),
        ],
        submit=_("Delete the contract"),
        back=contract.get_absolute_url(),
    )


# -----------------------------------------------------------------------------------------------------------------
def _form(request: MemberRequest, contract: Contract, vendor: Vendor) -> ContractForm:
    is_sent = request.method == "POST"
    return ContractForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        instance=contract,
        member=request.member,
        vendor=vendor,
        today=timezone.localdate(),
    )


def _said_of(contract: Contract) -> str:
    if contract.ended_on is not None:
        return _("Saved. The contract ended on %(day)s.") % {"day": short_day(contract.ended_on)}
    if contract.decide_by is None:
        return _("Saved.")
    return _("Saved. It must be decided by %(day)s.") % {"day": short_day(contract.decide_by)}


def _crumbs(contract: Contract, here: str) -> list[Crumb]:
    return crumbs("vendor_list", _("Vendors"), contract.vendor, contract, here)


def _panel_of(vendor: Vendor) -> str:
    return f"{vendor.get_absolute_url()}#contracts"
