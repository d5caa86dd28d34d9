"""Mails: plain text with a simple HTML twin, in the language of whoever receives them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import Organisation

log = structlog.get_logger(__name__)
CHOICE = "organisation"  # in an address: the organisation that it belongs to, for members of several
_is_quiet: ContextVar[bool] = ContextVar("mail_is_quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Within it nobody is written to: people made up for a demonstration have no mailbox."""
    before = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(before)


def send(
    template: str, to: str, *, language: str, context: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> None:
    """Send `<template>_subject.txt`, `_message.txt` and `_message.html` to one address.

    Raises OSError where the mail server does not take it (SMTPException is one).
    """
    if _is_quiet.get():
        return
    with translation.override(language):
        values = {**context, "email": to, "language": language}
        subject = one_line(render_to_string(f"{template}_subject.txt", values))
        text = render_to_string(f"{template}_message.txt", values).strip()
        message = EmailMultiAlternatives(subject, text, to=[to], headers=dict(headers or {}))
        message.attach_alternative(render_to_string(f"{template}_message.html", values), "text/html")
        message.send()


def try_to_send(template: str, to: str, *, language: str, context: Mapping[str, Any]) -> bool:
    """Send it; False, and a line in the log, where the mail server does not take it: what was done stands."""
    try:
        send(template, to, language=language, context=context)
    except OSError as error:
        log.error("mail_not_sent", template=template, error=str(error))
        return False
    return True


def address(path: str, organisation: Organisation) -> str:
    """The whole address of a page of that organisation, which opens in it whichever its reader worked in last."""
    page, mark, anchor = path.partition("#")
    return f"{settings.BASE_URL}{page}?{CHOICE}={organisation.slug}{mark}{anchor}"


def one_line(text: str) -> str:
    """A header holds one line, whatever an organisation is called."""
    return " ".join(text.split())
