"""What was typed into a form that could not be taken: kept for the person for whom the form was made, for a day."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.db import transaction
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from accounts.models import KeptForm
from accounts.sending import mark
from accounts.sending.mark import FIELD, Mark

PARAMETER = "kept"
ANCHOR = "not-sent"
KEPT_FOR = timedelta(days=1)
LARGEST = 500_000  # characters of one form; a questionnaire's longest page has a third of it
MOST = 20  # forms of one person
SECRET = ("password", "token", "secret", "otp")  # parts of the names of fields
SECRET_ROUTES = ("account_", "mfa_", "admin:login", "admin:auth_user", "admin:password", "invitation_accept")


def keep(request: HttpRequest, now: datetime) -> KeptForm | None:
    """Keep what was sent for whom the form was made; None where nothing can be kept."""
    made = mark.of_post(request)
    if made is None or not made.who or not _may_be_kept(request):
        return None
    fields = typed(request)
    if not fields or len(json.dumps(fields)) > LARGEST:
        return None
    with transaction.atomic():
        row = KeptForm.objects.create(
            token=secrets.token_urlsafe(32),
            who=made.who,
            page=made.page,
            action=request.path,
            fields=fields,
            files=[str(file.name) for _name, files in request.FILES.lists() for file in files],
            kept_at=now,
        )
        earlier = KeptForm.objects.filter(who=made.who).order_by("-kept_at", "-pk").values_list("pk", flat=True)
        KeptForm.objects.filter(pk__in=list(earlier[MOST:])).delete()
    return row


def typed(request: HttpRequest) -> dict[str, list[str]]:
    """What was sent, without what is secret."""
    return {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if name not in (FIELD, "csrfmiddlewaretoken") and not any(part in name.lower() for part in SECRET)
    }


def shown(request: HttpRequest) -> dict[str, list[str]]:
    """What was typed, for its own sender to copy; nothing where a form asks for what is secret."""
    return typed(request) if _may_be_kept(request) else {}


def find(token: str, who: str, now: datetime) -> KeptForm | None:
    """Only for the one for whom it was kept."""
    if not token or not who:
        return None
    return KeptForm.objects.filter(token=token, who=who, kept_at__gt=now - KEPT_FOR).first()


def newest_of(who: str, now: datetime) -> KeptForm | None:
    return KeptForm.objects.filter(who=who, kept_at__gt=now - KEPT_FOR).order_by("-kept_at").first()


def drop_sent(sent: Mark | None) -> None:
    """What was kept for a page that has now been sent is not needed any more."""
    if sent is None or f"{PARAMETER}=" not in sent.page:
        return
    token = token_in(sent.page)
    KeptForm.objects.filter(token=token, who=sent.who).delete()


def token_in(page: str) -> str:
    pairs = (pair.partition("=") for pair in urlsplit(page).query.split("&"))
    return next((value for name, _equals, value in pairs if name == PARAMETER), "")


def address_of(row: KeptForm) -> str:
    """The page of the form, with what was typed."""
    return with_kept(row.page, row.token)


def with_kept(page: str, token: str) -> str:
    path, _sign, query = page.partition("#")[0].partition("?")
    others = "&".join(pair for pair in query.split("&") if pair and not pair.startswith(f"{PARAMETER}="))
    return f"{path}?{others}{'&' if others else ''}{urlencode({PARAMETER: token})}#{ANCHOR}"


def page_without_form(request: HttpRequest) -> str:
    """Where somebody goes on whose form could not be kept: the page that they came from, if that is ours; never an
    address that only takes forms."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc == request.get_host():
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    made = mark.of_post(request)
    return made.page if made else request.path


def _may_be_kept(request: HttpRequest) -> bool:
    try:
        route = resolve(request.path_info).view_name
    except Resolver404:
        return False
    return not route.startswith(SECRET_ROUTES)
