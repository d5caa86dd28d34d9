"""The page beside a rule, for members; a vendor has its own, in assessments.vendor_side."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from groundwork.whole_numbers import said
from manifesto import guides
from manifesto.models import RULE_KEYS, Release, ReleaseState, Rule
from vendors.measures.catalogue import MEASURES


@dataclass(frozen=True, kw_only=True)
class MeasureLine:
    label: str
    explanation: str


@require_safe
def rule_guide(request: MemberRequest, rule: str) -> HttpResponse:
    """By the edition in force, or by the one that is asked for (`?edition=` its number in the database: what an
    assessment is answered by). An outside rater reads what a vendor reads, too."""
    if rule not in RULE_KEYS:
        raise Http404
    release = _release(request.GET.get("edition", ""))
    is_outside = request.member.is_outside
    found = guides.guide_of(rule, release, guides.OPEN_PARTS if is_outside else guides.PARTS) if release else None
    context = {
        "rule": found.rule if found else Rule.objects.filter(release=release, key=rule).first(),
        "guide": found,
        "release": release,
        "keys": RULE_KEYS,
        "measures": () if is_outside else measures_of(rule),
        "others": Rule.objects.filter(release=release).exclude(key=rule).order_by("position") if release else (),
        "asked": request.GET.get("edition", ""),
    }
    return render(request, "help/knowhow/rule_guide.html", context)


def _release(asked: str) -> Release | None:
    """A draft is nobody's but the editors'."""
    if not asked:
        return Release.objects.current()
    return get_object_or_404(Release.objects.exclude(state=ReleaseState.DRAFT), pk=said(asked) or 0)


def measures_of(rule: str) -> tuple[MeasureLine, ...]:
    """What the product measures of this rule, in the active language."""
    return tuple(
        MeasureLine(label=_(measure.label), explanation=_(measure.explanation))
        for measure in MEASURES
        if measure.rule == rule
    )
