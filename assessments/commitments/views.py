"""Commitments: all of the organisation, one with its history and evidence, asking for one and changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from assessments.commitments import evidence, transitions
from assessments.commitments.asking import to_change
from assessments.commitments.forms import LONGEST, CommitmentFilter, CommitmentForm, EditForm, FilesForm
from assessments.commitments.history import history
from assessments.commitments.kept import kept_over_time
from assessments.commitments.measured import judgement_of
from assessments.commitments.origin import Origin, known_of, origin_of, proposed_why
from assessments.commitments.rows import RELATED, complete, rows_of
from assessments.commitments.steps import next_steps
from assessments.commitments.transitions import may_change
from assessments.commitments.words import called, goal, measure_name, standing
from assessments.models import Commitment, CommitmentFile
from groundwork.pagination import BoundedPaginator
from groundwork.responses import attachment, form_view, or_beside, or_say_why, post_data
from manifesto.models import Release, Rule
from vendors.fetching import vendor_of
from vendors.measures.catalogue import DECIDING
from vendors.measures.loading import Target, held_to
from vendors.models import Contact
from vendors.rehearsals.words import called as called_origin
from vendors.withheld import is_withheld

PER_PAGE = 25
QUARTERS = 8  # two years: what lies before is in the numbers of all


# Looking ----------------------------------------------------------------------------------------------------------
@require_safe
def commitment_list(request: MemberRequest) -> HttpResponse:
    """Of the whole organisation, what is due first at the top, with the share kept over time."""
    today = timezone.localdate()
    everything = Commitment.objects.for_member(request.member)
    rules = _rules_in_use()
    chosen = CommitmentFilter(request.GET, everything, member=request.member, rules=rules, today=today)
    page = BoundedPaginator(complete(chosen.qs.order_by("due_on", "pk")), PER_PAGE).get_page(request.GET.get("page"))
    vendor = chosen.chosen_vendor
    kept = kept_over_time(everything.filter(vendor=vendor) if vendor else everything)
    context = {
        "filter": chosen,
        "page": page,
        "rows": rows_of(page, today),
        "vendor": vendor,
        "kept": kept,
        "quarters": kept.quarters[:QUARTERS],
        "is_empty": not page.paginator.count and not everything.exists(),
    }
    return render(request, "assessments/commitments/commitment_list.html", context)


def _rules_in_use() -> dict[str, str]:
    """The rules as the newest edition calls them."""
    release = Release.objects.current()
    return {rule.key: str(rule) for rule in Rule.objects.filter(release=release).order_by("position")}


@require_safe
def commitment_detail(request: MemberRequest, pk: int) -> HttpResponse:
    return _shown(request, _commitment_of(request, pk))


def _shown(request: MemberRequest, commitment: Commitment, files_form: FilesForm | None = None) -> HttpResponse:
    today, may = timezone.localdate(), may_change(request.member, commitment)
    may_attach, hidden = may and commitment.is_open, is_withheld(request.member, commitment.vendor)
    context = {
        "commitment": commitment,
        "called": called([commitment])[commitment.pk],
        "standing": standing(commitment, today),
        "goal": goal(commitment),
        "next": next_steps(request.member, commitment, today),
        "history": history(commitment, shows_figures=not hidden),
        "judgement": judgement_of(commitment, today) if commitment.agreed_on and not hidden else None,
        "hidden": hidden,
        "files": list(commitment.files.select_related("uploaded_by", "uploaded_through")),
        "files_form": (files_form or FilesForm()) if may_attach else None,
        "may_attach": may_attach,
    }
    return render(request, "assessments/commitments/commitment_detail.html", context)


# Asking -----------------------------------------------------------------------------------------------------------
@form_view
def commitment_add(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask a vendor for one: what it is made from stands in the address."""
    vendor, now = vendor_of(request, pk), timezone.now()
    if vendor.archived_at is not None:
        messages.error(
            request, _("%(name)s is archived. Restore it before you ask for a commitment.") % {"name": vendor}
        )
        return redirect(vendor)
    origin = origin_of(request.member, vendor, request.GET)
    held = held_to(vendor, timezone.localdate(now))
    form = CommitmentForm(
        post_data(request),
        instance=Commitment(**origin.what_it_is),
        member=request.member,
        release=origin.release,
        today=timezone.localdate(now),
        initial=_beginning(request, origin, held) if request.method != "POST" else None,
    )
    form.tell_targets(held)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            made = transitions.propose(request.member, form.instance, now=now)
            messages.success(
                request, _("%(number)s is written down. Next: the vendor agrees.") % {"number": made.number}
            )
            return redirect(made)
    context = {"form": form, "vendor": vendor, "origin": origin, "back": _where_from(origin)}
    context["origin_called"] = called_origin(origin.rehearsal) if origin.rehearsal else ""
    context["known"] = known_of(request.member, origin, now=now)
    return render(request, "assessments/commitments/commitment_add.html", context)


