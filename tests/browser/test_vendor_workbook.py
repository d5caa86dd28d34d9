"""The vendor’s contact in a browser: the questions as a workbook, filled elsewhere, back, compared, taken over."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from assessments.models import Answer
from assessments.vendor_side import links
from assessments.workbooks.book import Field
from tests.assessments.workbooks.filling import typed
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.test_vendor_desk import barriers, come_in
from tests.factories import Cast, make_assessment
from vendors.models import Contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)


def test_a_contact_fills_a_workbook_meets_what_a_colleague_wrote_and_takes_it_over(
    visit: Visit, cast: Cast, tmp_path: Path
) -> None:
    assessment = make_assessment(cast.assessor)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    link, token = links.create(cast.assessor, assessment, contact)
    page = come_in(visit, token, width=390)
    page.get_by_role("link", name="Answer in a workbook").click()
    assert barriers(page) == []
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download as a workbook").click()
    content = Path(downloading.value.path()).read_bytes()
    first = Answer.objects.get(response=link.response_id, question__key="support-1")
    Answer.objects.filter(pk=first.pk).update(vendor_says="What a colleague wrote", version=1)
    filled = tmp_path / "filled.xlsx"
    cells = {
        ("support-1", Field.ANSWER): "What the workbook says",
        ("support-2", Field.CHOICE): "3 – good",
        ("speed-1", Field.CHOICE): "7",
    }
    filled.write_bytes(typed(content, cells))

    page.get_by_label("Filled workbook").set_input_files(filled)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("What a colleague wrote")).to_be_visible()
    expect(page.get_by_text("“7” is no grade")).to_be_visible()
    assert barriers(page) == []
    conflict = page.get_by_role("group", name="1.1 support question 1 (en)")
    expect(conflict.get_by_label("Keep what is on the site")).to_be_checked()
    conflict.get_by_label("Take the workbook’s").check()
    page.get_by_role("button", name="Take over what is chosen").click()

    expect(page.get_by_text("2 answers were taken over from the workbook")).to_be_visible()
    first.refresh_from_db()
    assert first.vendor_says == "What the workbook says"
    assert Answer.objects.get(response=link.response_id, question__key="support-2").grade == 3
    assert Answer.objects.get(response=link.response_id, question__key="speed-1").grade is None
