"""The help: short pages for everybody, signed in or not. They hold nothing of any organisation."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import RIGHTS
from accounts.members.roles import said_of
from accounts.models import Role
from config import places
from manifesto.models import Release

# In the order in which they are listed. What the measures mean has a page of its own: `help_measures`.
TOPICS: dict[str, tuple[Promise, Promise]] = {
    "assessing": (_("How an assessment goes"), _("From the first vendor to the scorecard, step by step.")),
    "words": (_("What the words mean"), _("k of 7, the weakest rule, bounds, confidence, p, edition and the rest.")),
    "roles": (_("Who may do what"), _("The roles in an organisation, and what each may do.")),
    "secrecy": (_("Who sees what"), _("What stays closed until when, what is kept, and who reads it.")),
    "bank": (_("The question bank"), _("For bank editors: from a draft to an edition in force.")),
    "vendors": (_("For vendors and others who got a link"), _("Answering without an account.")),
}


def _roles() -> dict[str, object]:
    return {"roles": [(role.label, said_of(RIGHTS[role])) for role in Role]}


def _thresholds() -> dict[str, object]:
    """Of the edition that new assessments take; before there is one, those that an edition begins with."""
    return {"edition": Release.objects.current() or Release()}


MORE: dict[str, Callable[[], dict[str, object]]] = {"roles": _roles, "words": _thresholds}


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    return render(request, "help/index.html", {"topics": TOPICS})


@require_safe
def help_topic(request: HttpRequest, topic: str) -> HttpResponse:
    if topic not in TOPICS:
        raise Http404
    title, lead = TOPICS[topic]
    back = request.GET.get("back", "")
    is_outsider = topic == "vendors" and not request.user.is_authenticated
    context = {
        "topic": topic,
        "topics": TOPICS,
        "title": title,
        "lead": lead,
        "frame": "_guest.html" if is_outsider else "base.html",
        "is_outsider": is_outsider,
        "back": back if places.is_page_of_link(back) else "",
        **MORE.get(topic, dict)(),
    }
    return render(request, f"help/{topic}.html", context)
