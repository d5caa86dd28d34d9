"""The letterhead and an organisation's own letters, for its administrators."""

from __future__ import annotations

from base64 import b64encode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.languages import LANGUAGE_CODES, LANGUAGES
from groundwork.pages import crumbs
from groundwork.responses import form_view, or_beside, or_say_why
from groundwork.saved import Conflict
from reports.letters import filling, letterheads, ours, own_templates, placeholders, samples
from reports.letters.forms import LetterheadForm, OwnLetterForm
from reports.letters.letterheads import Paper
from reports.letters.own_templates import Slot
from reports.letters.views import docx_response
from reports.models import Letterhead, LetterKind, LetterTemplate


# The letterhead ------------------------------------------------------------------------------------------------------
@form_view
def letterhead_edit(request: MemberRequest) -> HttpResponse:
    organisation = request.member.organisation
    row = letterheads.of(organisation) or Letterhead(organisation=organisation)
    form = LetterheadForm(request.POST or None, request.FILES or None, instance=row)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        paper = Paper(
            address=said["address"],
            place=said["place"],
            foot=said["foot"],
            logo=said["logo_file"],
            without_logo=said.get("without_logo", False),
        )
        with or_beside(form, "logo_file"):
            outcome = letterheads.keep(request.member, paper, version=said["version"])
            if not isinstance(outcome, Conflict):
                messages.success(request, _("The letterhead is saved. Letters that were made stay as they are."))
                return redirect("letterhead_edit")
            form.add_error(
                None, _("Somebody else has changed the letterhead meanwhile. Open this page again and change it there.")
            )
    logo = letterheads.logo_of(letterheads.of(organisation))
    context = {"form": form, "logo": b64encode(logo).decode()}
    return render(request, "reports/letters/letterhead_edit.html", context)


# Own letters ---------------------------------------------------------------------------------------------------------
@require_GET
def letter_templates(request: MemberRequest) -> HttpResponse:
    """All five in all languages: ours, or the organisation's own."""
    found = own_templates.slots(request.member.organisation, LANGUAGE_CODES)
    by_kind = [
        (kind, [(LANGUAGES[one.language].name, one) for one in found if one.kind == kind]) for kind in LetterKind
    ]
    return render(request, "reports/letters/letter_templates.html", {"kinds": by_kind})


@form_view
def letter_template(request: MemberRequest, letter: str, language: str) -> HttpResponse:
    """One of them: upload, look, use, back to ours."""
    kind = _kind(letter, language)
    form = OwnLetterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "file"):
            own_templates.upload(request.member, kind, language, form.cleaned_data["file"], now=timezone.now())
            messages.success(request, _("The letter is checked and kept. Look at it filled in, then use it."))
            return redirect("letter_template", letter=letter, language=language)
    here = own_templates.slot(request.member.organisation, kind, language)
    name = f"{kind.label} · {LANGUAGES[language].name}"
    context = {
        "form": form,
        "slot": here,
        "heading": name,
        "missing": _missing(here),
        "placeholders": placeholders.KNOWN.values(),
        "crumbs": crumbs("letterhead_edit", _("Letterhead"), reverse("letter_templates"), _("Your own letters"), name),
    }
    return render(request, "reports/letters/letter_template.html", context)


@require_GET
def letter_template_starter(request: MemberRequest, letter: str, language: str) -> HttpResponse:
    """Ours, to be changed in Word."""
    return docx_response(ours.starter(_kind(letter, language), language), f"starter-{letter}-{language}.docx")


@require_GET
def letter_template_file(request: MemberRequest, pk: int) -> HttpResponse:
    """As it was uploaded."""
    row = fetch(request, LetterTemplate.objects, pk)
    return docx_response(_held(row), f"template-{row.kind}-{row.language}.docx")


@require_GET
def letter_template_preview(request: MemberRequest, pk: int) -> HttpResponse:
    """Filled in with an example."""
    row = fetch(request, LetterTemplate.objects, pk)
    sample = samples.content(LetterKind(row.kind), row.language)
    with or_say_why(request):
        document = filling.filled(_held(row), sample, made_at=samples.MADE_AT)
        return docx_response(document, f"example-{row.kind}-{row.language}.docx")
    return redirect("letter_template", letter=row.kind, language=row.language)


@require_POST
def letter_template_use(request: MemberRequest, pk: int) -> HttpResponse:
    row = fetch(request, LetterTemplate.objects, pk)
    with or_say_why(request):
        own_templates.use(request.member, row)
        messages.success(request, _("Letters of this kind are made from your own from now on."))
    return redirect("letter_template", letter=row.kind, language=row.language)


@require_POST
def letter_template_remove(request: MemberRequest, letter: str, language: str) -> HttpResponse:
    own_templates.back_to_ours(request.member, _kind(letter, language), language)
    messages.success(request, _("Letters of this kind are ours again."))
    return redirect("letter_template", letter=letter, language=language)


def _kind(letter: str, language: str) -> LetterKind:
    if letter not in LetterKind.values or language not in LANGUAGE_CODES:
        raise Http404
    return LetterKind(letter)


def _held(row: LetterTemplate) -> bytes:
    content = own_templates.read(row)
    if content is None:
        raise Http404
    return content


def _missing(here: Slot) -> list[placeholders.Placeholder]:
    """What the one that waits, else the one in use, does not say though it should."""
    row = here.waiting or here.used
    content = own_templates.read(row) if row else None
    return placeholders.missing(here.kind, own_templates.names_in(content)) if content is not None else []
