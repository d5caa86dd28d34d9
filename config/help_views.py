"""The help: short pages for everybody, signed in or not. They hold nothing of any organisation."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import places
from config.knowhow.pages import listed_guides
from config.topics import TOPICS, told


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    return render(request, "help/index.html", {"topics": TOPICS, "guides": listed_guides()})


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
        **told(topic),
    }
    return render(request, f"help/{topic}.html", context)
