"""The mark at the very end of each form: what lacks it broke off on its way.

It also says for whom and on which page the form was made, signed, so that nobody else is ever given what was typed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest

FIELD = "form_end"
SALT = "accounts.sending.mark"
GOOD_FOR = timedelta(days=14)  # a page that stood open for longer is taken whole, but no longer recognised
LONGEST_PAGE = 1_000  # characters of an address


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A page with forms: its key, for whom it was made (“user:12”, “link:3”, or empty) and its address."""

    key: str
    who: str
    page: str

    def signed(self) -> str:
        return signing.dumps([self.key, self.who, self.page], salt=SALT, compress=True)


def read(value: str | None) -> Mark | None:
    """The mark that was sent; None where it is not ours, or too old to say anything."""
    if not value:
        return None
    try:
        key, who, page = signing.loads(value, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Mark(key=key, who=who, page=page)


def of_post(request: HttpRequest) -> Mark | None:
    """None, too, where what was sent cannot be read: the page that says so asks once more."""
    try:
        return read(request.POST.get(FIELD))
    except (BadRequest, SuspiciousOperation):
        return None


def value_for(request: HttpRequest | None) -> str:
    """What a form on this page carries: the same for all of its forms, which differ in where they go and what they say.

    A piece of a page that is drawn without a request only says that it ends."""
    if request is None:
        return "end"
    made: Any = getattr(request, "form_mark", None)
    if made is None:
        made = Mark(key=secrets.token_urlsafe(12), who=asking(request), page=page_of(request)).signed()
        request.form_mark = made  # type: ignore[attr-defined]
    return str(made)


def asking(request: HttpRequest) -> str:
    """Who asks, in a word. A vendor's contact is whom the link names, whoever else is signed in in that browser."""
    link = getattr(request, "link", None)
    if link is not None:
        return str(link.who)
    user = getattr(request, "user", None)
    return f"user:{user.pk}" if user is not None and user.is_authenticated else ""


def page_of(request: HttpRequest) -> str:
    """The address of the page that is drawn: of one shown again after a form, that on which the form had stood."""
    htmx = getattr(request, "htmx", None)
    page = request.get_full_path()
    if htmx and htmx.current_url_abs_path:
        page = htmx.current_url_abs_path
    elif request.method == "POST" and (sent := of_post(request)) is not None:
        page = sent.page
    page = page.partition("#")[0]
    return page if len(page) <= LONGEST_PAGE else urlsplit(page).path[:LONGEST_PAGE]
