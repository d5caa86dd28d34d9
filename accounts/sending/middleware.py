"""For every route: what arrives is whole, is taken once, and what could not be taken is given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.access import OurRequest
from accounts.models import KeptForm, TakenForm
from accounts.sending import filling, kept, mark, once, whole

Handler = Callable[[Any], HttpResponse]
REDIRECTS = (301, 302, 303)


class WholeBodies:
    """A body shorter than it was announced is refused before anybody reads it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            is_short = whole.is_short(request)
            if not is_short:
                request.POST  # noqa: B018 - where it has too many fields, that is found here
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as too_much:
            # Django would log it as suspicious, with a traceback, for anybody who only announces such a body.
            raise BadRequest(str(too_much)) from too_much
        if is_short:
            raise BadRequest("The request broke off: its body is shorter than it was announced.")
        return self.get_response(request)


class FormsSent:
    """A form without its end is refused, one that is sent twice is taken once, what was kept comes back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: OurRequest) -> HttpResponse:
        response = self.get_response(request)
        row: TakenForm | None = getattr(request, "form_taken", None)
        if row is not None and once.finish(row, request, response):
            kept.drop_sent(mark.of_post(request))
        if request.method == "GET" and kept.PARAMETER in request.GET:
            response = _given_back(request, response)
        return _with_a_way_on(request, response)

    def process_view(self, request: OurRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST":
            return None
        route = request.resolver_match.view_name
        if whole.lacks_its_end(request, route):
            return whole.broken_off(request)
        made = mark.of_post(request)
        if made is None or once.is_repeatable(route):
            return None
        key = once.key_of(request, made, mark.asking(request))
        row = once.take(key, timezone.now()) or once.second(request, key)
        if isinstance(row, HttpResponse):
            return row
        request.form_taken = row  # type: ignore[attr-defined]
        return None


def _given_back(request: OurRequest, response: HttpResponse) -> HttpResponse:
    """The page with what had been typed into its form; to anybody else, the page as it is."""
    row = kept.find(request.GET[kept.PARAMETER], mark.asking(request), timezone.now())
    if row is None:
        return response
    if response.status_code in REDIRECTS and response["Location"].startswith("/"):
        response["Location"] = kept.with_kept(response["Location"], row.token)
        return response
    if response.status_code != 200:
        return render(request, "errors/not_sent.html", {"kept": row, "left": row.fields}, status=response.status_code)
    if response.streaming or "html" not in response.get("Content-Type", ""):
        return response
    return _filled(response, row)


def _filled(response: HttpResponse, row: KeptForm) -> HttpResponse:
    def notice(left: filling.Fields, *, found: bool) -> str:
        return render_to_string("_not_sent.html", {"kept": row, "left": left, "found": found, "anchor": kept.ANCHOR})

    html = response.content.decode(response.charset)
    response.content = filling.fill(html, row.fields, action=row.action, page=row.page, notice=notice).encode(
        response.charset
    )
    if "Content-Length" in response:
        response["Content-Length"] = str(len(response.content))
    add_never_cache_headers(response)
    return response


def _with_a_way_on(request: OurRequest, response: HttpResponse) -> HttpResponse:
    """A bare 405 is no page: whoever lands on an address that only takes forms is told where to go on."""
    if response.status_code != 405 or response.content or "json" in request.headers.get("Accept", ""):
        return response
    page = render(request, "errors/405.html", status=405)
    page["Allow"] = response["Allow"]
    return page
