"""Letters of a vendor: what can be written now, writing one, and fetching it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.trail import audit
from assessments.models import Assessment
from groundwork.pages import Crumb, crumbs
from groundwork.refusals import Refusal
from groundwork.responses import form_view, or_say_why, post_data
from reports.documents.job import document_of
from reports.fact_sheets import keeping
from reports.letters import filling, kind, made, matters, own_templates, writing
from reports.letters.forms import LetterForm
from reports.letters.matters import ABOUT_ASSESSMENTS, TELL_NOTHING, AssessmentMatter, Matter
from reports.models import FactSheet, FactSheetKind, LetterKind, Rendering
from reports.scorecard.snapshots import SnapshotDamaged
from vendors.models import CauseProof, Contact, Vendor
from vendors.withheld import is_withheld

MOST_PROOFS = 10


@dataclass(frozen=True, kw_only=True)
class Possible:
    """One kind of letter about one thing. `why_not`: why it cannot be written now, or not by this reader."""

    kind: LetterKind
    url_name: str
    about: int
    why_not: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One thing that letters can be about, in the words of the page."""

    anchor: str
    title: str
    letters: tuple[Possible, ...]


@require_GET
def vendor_letters(request: MemberRequest, pk: int) -> HttpResponse:
    """What can be written now, with the reason where something cannot, and what was written."""
    vendor = fetch(request, Vendor.objects.select_related("organisation"), pk)
    today = timezone.localdate()
    context = {
        "vendor": vendor,
        "subjects": _subjects(request, vendor, today),
        "letters": _made(request, vendor),
        "has_contacts": vendor.contacts.exists(),
        "is_withheld": is_withheld(request.member, vendor),
    }
    return render(request, "reports/letters/vendor_letters.html", context)


@form_view
def assessment_letter(request: MemberRequest, pk: int, letter: str) -> HttpResponse:
    rows = Assessment.objects.select_related("vendor__organisation", "release", "owner")
    assessment = fetch(request, rows, pk)
    if letter not in ABOUT_ASSESSMENTS:
        raise Http404
    matter = matters.of_assessment(assessment, today=timezone.localdate())
    return _write(request, matter, LetterKind(letter), assessment.reference)


@form_view
def proof_letter(request: MemberRequest, pk: int) -> HttpResponse:
    rows = CauseProof.objects.select_related("vendor__organisation", "incident__service__department", "owner")
    proof = fetch(request, rows, pk)
    matter = matters.of_proof(proof, today=timezone.localdate())
    return _write(request, matter, LetterKind.PROOF, proof.number)


@require_GET
def letter_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """What it says, and its two files."""
    sheet, content = _letter(request, pk)
    context = {
        "row": sheet,
        "asked_again": {"kind": sheet.kind, "about": sheet.pk},
        "vendor": sheet.vendor,
        "letter": LetterKind(content["letter"]),
        "crumbs": _crumbs(sheet.vendor, kind.called(content)),
        "is_shut": kind.is_shut(request.member, sheet, content),
    }
    if not context["is_shut"]:
        rendering = Rendering.objects.filter(fact_sheet=sheet, language=content["language"]).first()
        _held, own = own_templates.template_for(request.member.organisation, content)
        context |= {
            "sheet": kind.view(content, content["language"]),
            "spoken": content["language"],
            "document": document_of(rendering, now=timezone.now()) if rendering else None,
            "own_template": own,
        }
    return render(request, "reports/letters/letter_detail.html", context)


@require_GET
@cache_control(private=True, no_store=True)
def letter_docx(request: MemberRequest, pk: int) -> HttpResponse:
    """The same letter to be changed in Word: filled into the organisation's own, where it has one."""
    sheet, content = _letter(request, pk)
    if kind.is_shut(request.member, sheet, content):
        return redirect("letter_detail", pk=sheet.pk)
    template, _own = own_templates.template_for(request.member.organisation, content)
    document = b""
    with or_say_why(request):
        document = filling.filled(template, content, made_at=sheet.as_of)
    if not document:
        return redirect("letter_detail", pk=sheet.pk)
    name = f"{kind.name(content)}-{content['language']}.docx"
    with transaction.atomic():
        audit.record(request.user, "letter.fetched", sheet, label=str(sheet.get_kind_display()), after={"file": name})
    return docx_response(document, name)


def docx_response(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=filling.CONTENT_TYPE, headers=headers)


# What can be written ------------------------------------------------------------------------------------------------
def _subjects(request: MemberRequest, vendor: Vendor, today: date) -> list[Subject]:
    """The assessment in hand and the latest result, and proofs that are asked for."""
    member = request.member
    shut = _shut(request, vendor)
    found = []
    for assessment in matters.assessments_to_write_of(member, vendor):
        matter = matters.of_assessment(assessment, today=today)
        letters = (
            Possible(
                kind=one,
                url_name="assessment_letter",
                about=assessment.pk,
                why_not=matter.why_not(one) or ("" if one in TELL_NOTHING else shut),
            )
            for one in ABOUT_ASSESSMENTS
        )
        title = _("Assessment %(reference)s") % {"reference": assessment.reference}
        found.append(Subject(anchor=f"a-{assessment.pk}", title=title, letters=tuple(letters)))
    if shut:
        return found
    for proof in CauseProof.objects.for_member(member).open().filter(vendor=vendor)[:MOST_PROOFS]:
        is_read = not proof.is_at_vendor
        why_not = _("The vendor has handed it in: accept it, or return it first.") if is_read else ""
        one = Possible(kind=LetterKind.PROOF, url_name="proof_letter", about=proof.pk, why_not=why_not)
        title = _("Proof of cause %(number)s") % {"number": proof.number}
        found.append(Subject(anchor=f"p-{proof.pk}", title=title, letters=(one,)))
    return found