def _beginning(request: MemberRequest, origin: Origin, held: Mapping[str, Target]) -> dict[str, Any]:
    """What need not be typed: the rule, the question, why, who follows it up, the only contact, and, of a finding, the
    measure that it rests on, with what it is held to already."""
    measure = DECIDING.get(origin.rule, "") if origin.finding else ""
    contacts = list(Contact.objects.for_member(request.member).filter(vendor=origin.vendor)[:2])
    return {
        "rule": origin.rule,
        "question": origin.question,
        "what": origin.proof.prevention[:LONGEST] if origin.proof else "",
        "why": proposed_why(origin),
        "owner": request.user.pk,
        "contact": contacts[0].pk if len(contacts) == 1 else None,
        "measure": measure,
        "target": Decimal(str(held[measure].value)) if measure in held else None,
    }


def _where_from(origin: Origin) -> str:
    return (
        origin.incident or origin.rehearsal or origin.proof or origin.assessment or origin.vendor
    ).get_absolute_url()


# Changing ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field of which two people want different things."""

    label: str
    mine: str
    theirs: str


@never_cache  # a page brought back by the browser would hold a version that is long gone
@form_view
def commitment_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change the words, people, day, measure or target while it is open. Where somebody else changed it meanwhile, both
    texts are shown, and the person decides; what they typed stays in the fields."""
    stored = _changeable(request, pk)
    if request.method != "POST" and not stored.is_open:
        messages.info(request, str(transitions.NOT_NOW[stored.state]))
        return redirect(stored)
    form = _edit_form(request, stored)
    differences: list[Difference] = []
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            _change(request, stored, form)
            messages.success(request, _("Saved."))
            return redirect(stored)
        stored = _commitment_of(request, pk)
        differences = _differences(form, stored)
    context = {"form": form, "commitment": stored, "differences": differences, "latest": stored.steps.last()}
    return render(request, "assessments/commitments/commitment_edit.html", context, status=409 if differences else 200)


def _edit_form(request: MemberRequest, stored: Commitment) -> EditForm:
    fresh = _commitment_of(request, stored.pk)
    return to_change(request.member, fresh, post_data(request), timezone.localdate())


def _change(request: MemberRequest, stored: Commitment, form: EditForm) -> None:
    if form.wanted:
        version = form.cleaned_data["version"]
        transitions.change(request.member, stored, form.wanted, version=version, now=timezone.now())


def _differences(form: EditForm, stored: Commitment) -> list[Difference]:
    """What I wrote beside what stands there now."""
    mine, theirs = _in_words(form.instance), _in_words(stored)
    form.take_version(stored.version)
    return [
        Difference(label=str(form.fields[name].label), mine=text, theirs=theirs[name])
        for name, text in mine.items()
        if text != theirs[name]
    ]


def _in_words(commitment: Commitment) -> dict[str, str]:
    names = called([commitment])[commitment.pk]
    return {
        "rule": names.rule,
        "question": names.question,
        "what": commitment.what,
        "why": commitment.why,
        "due_on": commitment.due_on.isoformat(),
        "contact": str(commitment.contact or ""),
        "owner": str(commitment.owner),
        "measure": measure_name(commitment.measure),
        "target": "" if commitment.target is None else f"{commitment.target.normalize():f}",
    }


# Evidence ---------------------------------------------------------------------------------------------------------
@require_POST
def commitment_file_add(request: MemberRequest, pk: int) -> HttpResponse:
    commitment = _changeable(request, pk)
    form = FilesForm(request.POST, request.FILES)
    if form.is_valid():
        with or_beside(form, "evidence"):
            evidence.add_files(request.user, commitment, form.cleaned_data["evidence"], now=timezone.now())
            messages.success(request, _("The evidence is kept."))
            return redirect(f"{commitment.get_absolute_url()}#evidence")
    return _shown(request, commitment, form)


@require_GET
def commitment_file_download(request: MemberRequest, pk: int) -> FileResponse:
    row = fetch(request, CommitmentFile.objects, pk)
    return attachment(row.file, name=row.name, content_type=row.content_type)


@require_POST
def commitment_file_delete(request: MemberRequest, pk: int) -> HttpResponse:
    """What this side brought; what the vendor attached is the vendor's to take away."""
    row = fetch(request, CommitmentFile.objects.select_related("commitment__vendor"), pk)
    if not may_change(request.member, row.commitment) or row.uploaded_through_id is not None:
        raise PermissionDenied
    with or_say_why(request):
        evidence.delete_file(request.user, row)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": row.name})
    return redirect(f"{row.commitment.get_absolute_url()}#evidence")


# ------------------------------------------------------------------------------------------------------------------
def _commitment_of(request: MemberRequest, pk: int) -> Commitment:
    rows = Commitment.objects.select_related(
        *RELATED, "vendor__organisation", "assessment__release", "incident", "rehearsal", "proof", "meeting"
    )
    return fetch(request, rows, pk)


def _changeable(request: MemberRequest, pk: int) -> Commitment:
    """One that this member may change, or a 403."""
    commitment = _commitment_of(request, pk)
    if not may_change(request.member, commitment):
        raise PermissionDenied
    return commitment
