"""The language of a person: kept in the profile, applied at sign-in, before that the invitation's.

What a visitor chooses before they sign in is said by whoever signs in next: it holds, and goes into the profile.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.models import User
from groundwork.languages import LANGUAGE_CODES

A_YEAR = 365 * 24 * 3600
CHOSEN = "language_chosen"  # a cookie: by a visitor, and not what the profile of whoever was here before said


def keep(response: HttpResponse, language: str, *, secure: bool) -> None:
    """Set the cookie that the pages follow."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=A_YEAR, samesite="Lax", secure=secure)
    response.delete_cookie(CHOSEN, samesite="Lax")


def keep_choice(response: HttpResponse, language: str, *, secure: bool) -> None:
    """The same for a visitor who has not signed in: at the sign-in it is their word."""
    keep(response, language, secure=secure)
    response.set_cookie(CHOSEN, language, max_age=A_YEAR, samesite="Lax", secure=secure)


def chosen(request: HttpRequest) -> str:
    """What the visitor chose before a sign-in; empty where they did not."""
    said = request.COOKIES.get(CHOSEN, "")
    return said if said in LANGUAGE_CODES else ""


def at_sign_in(request: HttpRequest, user: User) -> str:
    """The language from here on: that of the profile, unless another one was chosen on the way in."""
    said = chosen(request)
    if said and said != user.language:
        user.language = said
        user.save(update_fields=["language"])
    return user.language


def follow(request: HttpRequest, language: str) -> None:
    """Answer this request in `language`, unless the visitor chose another one before."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = language
