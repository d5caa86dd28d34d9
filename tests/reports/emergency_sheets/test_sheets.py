"""When it breaks on paper: one page a service, a folder of all, and whether it is still true."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Department
from groundwork.words import short_day
from reports.emergency_sheets.facts import FOLDER, facts_of
from reports.emergency_sheets.printed import changed, printed_folder
from reports.fact_sheets import keeping
from reports.models import FactSheet, FactSheetKind, Rendering, RenderingState
from tests.factories import NOW, Cast, make_assessment, make_vendor
from tests.reports.emergency_sheets.folders import LONG, content, printed
from vendors.emergencies import writing
from vendors.emergencies.writing import NEW, Call, Stop, Wanted
from vendors.models import EmergencyPlan, Expectation, ExpectationEdition, ExpectationState, Service, Vendor


def plan_of(cast: Cast, name: str, *, vendor: str = "Harbour Systems", **wanted: Any) -> EmergencyPlan:
    row = make_vendor(cast.organisation, vendor)
    service = Service.objects.create(vendor=row, name=name)
    return writing.write(cast.assessor, service, Wanted(**wanted), version=NEW, now=timezone.now())


def sheet_of(cast: Cast, about: int = FOLDER) -> FactSheet:
    facts = facts_of(cast.reader, about)
    return keeping.keep(cast.organisation, FactSheetKind.EMERGENCY, facts, now=timezone.now())


def ready(sheet: FactSheet, *, finished: datetime = NOW) -> Rendering:
    return Rendering.objects.create(
        fact_sheet=sheet,
        language="en",
        state=RenderingState.READY,
        requested_at=finished,
        finished_at=finished,
        size=1,
        sha256="0" * 64,
    )


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


# What is frozen ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_folder_holds_every_plan_and_names_what_has_none(cast: Cast) -> None:
    plan_of(cast, "Records", calls=(Call(name="Desk", phone="112"),), stops=(Stop(department=cast.department.pk),))
    Service.objects.create(vendor=make_vendor(cast.organisation, "Quay Line"), name="Telephony")
    plan_of(cast, "Archived", vendor="Gone")
    Vendor.objects.filter(name="Gone").update(archived_at=timezone.now())
    facts = facts_of(cast.reader, FOLDER)
    assert [page["name"] for page in facts.content["pages"]] == ["Records"]
    assert [one["name"] for one in facts.content["without"]] == ["Telephony"]
    assert facts.content["pages"][0]["calls"] == [{"who": "Desk", "job": "", "number": "112", "when": ""}]
    assert facts.vendor is None


@pytest.mark.django_db
def test_the_same_facts_are_one_row_and_a_changed_number_is_another(cast: Cast) -> None:
    plan = plan_of(cast, "Records", calls=(Call(name="Desk", phone="112"),))
    first = sheet_of(cast)
    assert sheet_of(cast) == first
    wanted = Wanted(calls=(Call(name="Desk", phone="113"),))
    writing.write(cast.assessor, plan.service, wanted, version=1, now=timezone.now())
    assert sheet_of(cast) != first


@pytest.mark.django_db
def test_expectations_are_printed_in_the_wording_in_force_and_those_that_were_chosen(cast: Cast) -> None:
    edition = ExpectationEdition.objects.create(
        organisation=cast.organisation, number=1, created_by=cast.assessor.user, created_at=NOW
    )
    for position, key in enumerate(("speed-a", "speed-b", "support-a", "guidance-a", "proof-a"), start=1):
        Expectation.objects.create(
            edition=edition, key=key, rule=key.partition("-")[0], position=position, text_en=key, text_nl=f"{key} nl"
        )
    edition.state, edition.in_force_from = ExpectationState.PUBLISHED, date(2026, 1, 1)
    edition.published_at, edition.published_by = NOW, cast.assessor.user
    edition.save()
    plan = plan_of(cast, "Records")

    def lines() -> list[str]:
        return [one["nl"] for one in facts_of(cast.reader, plan.service_id).content["pages"][0]["expected"]]

    assert lines() == ["speed-a nl", "support-a nl", "guidance-a nl"]
    wanted = Wanted(expectations=("proof-a", "gone", "speed-b"))
    writing.write(cast.assessor, plan.service, wanted, version=1, now=timezone.now())
    assert lines() == ["proof-a nl", "speed-b nl"]


@pytest.mark.django_db
def test_what_nobody_has_written_is_not_printed_nor_what_is_anothers(cast: Cast) -> None:
    plan = plan_of(cast, "Records")
    bare = Service.objects.create(vendor=plan.service.vendor, name="Bare")
    for member, about in ((cast.reader, bare.pk), (cast.stranger, plan.service_id), (cast.stranger, FOLDER)):
        with pytest.raises(Http404):
            facts_of(member, about)


# The folder on the shelf -------------------------------------------------------------------------------------------
def test_services_that_changed_came_or_went_are_counted() -> None:
    before, after = content(["A", "B", "C"]), content(["A", "B", "C"])
    assert changed(before, after) == 0
    after["pages"][2] |= {"checked_on": "2026-03-01", "checked_by": "Somebody", "check_by": "2026-09-01"}
    assert changed(before, after) == 0  # found to be true: no paper is wrong
    after["pages"][0]["at_hand"] = "Otherwise."
    del after["pages"][1]
    after["pages"].append({**after["pages"][0], "id": 7})
    assert changed(before, after) == 3


@pytest.mark.django_db
def test_a_printed_folder_is_older_than_the_plans_that_changed_since(cast: Cast) -> None:
    plan = plan_of(cast, "Records")
    assert printed_folder(cast.reader) is None
    ready(sheet_of(cast))
    folder = printed_folder(cast.reader)
    assert folder is not None and (folder.printed_on, folder.changed) == (date(2026, 3, 2), 0)
    writing.write(cast.assessor, plan.service, Wanted(at_hand="New"), version=1, now=timezone.now())
    folder = printed_folder(cast.reader)
    assert folder is not None and folder.changed == 1
    client = Client()
    client.force_login(cast.reader.user)
    for name in ("emergency_list", "emergency_folder"):
        page = client.get(reverse(name)).content.decode()
        assert f"The folder was printed on {short_day(folder.printed_on)}; 1 plan changed since." in page
    assert printed_folder(cast.stranger) is None


# Who gets it -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_whoever_still_judges_one_of_its_vendors_gets_no_folder_not_even_a_colleagues(cast: Cast) -> None:
    plan = plan_of(cast, "Records")
    rendering = ready(sheet_of(cast))
    make_assessment(cast.assessor, vendor=plan.service.vendor)
    client = Client()
    client.force_login(cast.assessor.user)
    page = client.get(reverse("emergency_folder"))
    assert "It opens once you have handed in your answers" in page.content.decode()
    assert page.context["sheet"] is None
    asked = client.post(reverse("fact_sheet_request"), {"kind": "emergency", "about": FOLDER, "language": "en"})
    assert (asked.status_code, asked["Location"]) == (302, reverse("emergency_folder"))
    assert FactSheet.objects.count() == 1
    got = client.get(reverse("fact_sheet_download", args=[rendering.pk]))
    assert (got.status_code, got["Location"]) == (302, reverse("emergency_folder"))


@pytest.mark.django_db
def test_the_folder_is_asked_for_in_a_language_and_then_waits_for_its_document(cast: Cast) -> None:
    plan_of(cast, "Records")
    client = Client()
    client.force_login(cast.reader.user)
    client.post(reverse("fact_sheet_request"), {"kind": "emergency", "about": FOLDER, "language": "nl"})
    rendering = Rendering.objects.get()
    assert (rendering.language, rendering.fact_sheet.about if rendering.fact_sheet else None) == ("nl", FOLDER)


@pytest.mark.django_db
def test_the_folder_costs_the_same_queries_however_many_services(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        ward = Department.objects.create(organisation=cast.organisation, name=f"Ward {number}")
        plan_of(
            cast, f"S {number}", vendor=f"V {number}", calls=(Call(name="Desk"),), stops=(Stop(department=ward.pk),)
        )
    with django_assert_max_num_queries(8):
        facts_of(cast.reader, FOLDER)


# On paper ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def folder() -> bytes:
    return printed(
        content(["Patient record", LONG, "Telephony and alarm calls"], words="Contract number and last change. " * 4)
    )


def test_each_service_fits_one_page_behind_a_table_of_contents(folder: bytes) -> None:
    pages = pages_of(folder)
    assert len(pages) == 4
    assert re.findall(r" International (\d)", pages[0]) == ["2", "3", "4"]  # each name and vendor, then its page
    assert "No page yet Telephony (Quay Line)" in pages[0]
    assert LONG in pages[2]
    for number, page in enumerate(pages, start=1):
        assert f"as of 2 March 2026 page {number} of 4" in page
    assert "Last checked on 5 January 2026 by Reader. To be checked again by 5 July 2026." in pages[1]


def test_one_that_does_not_fit_goes_on_under_the_name_of_its_service() -> None:
    pages = pages_of(printed(content([LONG], calls=12, words="What changed last. " * 60, folder=False)))
    assert len(pages) == 2
    assert [page.count(LONG) for page in pages] == [1, 1]  # as its heading, then above what goes on


def test_the_same_facts_give_the_same_bytes(folder: bytes) -> None:
    given = content(
        ["Patient record", LONG, "Telephony and alarm calls"], words="Contract number and last change. " * 4
    )
    assert printed(given) == folder


def test_the_first_number_is_the_largest_thing_on_the_page(folder: bytes) -> None:
    sizes: dict[str, float] = {}

    def seen(text: str, _cm: Any, matrix: Any, _font: Any, size: float) -> None:
        if text.strip():
            sizes[text.strip()] = max(sizes.get(text.strip(), 0), round(abs(size * matrix[3]), 1))

    PdfReader(BytesIO(folder)).pages[1].extract_text(visitor_text=seen)
    numbers = [size for text, size in sizes.items() if "555 12 34" in text]
    assert max(numbers) >= 15
