"""Commitments and contracts by forms alone, as a browser without JavaScript sends them, from the links and buttons that
stand on the pages; and on a phone, where a row is a card, each figure keeps the name of its column."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.commitments import transitions
from assessments.models import Commitment, CommitmentState, KeptBy
from assessments.vendor_commitments import links
from tests.browser.job import Words
from tests.browser.sheet import Sheet, text_of
from tests.factories import Cast, make_commitment, make_contract, make_release, make_vendor
from vendors.models import Contact, Contract, Paper, TermDecision, Vendor

pytestmark = pytest.mark.django_db
WHAT = "Resolve critical incidents within twelve hours."


@pytest.fixture
def words(cast: Cast) -> Words:
    return Words(cast=cast, language="en")


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    make_release()
    return make_vendor(cast.organisation, "Example Records")


def sheet(words: Words, path: str, member: Membership | None = None) -> Sheet:
    client = Client()
    if member:
        client.force_login(member.user)
    return Sheet(client, path, words)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_a_commitment_is_asked_for_agreed_returned_and_kept(words: Words, cast: Cast, vendor: Vendor) -> None:
    contact = Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@vendor.example")
    page = sheet(words, vendor.get_absolute_url(), cast.assessor)
    page.go(page.link("Ask for a commitment"))
    page.fill("[name=rule]", "speed")
    page.fill("[name=what]", WHAT)
    page.fill("[name=due_on]", in_days(30).isoformat())
    page.fill("[name=contact]", str(contact.pk))
    page.press("Write it down")
    page.go(page.link("Show it to the vendor"))
    page.fill("[name=contact]", str(contact.pk))
    page.press("Show the link to copy")
    link = page.one("input[readonly]").etree_element.attrib["value"]

    theirs = sheet(words, urlsplit(link).path)
    theirs.press("See the commitments")
    theirs.go(theirs.link("Read it and answer"))
    theirs.press("We do not agree")  # by mistake, and without a reason
    assert "Say why you do not agree" in theirs.text("main")
    theirs.press("We agree")
    theirs.fill("[name=say-said]", "The restore was practised twice.")
    theirs.attach("[type=file]", "practice.txt", b"Restored in six hours.")
    theirs.press("Report it done")
    assert "practice.txt" in theirs.text("main")

    commitment = Commitment.objects.get()
    page = sheet(words, reverse("commitment_list"), cast.assessor)
    page.go(page.link(WHAT))
    page.go(page.link("Return it"))
    page.fill("[name=text]", "Once more, please.")
    page.press("Return it")
    theirs.go(theirs.path)
    assert "Once more, please." in theirs.text("main")
    theirs.fill("[name=say-said]", "Practised once more.")
    theirs.press("Report it done")
    page.go(page.path)
    page.go(page.link("Accept as kept"))
    page.fill("[name=text]", "Seen.")
    page.press("Accept it as kept")
    commitment.refresh_from_db()
    assert (commitment.state, commitment.kept_by) == (CommitmentState.KEPT, KeptBy.EVIDENCE)


def test_a_contract_is_written_down_corrected_and_decided(words: Words, cast: Cast, vendor: Vendor) -> None:
    page = sheet(words, vendor.get_absolute_url(), cast.assessor)
    page.go(page.link("Add a contract"))
    page.press("Add the contract")
    assert page.all(".error-summary")  # nothing was said
    page.fill("[name=reference]", "C-7")
    page.fill("[name=ends_on]", in_days(200).isoformat())
    page.fill("[name=notice]", "3")
    page.attach("[type=file]", "terms.txt", b"Three months.")
    page.press("Add the contract")
    assert "terms.txt" in page.text("main")
    page.go(page.link("Decide"))
    page.check("[name=decision][value=continue]")
    page.fill("[name=reason]", "It keeps its word.")
    page.press("Save the decision")
    assert Contract.objects.get().decision == TermDecision.CONTINUE
    assert "It keeps its word." in page.text("main")


def test_a_paper_is_added_from_the_page_of_the_vendor(words: Words, cast: Cast, vendor: Vendor) -> None:
    page = sheet(words, vendor.get_absolute_url(), cast.assessor)
    page.go(page.link("Add a paper"))
    page.fill("[name=kind]", "certificate")
    page.fill("[name=name]", "ISO 27001")
    page.fill("[name=expires_on]", in_days(90).isoformat())
    page.press("Add the paper")
    assert Paper.objects.get().name == "ISO 27001"
    assert "ISO 27001" in page.text("main")


# On a phone ---------------------------------------------------------------------------------------------------------
def nameless(page: Sheet) -> list[str]:
    """What stands in cells that say nothing of their column. A row is a card there, and the heads are gone."""
    cells = page.all("table.table-quiet tbody td:not([data-label], [colspan], .actions)")
    return [text_of(cell) for cell in cells]


def test_a_cell_without_the_name_of_its_column_is_found(words: Words) -> None:
    row = '<tr><th>C-1</th><td data-label="Due">1 May</td><td>Agreed</td><td class="actions">Edit</td></tr>'
    html = f'<html><body><table class="table-quiet"><tbody>{row}</tbody></table></body></html>'
    reply = SimpleNamespace(status_code=200, request={"PATH_INFO": "/"}, content=html.encode())
    client = SimpleNamespace(get=lambda path, **options: reply)
    assert nameless(Sheet(client, "/", words)) == ["Agreed"]  # type: ignore[arg-type]


def test_on_a_phone_each_figure_keeps_the_name_of_its_column(words: Words, cast: Cast, vendor: Vendor) -> None:
    contact = Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@vendor.example")
    commitment = make_commitment(cast.assessor, vendor, agreed=True, contact=contact)
    transitions.miss(cast.assessor, commitment, text="Nothing was done.", on=in_days(0), now=timezone.now())
    make_commitment(cast.assessor, vendor, agreed=True, contact=contact)
    links.create(cast.assessor, contact, now=timezone.now())
    make_contract(vendor)
    routes = [reverse(name) for name in ("commitment_list", "contract_list", "vendor_list", "portfolio")]
    for path in (*routes, reverse("commitment_links", args=[vendor.pk]), vendor.get_absolute_url()):
        page = sheet(words, path, cast.assessor)
        assert page.all("table.table-quiet tbody td[data-label]"), path
        assert nameless(page) == [], path