def _shut(request: MemberRequest, vendor: Vendor) -> str:
    if not is_withheld(request.member, vendor):
        return ""
    return _("You are still rating this vendor: this letter opens once you have handed in your answers.")


def _made(request: MemberRequest, vendor: Vendor) -> list[made.MadeLetter]:
    shut = is_withheld(request.member, vendor)
    letters = []
    for sheet in made.letters_of(request.member, vendor):
        content = keeping.content_of(sheet)
        letters.append(
            made.MadeLetter(
                pk=sheet.pk,
                kind=LetterKind(content["letter"]),
                contact=content["addressee"]["name"],
                language=content["language"],
                day=date.fromisoformat(content["day"]),
                is_shut=shut and not kind.is_open(request.member, content),
            )
        )
    return letters


# Writing one ---------------------------------------------------------------------------------------------------------
def _write(request: MemberRequest, matter: Matter, letter: LetterKind, reference: str) -> HttpResponse:
    """GET: the form, filled as far as is known. POST: a look at what it would say, or the letter."""
    vendor = matter.vendor
    why_not = matter.why_not(letter) or ("" if letter in TELL_NOTHING else _shut(request, vendor))
    context = {
        "vendor": vendor,
        "letter": letter,
        "reference": reference,
        "why_not": why_not,
        "crumbs": _crumbs(vendor, str(letter.label)),
    }
    if why_not:
        return render(request, "reports/letters/letter_write.html", context, status=409 if request.POST else 200)
    now = timezone.now()
    initial = _initial(request, matter, letter)
    form = LetterForm(post_data(request), matter=matter, kind=letter, today=timezone.localdate(now), initial=initial)
    context |= {"form": form, "has_contacts": vendor.contacts.exists()}
    if request.method == "POST" and form.is_valid():
        answer = _answer(request, matter, letter, form, now)
        if isinstance(answer, HttpResponse):
            return answer
        context |= answer
    return render(request, "reports/letters/letter_write.html", context)


def _answer(
    request: MemberRequest, matter: Matter, letter: LetterKind, form: LetterForm, now: datetime
) -> HttpResponse | dict[str, object]:
    said = form.cleaned_data
    wish = writing.Wish(
        kind=letter,
        contact=said["contact"],
        address=said["address"],
        own=said["own"],
        sender=said["sender"],
        deadline=said.get("deadline"),
    )
    try:
        if request.POST.get("step") == "make":
            sheet = writing.make(request.member, matter, wish, now=now)
            return redirect("letter_detail", pk=sheet.pk)
        content = writing.facts_of(request.member, matter, wish, now=now).content
    except SnapshotDamaged:
        form.add_error(None, _("The scorecard does not match its SHA-256. Tell whoever runs this installation."))
        return {}
    except Refusal as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return {}
    return {"sheet": kind.view(content, content["language"]), "spoken": content["language"]}


def _initial(request: MemberRequest, matter: Matter, letter: LetterKind) -> dict[str, object]:
    """Whom it went to last, their address, and who signs where that is no rater."""
    contact = _contact(request, matter)
    letters = made.letters_of(request.member, matter.vendor)
    limit = matter.deadline(letter)
    owner = matter.assessment.owner if isinstance(matter, AssessmentMatter) else matter.proof.owner
    return {
        "contact": contact.pk if contact else None,
        "address": made.last_address(contact, letters) if contact else "",
        "deadline": limit.day if limit else None,
        "sender": "" if owner is None or _rates(matter, owner.pk) else owner.name,
    }


def _contact(request: MemberRequest, matter: Matter) -> Contact | None:
    """The one that the address names, or that owes the proof; else the vendor’s first."""
    contacts = list(Contact.objects.filter(vendor=matter.vendor).select_related("vendor"))
    asked = request.GET.get("contact", "")
    owed = matter.proof.contact_id if not isinstance(matter, AssessmentMatter) else None
    wanted = (one for one in contacts if str(one.pk) == asked or one.pk == owed)
    return next(wanted, contacts[0] if contacts else None)


def _rates(matter: Matter, user: int) -> bool:
    if not isinstance(matter, AssessmentMatter):
        return False
    return matter.assessment.responses.of_customer().filter(rater=user).exists()


def _letter(request: MemberRequest, pk: int) -> tuple[FactSheet, dict[str, Any]]:
    rows = FactSheet.objects.for_member(request.member).filter(kind=FactSheetKind.LETTER)
    sheet = get_object_or_404(rows.select_related("vendor"), pk=pk)
    return sheet, kind.content_of(sheet)


def _crumbs(vendor: Vendor | None, here: str) -> list[Crumb]:
    if vendor is None:
        raise Http404
    letters = _("Letters")
    return crumbs("vendor_list", _("Vendors"), vendor, reverse("vendor_letters", args=[vendor.pk]), letters, here)
