"""The blank pack: every question with its anchors and room to write, for a visit or a talk without a screen."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from assessments.models import Assessment
from manifesto.models import Question
from reports.fact_sheets.kinds import Content, Facts, SheetKind
from reports.packs import shown
from reports.packs.asked import question_of, texts_of


def facts_for(member: Membership, about: int) -> Facts:
    """Nothing that anybody said is in it. Raises Http404 for an assessment that is not the member's. Three queries."""
    assessments = Assessment.objects.for_member(member).select_related("organisation", "vendor", "release")
    assessment = assessments.filter(pk=about).first()
    if assessment is None:
        raise Http404
    rules = assessment.release.rules.order_by("position").prefetch_related(
        Prefetch("questions", Question.objects.order_by("position").prefetch_related("levels"))
    )
    content: dict[str, Any] = {
        "organisation": assessment.organisation.name,
        "vendor": assessment.vendor.name,
        "reference": assessment.reference,
        "rules": [
            {
                "number": rule.position,
                "name": texts_of(rule, "name"),
                "questions": [
                    question_of(question)
                    for question in rule.questions.all()
                    if assessment.asks_supplementary or not question.supplementary
                ],
            }
            for rule in rules
        ],
    }
    as_of = assessment.release.published_at or assessment.created_at
    return Facts(about=assessment.pk, vendor=None, as_of=as_of, content=content)


def title(content: Content, language: str) -> str:
    said = _("Questionnaire to fill in by hand · %(vendor)s, %(reference)s")
    return said % {"vendor": content["vendor"], "reference": content["reference"]}


def name(content: Content) -> str:
    """`questionnaire-A-2026-001-harbour-systems`: plain ASCII."""
    vendor = slugify(content["vendor"])[:40].strip("-")
    return "-".join(filter(None, ("questionnaire", slugify(content["reference"]), vendor)))


def page(about: int) -> str:
    return reverse("pack_blank", args=[about])


KIND = SheetKind(
    facts=facts_for,
    view=shown.blank,
    template="reports/packs/blank_pdf.html",
    title=title,
    name=name,
    page=page,
)
