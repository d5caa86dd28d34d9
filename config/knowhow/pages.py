"""Glossary, guides and search: packaged texts for everybody; pages of rules are found by those who may read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from config.knowhow import glossary, guides, search
from groundwork.languages import active_language
from manifesto.guides import OPEN_PARTS, PARTS


@dataclass(frozen=True, kw_only=True)
class ListedGuide:
    key: str
    title: str
    language: str  # of the title
    whom: Promise


def listed_guides() -> tuple[ListedGuide, ...]:
    found = ((guides.guide(key, active_language()), whom) for key, whom in guides.GUIDES.items())
    return tuple(
        ListedGuide(key=guide.key, title=guide.title, language=guide.lead.language, whom=whom) for guide, whom in found
    )


@require_safe
def help_glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "help/knowhow/glossary.html", {"terms": glossary.shown()})


@require_safe
def help_guide(request: HttpRequest, guide: str) -> HttpResponse:
    """A guide of docs/, in the reader's language as far as it is translated."""
    if guide not in guides.GUIDES:
        raise Http404
    found = guides.guide(guide, active_language())
    is_outsider = guide == "vendors" and not request.user.is_authenticated
    context = {
        "frame": "_guest.html" if is_outsider else "base.html",
        "is_outsider": is_outsider,
        "guide": found,
        "lacks": any(section.is_missing for section in found.sections),
        "others": [other for other in listed_guides() if other.key != guide],
    }
    return render(request, "help/knowhow/guide.html", context)


@require_safe
def help_search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[: search.LONGEST_QUERY]
    found = search.search(query, rule_parts=_readable_parts(request))
    context = {"query": query, "found": found, "is_asked": bool(search.words_of(query)), "most": search.MOST_FOUND}
    return render(request, "help/knowhow/search.html", context)


def _readable_parts(request: HttpRequest) -> tuple[str, ...]:
    """Of the pages of rules: all for members, two for outside raters, none for others."""
    member = getattr(request, "member", None)
    if member is None:
        return ()
    return OPEN_PARTS if member.is_outside else PARTS
