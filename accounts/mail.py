"""Mails: plain text with a simple HTML twin, in the language of whoever receives them."""

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation


def send(template: str, to: str, *, language: str, context: Mapping[str, Any]) -> None:
    """Send `<template>_subject.txt`, `_message.txt` and `_message.html` to one address.

    Raises OSError where the mail server does not take it (SMTPException is one).
    """
    with translation.override(language):
        values = {**context, "email": to, "language": language}
        subject = one_line(render_to_string(f"{template}_subject.txt", values))
        message = EmailMultiAlternatives(subject, render_to_string(f"{template}_message.txt", values).strip(), to=[to])
        message.attach_alternative(render_to_string(f"{template}_message.html", values), "text/html")
        message.send()


def one_line(text: str) -> str:
    """A header holds one line, whatever an organisation is called."""
    return " ".join(text.split())
