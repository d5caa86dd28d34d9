"""One vendor with its commitments, a contact with a link to them, and all that the contact must not see, each text
marked by a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.commitments import evidence, transitions
from assessments.models import Commitment, CommitmentFile, CommitmentLink
from assessments.vendor_commitments import links
from assessments.vendor_commitments.guard import DESK
from tests.factories import make_commitment, make_vendor
from vendors.models import Contact, Vendor

SECRET = "kept to ourselves"
Cookies = dict[str, str]


def upload(name: str = "log.txt", content: bytes = b"restored at nine") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@dataclass
class Shown:
    """What one contact was sent: a link, and the cookie that it was exchanged for."""

    link: CommitmentLink
    token: str

    @cached_property
    def cookie(self) -> str:
        response = Client().post(reverse("vendor_commitments_link", args=[self.token]), {"language": "en"})
        return response.cookies[DESK.name_of(self.link.pk)].value

    @property
    def cookies(self) -> Cookies:
        return {DESK.name_of(self.link.pk): self.cookie}


class Side:
    """`asked`, `agreed`, `kept`: one commitment of each kind; the vendor's words and files beside the customer's."""

    def __init__(self, member: Membership, word: str) -> None:
        self.member, self.word, now = member, word, timezone.now()
        self.vendor: Vendor = make_vendor(member.organisation, f"{word} Vendor")
        self.contact = Contact.objects.create(vendor=self.vendor, name=f"{word} Robin", email=f"{word}@vendor.example")
        self.asked = self._commitment("asked")
        self.agreed = self._commitment("agreed", agreed=True)
        self.kept = self._commitment("kept", agreed=True)
        self.shown = Shown(*links.create(member, self.contact, now=now))
        self.file = self._file(self.shown.link, "vendor")
        self.customers_file = self._file(member.user, "customer")
        now = timezone.now()
        transitions.note_progress(self.link, self.kept, text=f"{word} half done", now=now)
        transitions.keep(member, self.kept, kept_by="evidence", text=SECRET, on=timezone.localdate(now), now=now)

    @property
    def link(self) -> CommitmentLink:
        return self.shown.link

    def _commitment(self, what: str, **fields: Any) -> Commitment:
        said = {"what": f"{self.word} {what}", "why": f"{self.word} reason"}
        return make_commitment(self.member, self.vendor, **said, **fields)

    def _file(self, by: Any, whose: str) -> CommitmentFile:
        file = upload(f"{self.word} {whose}.txt", whose.encode())
        return evidence.add_files(by, self.agreed, [file], now=timezone.now())[0]


def ask(url: str, cookies: Mapping[str, str], client: Client | None = None) -> Any:
    """By GET, or by POST where only that is allowed."""
    client = with_cookies(cookies, client)
    response = client.get(url)
    return client.post(url) if response.status_code == 405 else response


def with_cookies(cookies: Mapping[str, str], client: Client | None = None) -> Client:
    client = client or Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return " ".join(content.decode(errors="replace").split())


def today() -> date:
    return timezone.localdate()
