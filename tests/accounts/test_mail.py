"""Mails: who is written to, and who is not."""

from __future__ import annotations

import string
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.conf import settings
from django.core import mail as sent
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.locmem import EmailBackend
from hypothesis import given
from hypothesis import strategies as st

from accounts import mail
from accounts.mail import CHOICE, page_address
from accounts.models import Organisation
from accounts.templatetags.mail import paragraphs


def send() -> None:
    context = {
        "organisation": "Harbour Hospital",
        "vendor": "Example Systems",
        "who": "Anna",
        "url": "https://x.example",
    }
    mail.send("accounts/members/email/invitation", "somebody@example.org", language="en", context=context)


def test_nobody_is_written_to_while_it_is_quiet() -> None:
    with mail.quiet():
        send()
    assert sent.outbox == []


def test_everybody_is_written_to_again_afterwards() -> None:
    with mail.quiet(), mail.quiet():
        pass
    send()
    assert [one.to for one in sent.outbox] == [["somebody@example.org"]]


def test_text_and_html_say_the_same_by_one_template() -> None:
    send()
    (message,) = sent.outbox
    assert isinstance(message, sent.EmailMultiAlternatives)
    text, html = str(message.body), str(message.alternatives[0][0])
    for body in (text, html):
        assert "You are invited to work with Harbour Hospital" in body
        assert "Accept the invitation" in body
        assert body.count("https://x.example") in (1, 3)
    assert "{" not in text + html.partition("<body")[2]


def test_what_blank_lines_part_is_a_paragraph_and_what_is_marked_up_stays() -> None:
    made = paragraphs("\n one\n two \n\n \n<blockquote>three</blockquote>\n\n&lt;b&gt;four\n")
    assert made.count("<p ") == 2
    assert ">one<br>two</p>\n<blockquote>three</blockquote>\n<p " in made
    assert made.endswith(">&lt;b&gt;four</p>")


def test_the_text_has_one_blank_line_between_paragraphs_and_none_around() -> None:
    send()
    text = str(sent.outbox[0].body)
    assert "\n\n\n" not in text
    assert text == text.strip()


def test_a_mail_that_is_refused_is_told_and_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to the mail server")

    assert mail.try_to_send(
        "accounts/members/email/invitation", "somebody@example.org", language="en", context={"url": "x"}
    )
    monkeypatch.setattr(mail, "send", refuse)
    invitation = "accounts/members/email/invitation"
    assert not mail.try_to_send(invitation, "somebody@example.org", language="en", context={})


def test_the_message_id_names_our_own_address(settings: Any) -> None:
    settings.BASE_URL = "https://manifesto.example.org:8443"
    send()
    send()
    first, second = (one.message()["Message-ID"] for one in sent.outbox)
    assert first.endswith("@manifesto.example.org>")
    assert first != second


@pytest.mark.parametrize("fault", [ImproperlyConfigured("no folder"), UnicodeError("label too long"), OSError("away")])
def test_whatever_keeps_a_mail_from_going_out_is_one_kind_of_error(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def refuse(*_: object) -> None:
        raise fault

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    with pytest.raises(OSError, match=str(fault)):
        send()


PARTS = st.text(string.ascii_letters + string.digits + "é &=?#%+/", max_size=8)


@given(
    asked=st.lists(st.tuples(PARTS.filter(lambda name: name not in ("", CHOICE)), PARTS), max_size=3),
    part=st.text(string.ascii_lowercase, max_size=5),
)
def test_a_mailed_address_keeps_what_its_page_asks_for_and_names_the_organisation_once(
    asked: list[tuple[str, str]], part: str
) -> None:
    path = "/review/" + (f"?{urlencode(asked)}" if asked else "") + (f"#{part}" if part else "")
    address = page_address(path, Organisation(slug="harbour"))
    split = urlsplit(address)
    assert address.count("?") == 1
    assert parse_qsl(split.query, keep_blank_values=True) == [*asked, (CHOICE, "harbour")]
    assert (split.path, split.fragment) == ("/review/", part)
    assert page_address(address.removeprefix(settings.BASE_URL), Organisation(slug="harbour")) == address
