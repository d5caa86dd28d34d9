"""The reference, for whoever builds on the API: signed in or not, and without a script."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.api import problems, scopes
from config.reference.reading import groups

MEANINGS = {  # by code: when it comes, and what to do; English, as all of the reference
    "bad_request": "The body is no JSON, or a header is not written as it must be. Mend the program that sends it.",
    "no_token": "Send “Authorization: Bearer …” with a token that was neither withdrawn nor has run out.",
    "not_allowed": "The token lacks a scope, or the role of its holder does not allow it. `detail` says which.",
    "not_found": "There is no such thing, or it belongs to another organisation.",
    "method_not_allowed": "This address takes other methods: see the header Allow.",
    "refused": "A rule of the product forbids it as things stand. `detail` says which; nothing was changed.",
    "conflict": "Somebody saved in between. Both texts are in the answer; decide, and send it with the new ETag.",
    "changed": "What you read is no longer what stands there. Read it again, then decide.",
    "under_way": "The first request with this Idempotency-Key has not ended. Send it again after Retry-After.",
    "key_reused": "Take a new Idempotency-Key for each thing that you want done.",
    "match_needed": "Send If-Match with the ETag of what you read, so that nobody overwrites unseen.",
    "invalid": "`errors` names each value that cannot be taken, by its JSON pointer, and says why.",
    "too_large": "Send it in several requests.",
    "closed": "It is in a state in which nothing is taken any more.",
    "withheld": "Whoever still judges this vendor sees it after handing in their own answers: nobody is led.",
    "too_many": "Wait as long as Retry-After says. RateLimit-Remaining tells beforehand.",
    "broken": "Our fault. The log of the installation has it, with the time of your request.",
    "away": "The installation is restarting or its database is away. Try again in a while.",
}


@require_safe
def help_api(request: HttpRequest) -> HttpResponse:
    context = {"groups": groups(), "base": settings.BASE_URL, "scopes": scopes.WORDS.items()}
    return render(request, "help/reference/index.html", context)


@require_safe
def help_api_group(request: HttpRequest, group: str) -> HttpResponse:
    for one in groups():
        if one.slug == group:
            return render(request, "help/reference/group.html", {"group": one, "groups": groups()})
    raise Http404


@require_safe
def help_api_problems(request: HttpRequest) -> HttpResponse:
    rows = [(code, title, MEANINGS[code]) for code, title in problems.TITLES.items()]
    return render(request, "help/reference/problems.html", {"rows": rows, "groups": groups()})
