"""The pages that a mailed link opens: what every answer of them carries, and what is said of a link that is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts import language
from accounts.models import KeptForm, LinkState, MailedLink
from accounts.sending import kept, mark, way_back

STATUS_OF = {
    LinkState.UNKNOWN: 404,
    LinkState.USED: 410,
    LinkState.EXPIRED: 410,
    LinkState.REVOKED: 410,
    LinkState.REPLACED: 410,
}
Args = ParamSpec("Args")
Response = TypeVar("Response", bound=HttpResponseBase)


def guarded(view: Callable[Args, Response]) -> Callable[Args, Response]:
    """Its answers are kept by no cache and in no index, and their address is told to nobody.

    Not `no-referrer`: browsers then send `Origin: null`, and every form would be refused as forged.
    """

    @wraps(view)
    def guard(*args: Args.args, **kwargs: Args.kwargs) -> Response:
        response = view(*args, **kwargs)
        add_never_cache_headers(response)
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guard


def closed_page(
    request: HttpRequest,
    template: str,
    state: LinkState,
    link: MailedLink | None,
    context: Mapping[str, object],
    *,
    status: int | None = None,
) -> HttpResponse:
    """Says what happened and whom to ask, in the language of the link; of one that is not known, nothing at all."""
    if link is None:
        return render(request, template, {**context, "state": state}, status=STATUS_OF[state])
    language.follow(request, link.language)
    status = status or STATUS_OF[state]
    return render(request, template, {**context, "state": state, "link": link}, status=status)


def keep_typed(request: HttpRequest, who: str, now: datetime) -> KeptForm | None:
    """What was typed on a page of a link comes back when that is opened again. `who`: as the link's own `who`."""
    is_form = request.method == "POST" and not way_back.saves_by_itself(request)
    made = mark.of_post(request) if is_form else None
    return kept.keep(request, now) if made is not None and made.who == who else None
