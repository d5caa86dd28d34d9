"""The language of a person: kept in the profile, applied at sign-in, before that the invitation's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

A_YEAR = 365 * 24 * 3600


def keep(response: HttpResponse, language: str, *, secure: bool) -> None:
    """Set the cookie that the pages follow."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=A_YEAR, samesite="Lax", secure=secure)


def follow(request: HttpRequest, language: str) -> None:
    """Answer this request in `language`, unless the visitor chose another one before."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = language
