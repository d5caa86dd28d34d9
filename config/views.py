"""The frame's own pages: home, my work, language, theme, health, and the error pages."""

import sys

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from accounts import language as languages
from accounts.access import MemberRequest
from accounts.models import Membership, Role
from accounts.sending import way_back
from config.context import THEMES
from config.first_steps import first_steps_of, put_away
from config.health import DIARY, readiness
from config.work import ItemKind, work_of
from groundwork.database import is_away
from groundwork.pages import crumbs
from groundwork.storage import StoreAway, is_full
from reports.charts.marks import favicon_svg

BEGIN_WITH_PORTFOLIO = (Role.APPROVER, Role.READER)
A_YEAR = 365 * 24 * 3600


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this is, for whoever is not signed in; a member goes to their first page, a bank editor to the bank."""
    if not request.user.is_authenticated:
        return render(request, "home.html")
    if getattr(request, "member", None) is None and request.user.is_staff:
        may_see_bank = request.user.has_perm("manifesto.view_release")
        return redirect("admin:manifesto_release_changelist" if may_see_bank else "admin:index")
    return redirect(first_page_of(getattr(request, "member", None)))


def first_page_of(member: Membership | None) -> str:
    """Whoever decides or reads begins with all vendors at a glance; whoever has work in hand, with that."""
    return "portfolio" if member is not None and member.role in BEGIN_WITH_PORTFOLIO else "work"


@require_GET
def work(request: MemberRequest) -> HttpResponse:
    found = work_of(request.member, timezone.now())
    context = {
        "items": found.items,
        "to_answer": sum(item.kind == ItemKind.ANSWER for item in found.items),
        "imports": found.imports,
        "scorecards": found.scorecards,
        "handed_in": found.handed_in,
        "first_steps": found.first_steps,
        "running_out": found.running_out,
    }
    return render(request, "work.html", context)


@require_GET
def first_steps(request: MemberRequest) -> HttpResponse:
    """The same list by itself, also when it is put away or done."""
    context = {
        "first_steps": first_steps_of(request.member),
        "crumbs": crumbs("help_index", _("Help"), _("First steps")),
    }
    return render(request, "first_steps.html", context)


@require_POST
def first_steps_put_away(request: MemberRequest) -> HttpResponse:
    """Without `away` it comes back to My work."""
    away = "away" in request.POST
    put_away(request.member, away=away)
    if away:
        messages.success(request, _("The first steps are put away. You find them under Help."))
    return redirect("work")


@require_GET
@cache_control(max_age=A_YEAR, public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(favicon_svg(), content_type="image/svg+xml")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in the cookie and, for a user, in the profile (mails and PDFs follow it); a visitor's choice
    goes there when they sign in."""
    language = request.POST.get("language", "")
    response = redirect(_back(request))
    if not translation.check_for_language(language) or language not in dict(settings.LANGUAGES):
        return response
    is_secure = request.is_secure()
    if not request.user.is_authenticated:
        languages.keep_choice(response, language, secure=is_secure)
        return response
    if request.user.language != language:
        request.user.language = language
        request.user.save(update_fields=["language"])
    languages.keep(response, language, secure=is_secure)
    return response


@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = redirect(_back(request))
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


def _back(request: HttpRequest) -> str:
    """Where the form stood, if that is ours."""
    target = request.POST.get("next", "")
    is_path = target.startswith("/")  # another word would be looked up as the name of a route
    if is_path and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker, a worker for each queue and the clock; 503 while one of them is missing."""
    now = timezone.now()
    state = readiness(now)
    DIARY.note(state, now)
    return JsonResponse(state, status=200 if all(state.values()) else 503)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """For a program that watches, by the token of whoever runs the installation; for everybody else nothing is here."""
    said = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(said, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    from config.metrics import page  # what writes it takes a while to load, and most have no use for it

    return page(timezone.now())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", {"reason": str(exception)}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_full(sys.exc_info()[1]):
        return render(request, "errors/507.html", status=507)
    if is_away(sys.exc_info()[1]):
        return database_away(request)
    if isinstance(sys.exc_info()[1], StoreAway):
        return store_away(request)
    return render(request, "errors/500.html", status=500)


def database_away(request: HttpRequest) -> HttpResponse:
    """Try again in a minute: in the language of the browser, since nobody can be asked for theirs."""
    theme = request.COOKIES.get("theme")
    with translation.override(translation.get_language_from_request(request)):
        page = render_to_string("errors/503.html", {"theme": theme if theme in THEMES else "auto"})
    return HttpResponse(page, status=503, headers={"Retry-After": "30"})


def store_away(request: HttpRequest) -> HttpResponse:
    response = render(request, "errors/store_away.html", status=503)
    response["Retry-After"] = "30"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Back to the page of the form with what was typed; where that cannot be, it stands here to be copied."""
    return way_back.to_form(request) or render(request, "errors/csrf.html", way_back.to_copy(request), status=403)
