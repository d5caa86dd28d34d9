"""Until the first organisation is there, every page leads to the one that makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import Gate, OurRequest, required
from accounts.founding import tokens

# What a machine asks, what that page needs itself, and what explains it.
BESIDE = frozenset(
    {
        "start",
        "healthz",
        "readyz",
        "metrics",
        "favicon",
        "set_language",
        "theme_set",
        "help_index",
        "help_topic",
        "help_measures",
        "help_glossary",
        "help_guide",
        "help_search",
    }
)


class FirstRun:
    """Leads to the start while it waits. An organisation stays, so a process that has seen one never asks again."""

    is_over = False  # of the process

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: OurRequest, *_view: Any) -> HttpResponse | None:
        route = request.resolver_match.view_name
        if FirstRun.is_over or route in BESIDE or required(route) is Gate.API:  # a program cannot follow there
            return None
        if tokens.is_waiting():
            return redirect("start")
        FirstRun.is_over = True
        return None
