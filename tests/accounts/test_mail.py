"""Mails: who is written to, and who is not."""

from __future__ import annotations

from django.core import mail as sent

from accounts import mail


def send() -> None:
    context = {
        "organisation": "Harbour Hospital",
        "vendor": "Example Systems",
        "who": "Anna",
        "url": "https://x.example",
    }
    mail.send("accounts/email/invitation", "somebody@example.org", language="en", context=context)


def test_nobody_is_written_to_while_it_is_quiet() -> None:
    with mail.quiet():
        send()
    assert sent.outbox == []


def test_everybody_is_written_to_again_afterwards() -> None:
    with mail.quiet(), mail.quiet():
        pass
    send()
    assert [one.to for one in sent.outbox] == [["somebody@example.org"]]
