"""Pages of contracts and papers: what a member sees, and what may be done."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.models import AssessmentState
from groundwork.words import day
from tests.factories import Cast, make_assessment, make_contract, make_vendor
from tests.reports.trends.rows import card
from vendors.models import Contract, ContractFile, Paper, PaperKind, TermDecision, Vendor

pytestmark = pytest.mark.django_db
LIST = "/decisions/"


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def text_of(client: Client, url: str) -> str:
    """What the page says, on one line."""
    response = client.get(url)
    assert response.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def said(**changes: Any) -> dict[str, Any]:
    """What the form of a contract sends."""
    return {"reference": "C-1", "notice_unit": "months", **changes}


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def paper(vendor: Vendor, name: str = "ISO 27001", **fields: Any) -> Paper:
    return Paper.objects.create(vendor=vendor, kind=PaperKind.CERTIFICATE, name=name, **fields)


# Adding and editing ----------------------------------------------------------------------------------------------
def test_a_contract_is_added_and_its_page_says_until_when_it_can_be_decided(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.assessor)
    file = SimpleUploadedFile("terms.txt", b"three months")
    sent = said(ends_on="2060-12-31", notice="3", renews_months="12", owner=cast.reader.user_id, attached=file)
    response = client.post(reverse("contract_add", args=[vendor.pk]), sent)
    assert response.status_code == 302, response.context["form"].errors
    contract = Contract.objects.get()
    assert response["Location"] == contract.get_absolute_url()
    assert contract.decide_by == date(2060, 9, 30)
    page = text_of(client, contract.get_absolute_url())
    assert "Not decided yet Notice can be given until 30 September 2060, that day included." in page
    assert "If nobody decides, it renews by itself after 31 December 2060, until 31 December 2061." in page
    assert "terms.txt" in page


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"reference": ""}, "reference", "Write the number or name of the contract."),
        ({"reference": "c-9"}, "reference", "This vendor has a contract of this reference already."),
        (
            {"starts_on": "2027-02-01", "ends_on": "2027-01-31"},
            "ends_on",
            "The contract would end before it starts: check both days.",
        ),
        (
            {"renews_months": "12"},
            "ends_on",
            "Enter when the term ends that runs: it renews on the day after.",
        ),
        ({"ends_on": "0227-01-31"}, "ends_on", "Check the year: it is more than 60 years away."),
        ({"ends_on": "2027-01-31", "renews_months": "0"}, "renews_months", None),
        ({"ends_on": "2027-01-31", "notice": "121"}, "notice", None),
        ({"ends_on": "2027-01-31", "notice": "3651", "notice_unit": "days"}, "notice", None),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    cast: Cast, vendor: Vendor, changes: dict[str, Any], field: str, why: str | None
) -> None:
    make_contract(vendor, "C-9")
    response = client_of(cast.assessor).post(reverse("contract_add", args=[vendor.pk]), said(**changes))
    errors = response.context["form"].errors
    assert list(errors) == [field]
    if why is not None:
        assert errors[field] == [why]
    assert Contract.objects.count() == 1


def test_notice_of_121_days_is_one_that_can_be(cast: Cast, vendor: Vendor) -> None:
    sent = said(ends_on="2060-12-31", notice="121", notice_unit="days")
    client_of(cast.assessor).post(reverse("contract_add", args=[vendor.pk]), sent)
    assert Contract.objects.get().decide_by == date(2060, 9, 1)


def test_the_services_are_the_vendors_and_the_owner_is_a_member(cast: Cast, vendor: Vendor) -> None:
    service = vendor.services.create(name="Records")
    other = make_vendor(cast.organisation, "Harbour Line").services.create(name="Line")
    url = reverse("contract_add", args=[vendor.pk])
    client = client_of(cast.assessor)
    response = client.post(url, said(services=[other.pk], owner=cast.stranger.user_id))
    assert sorted(response.context["form"].errors) == ["owner", "services"]
    client.post(url, said(services=[service.pk], owner=cast.approver.user_id))
    contract = Contract.objects.get()
    assert (list(contract.services.all()), contract.owner) == ([service], cast.approver.user)


def test_an_edit_that_changes_nothing_but_the_note_keeps_services_and_decision(cast: Cast, vendor: Vendor) -> None:
    service = vendor.services.create(name="Records")
    contract = make_contract(vendor, ends_on=date(2060, 12, 31))
    contract.services.set([service])
    Contract.objects.update(decision=TermDecision.END)
    url = reverse("contract_edit", args=[contract.pk])
    sent = said(ends_on="2060-12-31", notice="3", renews_months="12", services=[service.pk], note="In the safe.")
    assert client_of(cast.assessor).post(url, sent).status_code == 302
    contract.refresh_from_db()
    assert (contract.note, contract.decision, contract.services.get()) == ("In the safe.", TermDecision.END, service)


# Deciding --------------------------------------------------------------------------------------------------------
def test_a_decision_needs_its_reason_and_then_stands_on_the_page(cast: Cast, vendor: Vendor) -> None:
    contract = make_contract(vendor, ends_on=date(2060, 12, 31))
    client = client_of(cast.assessor)
    url = reverse("contract_decide", args=[contract.pk])
    assert "Notice can be given until 30 September 2060" in text_of(client, url)
    assert "Why? (optional)" not in text_of(client, url)
    refused = client.post(url, {"decision": "end", "reason": " "})
    assert list(refused.context["form"].errors) == ["reason"]
    client.post(url, {"decision": "end", "reason": "Four rules are broken."})
    page = text_of(client_of(cast.reader), contract.get_absolute_url())
    left_to_do = "Give notice to the vendor by 30 September 2060: nothing is sent from here."
    assert f"Ends It ends on 31 December 2060. {left_to_do} Four rules are broken. Decided by Assessor on" in page


def test_of_two_who_decide_at_once_the_second_reads_what_the_first_decided(cast: Cast, vendor: Vendor) -> None:
    contract = make_contract(vendor, ends_on=date(2060, 12, 31))
    url = reverse("contract_decide", args=[contract.pk])
    first, second = client_of(cast.assessor), client_of(cast.colleague)
    read = second.get(url).context["form"].initial["read"]
    assert first.get(url).context["form"].initial["read"] == read
    first.post(url, {"decision": "end", "reason": "Too slow.", "read": read})

    refused = second.post(url, {"decision": "continue", "reason": "It works.", "read": read})

    page = " ".join(refused.content.decode().split())
    assert "somebody decided, or another term began. Read it again, then decide." in page
    assert "Decided so far: It ends on 31" in page
    assert "It works." in page
    assert Contract.objects.get().decision == TermDecision.END
    again = {"decision": "continue", "reason": "It works.", "read": refused.context["form"]["read"].value()}
    assert second.post(url, again).status_code == 302
    assert Contract.objects.get().decision == TermDecision.CONTINUE


def test_nobody_decides_about_a_term_that_began_after_they_read(cast: Cast, vendor: Vendor) -> None:
    contract = make_contract(vendor, ends_on=date(2060, 12, 31))
    client, url = client_of(cast.assessor), reverse("contract_decide", args=[contract.pk])
    read = client.get(url).context["form"].initial["read"]
    Contract.objects.update(ends_on=date(2061, 12, 31))
    assert client.post(url, {"decision": "end", "reason": "Too slow.", "read": read}).status_code == 200
    assert Contract.objects.get().decision == ""


def test_once_notice_was_given_the_page_says_so_and_nobody_is_told_to_give_it(cast: Cast, vendor: Vendor) -> None:
    contract = make_contract(vendor, ends_on=date(2060, 12, 31))
    client = client_of(cast.assessor)
    url, page = reverse("contract_decide", args=[contract.pk]), reverse("contract_detail", args=[contract.pk])
    client.post(url, {"decision": "end", "reason": "Four rules are broken."})
    assert "Give notice to the vendor by 30 September 2060" in text_of(client, page)

    refused = client.post(url, {"decision": "continue", "reason": "After all.", "notice_given_on": "2026-03-02"})
    assert list(refused.context["form"].errors) == ["notice_given_on"]
    client.post(url, {"decision": "end", "reason": "Four rules are broken.", "notice_given_on": "2026-03-02"})

    client.get(page)  # with what was said of each step
    said = text_of(client, page)
    assert "Notice was given on 2 March 2026." in said
    assert "Give notice to the vendor" not in said


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"renews_months": 12, "notice": 3}, "Give notice to the vendor by {by}: nothing is sent from here."),
        ({"renews_months": 12, "notice": 9}, "The last day for notice was {by}: agree with the vendor that it ends."),
        ({"renews_months": None, "notice": 3}, ""),
    ],
)
def test_that_a_contract_ends_says_who_still_has_to_give_notice(
    cast: Cast, vendor: Vendor, terms: dict[str, Any], said: str
) -> None:
    contract = make_contract(vendor, ends_on=in_days(200), **terms)
    client, address = client_of(cast.assessor), contract.get_absolute_url()
    sentence = said.format(by=day(contract.decide_by)).replace("\u00a0", " ")
    assert "otice to" not in text_of(client, address)
    client.post(reverse("contract_decide", args=[contract.pk]), {"decision": "end", "reason": "Enough."})
    text_of(client, address)  # which shows the message once
    page = text_of(client, address)
    assert sentence in page
    assert ("nothing is sent" in page, "agree with the vendor" in page) == ("sent" in said, "agree" in said)


def test_a_decision_can_be_taken_back_without_a_reason(cast: Cast, vendor: Vendor) -> None:
    contract = make_contract(vendor, decision=TermDecision.CONTINUE, decision_reason="It works.")
    client = client_of(cast.assessor)
    client.post(reverse("contract_decide", args=[contract.pk]), {"decision": "open", "reason": ""})
    assert Contract.objects.to_decide().get() == contract


def test_nothing_is_decided_about_a_contract_without_an_end(cast: Cast, vendor: Vendor) -> None:
    contract = make_contract(vendor, ends_on=None, renews_months=None)
    client = client_of(cast.assessor)
    url = reverse("contract_decide", args=[contract.pk])
    assert url not in client.get(contract.get_absolute_url()).content.decode()
    response = client.post(url, {"decision": "end", "reason": "No."})
    assert response.status_code == 200
    assert "it has ended, or it has no end" in response.content.decode()


def test_a_day_that_passed_says_that_the_vendor_has_to_agree(cast: Cast, vendor: Vendor) -> None:
    contract = make_contract(vendor, ends_on=in_days(20))
    page = text_of(client_of(cast.reader), contract.get_absolute_url())
    assert "to end it with this term, the vendor has to agree." in page


def test_an_end_lies_in_the_past_and_can_be_emptied_again(cast: Cast, vendor: Vendor) -> None:
    contract = make_contract(vendor)
    client, url = client_of(cast.assessor), reverse("contract_end", args=[contract.pk])
    assert list(client.post(url, {"ended_on": str(in_days(1))}).context["form"].errors) == ["ended_on"]
    assert list(client.post(url, {"ended_on": ""}).context["form"].errors) == ["ended_on"]
    assert list(client.post(url, {"ended_on": "0001-01-01"}).context["form"].errors) == ["ended_on"]
    client.post(url, {"ended_on": str(in_days(0))})
    assert not Contract.objects.running().exists()
    client.post(url, {"ended_on": ""})
    assert Contract.objects.running().exists()


# Papers and files ------------------------------------------------------------------------------------------------
def test_a_paper_without_kind_and_name_says_what_to_do(cast: Cast, vendor: Vendor) -> None:
    form = client_of(cast.assessor).post(reverse("paper_add", args=[vendor.pk]), {}).context["form"]
    assert form.errors == {
        "kind": ["Choose what kind of paper it is."],
        "name": ["Write what stands on the paper."],
    }


def test_a_paper_is_added_replaced_and_deleted(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.assessor)
    sent = {"kind": "certificate", "name": "ISO 27001", "expires_on": str(in_days(30))}
    response = client.post(reverse("paper_add", args=[vendor.pk]), sent)
    old = Paper.objects.get()
    assert response["Location"] == f"/vendors/{vendor.pk}/#paper-{old.pk}"
    start = client.get(reverse("paper_replace", args=[old.pk])).context["form"]
    assert (start["kind"].value(), start["name"].value()) == ("certificate", "ISO 27001")
    client.post(reverse("paper_replace", args=[old.pk]), sent | {"expires_on": str(in_days(400))})
    new = Paper.objects.current().get()
    assert (new.expires_on, new.replaces) == (in_days(400), old)
    client.post(reverse("paper_delete", args=[new.pk]))
    assert Paper.objects.current().get() == old


def test_a_file_is_read_by_all_members_and_by_nobody_elsewhere(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.assessor)
    sent = {"kind": "certificate", "name": "ISO 27001", "attached": SimpleUploadedFile("iso.txt", b"valid")}
    client.post(reverse("paper_add", args=[vendor.pk]), sent)
    file = ContractFile.objects.get()
    url = reverse("contract_file_download", args=[file.pk])
    response = client_of(cast.reader).get(url)
    assert b"".join(response) == b"valid"
    assert "attachment" in response["Content-Disposition"]
    assert client_of(cast.stranger).get(url).status_code == 404
    delete = reverse("contract_file_delete", args=[file.pk])
    assert client_of(cast.reader).post(delete).status_code == 403
    assert client_of(cast.stranger).post(delete).status_code == 404
    assert client.post(delete)["Location"] == reverse("paper_edit", args=[file.paper_id])
    assert not ContractFile.objects.exists()


def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_kept(cast: Cast, vendor: Vendor) -> None:
    sent = said(attached=SimpleUploadedFile("terms.pdf", b"no PDF"))
    response = client_of(cast.assessor).post(reverse("contract_add", args=[vendor.pk]), sent)
    assert list(response.context["form"].errors) == ["attached"]
    assert not Contract.objects.exists()


# The vendor’s page -----------------------------------------------------------------------------------------------
def test_a_vendor_without_contracts_says_what_they_are_good_for(cast: Cast, vendor: Vendor) -> None:
    page = text_of(client_of(cast.assessor), vendor.get_absolute_url())
    assert "With the end of a contract and its notice you see until when it must be decided" in page


def test_the_head_of_the_page_offers_to_start_the_assessment_in_time(cast: Cast, vendor: Vendor) -> None:
    make_contract(vendor, ends_on=in_days(100), notice=0, renews_months=None)
    start = f"/assessments/add/?vendor={vendor.pk}"
    page = client_of(cast.assessor).get(vendor.get_absolute_url()).content.decode()
    assert page.count(start) == 3  # the page’s own button, that of its assessments, and the offer’s
    words = text_of(client_of(cast.reader), vendor.get_absolute_url())
    assert "Start the assessment by" in words
    assert "This leaves 60 days for it, until three of your own tell how long one takes." in words
    assert start not in client_of(cast.reader).get(vendor.get_absolute_url()).content.decode()


def test_the_offer_is_gone_once_an_assessment_is_in_hand_or_approved(cast: Cast, vendor: Vendor) -> None:
    make_contract(vendor, ends_on=in_days(100), notice=0, renews_months=None)
    assessment = make_assessment(cast.assessor, vendor=vendor)
    words = "Start the assessment by"
    assert words not in text_of(client_of(cast.reader), vendor.get_absolute_url())
    type(assessment).objects.update(state=AssessmentState.CANCELLED, closed_at=timezone.now())
    assert words in text_of(client_of(cast.reader), vendor.get_absolute_url())
    type(assessment).objects.update(state=AssessmentState.APPROVED)
    assert words not in text_of(client_of(cast.reader), vendor.get_absolute_url())


# What is preset, and what whoever decides is told ------------------------------------------------------------------
@pytest.mark.parametrize("route", ["contract_add", "paper_add"])
def test_whoever_adds_it_is_proposed_as_the_one_who_looks_after_it(cast: Cast, vendor: Vendor, route: str) -> None:
    form = client_of(cast.assessor).get(reverse(route, args=[vendor.pk])).context["form"]
    assert form["owner"].value() == cast.assessor.user_id


@pytest.mark.parametrize("route", ["contract_detail", "contract_decide"])
def test_whoever_decides_reads_how_the_vendor_stands(cast: Cast, vendor: Vendor, route: str) -> None:
    contract = make_contract(vendor, ends_on=in_days(200), notice=3)
    client, address = client_of(cast.assessor), reverse(route, args=[contract.pk])
    assert "This vendor was never assessed: no scorecard says how it stands." in text_of(client, address)
    made = card(cast, vendor, speed=1, proof=1)
    page = text_of(client, address)
    assert f"How the vendor stands: 5 of 7 rules met, 2 broken ( scorecard {made.number} )" in page
    make_assessment(cast.assessor, vendor=vendor)
    page = text_of(client, address)
    assert "How the vendor stands is shown once you have handed in your own answers." in page
    assert "5 of 7" not in page
    assert made.number not in page


# The page of decisions -------------------------------------------------------------------------------------------
def rows(client: Client, query: str = "") -> list[str]:
    return [item.contract.reference if item.contract else item.paper.name for item in listed(client, query)]


def listed(client: Client, query: str = "") -> list[Any]:
    response = client.get(LIST + query)
    assert response.status_code == 200
    return list(response.context["items"])


@pytest.fixture
def many(cast: Cast, vendor: Vendor) -> Vendor:
    """Of everything one; returns another vendor of the organisation."""
    make_contract(vendor, "open", ends_on=in_days(300), owner=cast.reader.user)
    make_contract(vendor, "passed", ends_on=in_days(20))
    make_contract(vendor, "decided", ends_on=in_days(200), decision=TermDecision.CONTINUE)
    make_contract(vendor, "ended", ends_on=in_days(400), ended_on=in_days(-1))
    make_contract(vendor, "endless", ends_on=None, renews_months=None)
    newer = paper(vendor, "certificate", expires_on=in_days(5))
    paper(vendor, "replaced", expires_on=in_days(-300), replaced_by=newer)
    paper(vendor, "lasting")
    other = make_vendor(cast.organisation, "Another")
    make_contract(other, "elsewhere", ends_on=in_days(500), renews_months=None)
    make_contract(make_vendor(cast.other_organisation), "away")
    return other


def test_what_is_open_stands_by_its_day_and_the_rest_is_asked_for(cast: Cast, many: Vendor) -> None:
    client = client_of(cast.reader)
    assert rows(client) == ["passed", "certificate", "open", "elsewhere"]
    assert rows(client, "?sort=-day") == ["elsewhere", "open", "certificate", "passed"]
    assert rows(client, "?state=decided") == ["decided"]
    assert rows(client, "?kind=paper") == ["certificate"]
    assert rows(client, f"?vendor={many.pk}") == ["elsewhere"]
    assert rows(client, "?owner=mine") == ["open"]
    assert rows(client, "?sort=whose")[0] == "elsewhere"
    assert rows(client, "?sort=called") == ["certificate", "elsewhere", "open", "passed"]
    assert rows(client, "?kind=nonsense&vendor=x&state=-1") == rows(client)


def test_all_holds_everything_of_the_organisation_and_what_has_no_day_comes_last(cast: Cast, many: Vendor) -> None:
    client = client_of(cast.reader)
    everything = rows(client, "?state=all")
    assert len(everything) == 9
    assert set(everything[-2:]) == {"endless", "lasting"}
    assert set(rows(client, "?state=all&sort=-day")[-2:]) == {"endless", "lasting"}


def test_what_passed_is_marked(cast: Cast, many: Vendor) -> None:
    marked = {item.contract.reference for item in listed(client_of(cast.reader)) if item.contract and item.is_past}
    assert marked == {"passed"}
    page = text_of(client_of(cast.reader), LIST)
    assert "Too late for notice" in page
    assert "Valid" in page


def test_the_offer_stands_in_the_row_of_its_contract(cast: Cast, vendor: Vendor) -> None:
    first = make_contract(vendor, "first", ends_on=in_days(100), notice=0)
    make_contract(vendor, "second", ends_on=in_days(110), notice=0)
    offered = [item.contract for item in listed(client_of(cast.reader)) if item.offer]
    assert offered == [first]
    assert "Start the assessment by" in text_of(client_of(cast.assessor), LIST)


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_one_contract_and_forty_take_the_same_queries(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.reader)
    pages = [LIST, f"{LIST}?state=all", vendor.get_absolute_url(), "/vendors/"]

    def fill(start: int, count: int) -> None:
        for number in range(start, start + count):
            whose = vendor if number % 2 else make_vendor(cast.organisation, f"Harbour {number}")
            make_contract(whose, f"C-{number}", ends_on=in_days(100 + number), owner=cast.admin.user)
            paper(whose, f"ISO {number}", expires_on=in_days(number), owner=cast.approver.user)
            make_assessment(cast.assessor, vendor=make_vendor(cast.organisation, f"Judged {number}"))

    fill(0, 2)
    few = {url: queries(client, url) for url in pages}
    fill(2, 20)
    assert {url: queries(client, url) for url in pages} == few
    assert few[LIST] <= 13


def test_nobody_elsewhere_sees_or_finds_anything(cast: Cast, vendor: Vendor) -> None:
    contract, client = make_contract(vendor), client_of(cast.stranger)
    one = paper(vendor, expires_on=in_days(5))
    assert rows(client) == []
    for name in ("contract_detail", "contract_edit", "contract_decide", "contract_end", "contract_delete"):
        assert client.get(reverse(name, args=[contract.pk])).status_code == 404
    for name in ("paper_edit", "paper_replace", "paper_delete"):
        assert client.get(reverse(name, args=[one.pk])).status_code == 404
    for name in ("contract_add", "paper_add"):
        assert client.get(reverse(name, args=[vendor.pk])).status_code == 404


def test_an_empty_page_says_what_it_is_for_and_where_to_begin(cast: Cast) -> None:
    assert "No contracts or papers yet" in text_of(client_of(cast.reader), LIST)
    assert reverse("vendor_import") in client_of(cast.assessor).get(LIST).content.decode()
