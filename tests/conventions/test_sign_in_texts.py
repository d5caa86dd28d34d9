"""The sign-in library speaks as we do: u in Dutch, one word for a mail and spaces that do not break in French."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from config.messages import read_catalogue
from tests.conventions.test_house import ROOT

LIBRARY = Path(allauth.__file__).parent / "locale"
UNLIKE_OURS = {
    "nl": re.compile(r"\b(?:je|jij|jou|jouw|jezelf)\b", re.IGNORECASE),
    "fr": re.compile(r"\be-?mails?\b|\b(?:tu|ton|ta|tes|toi)\b| [?!:;]|'", re.IGNORECASE),
}
# Parts of the library that no page of ours shows: who comes does so by an invitation (CLOSED in accounts/access.py).
CLOSED = re.compile(
    r"(?:socialaccount|idp|usersessions|headless|account/admin|account/models)"
    r"|templates/(?:idp|socialaccount|usersessions|openid)/"
    r"|templates/account/(?:email\.|email_c|verif|confirm_|phone|signup|request_login|base_confirm_code|snippets/)"
    r"|templates/account/email/(?:base_message|account_already|email_|login_code|password_reset_code|unknown_account)"
    r"|templates/account/messages/(?:cannot_delete|email_|primary|unverified)"
    r"|templates/mfa/webauthn/signup"
)
NOT_ASKED = re.compile(
    r"phone|username|optional|\(again\)|confirmation|sign ?up|the same email|cannot add more|email or"
)


def unlike_ours(library: Catalog, ours: Catalog, language: str) -> Iterator[str]:
    """Texts that a page shows, in the words that are in effect."""
    for message in library:
        if not message.id or not _is_shown(message):
            continue
        mine = ours.get(message.id[0] if isinstance(message.id, tuple) else message.id, message.context)
        said = mine.string if mine and mine.string and any(mine.string) else message.string
        for text in said if isinstance(said, tuple | list) else (said,):
            if text and UNLIKE_OURS[language].search(text.replace("%(", "")):
                yield text


def _is_shown(message: Message) -> bool:
    text = message.id if isinstance(message.id, str) else message.id[0]
    if NOT_ASKED.search(text.lower()):
        return False
    return any(not CLOSED.match(place) and not _is_replaced(place) for place, _line in message.locations)


def _is_replaced(place: str) -> bool:
    """Our mails have one template for text and page."""
    return place.startswith("templates/") and (ROOT / place.replace("_message.txt", ".txt")).is_file()


def library(language: str) -> Catalog:
    with (LIBRARY / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", UNLIKE_OURS)
def test_without_ours_the_library_would_speak_otherwise(language: str) -> None:
    assert len(list(unlike_ours(library(language), Catalog(locale=language), language))) > 20


@pytest.mark.parametrize("language", UNLIKE_OURS)
def test_each_text_of_the_library_on_our_pages_speaks_as_we_do(language: str) -> None:
    assert list(unlike_ours(library(language), read_catalogue(ROOT, language), language)) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Ce mot de passe est trop court. Il doit contenir au moins 10 caractères."),
        ("nl", "Dit wachtwoord is te kort. Het moet minstens 10 tekens bevatten."),
    ],
)
def test_a_password_that_is_too_short_is_refused_in_the_language_of_the_page(language: str, said: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refused:
        validate_password("Zq7!")
    assert said in refused.value.messages
