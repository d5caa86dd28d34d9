"""The pages of a workbook: a rater's own, and the vendor's by its link; what they take, and what they never show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from assessments.models import Answer, Assessment, AssessmentState, Response, VendorLink, WorkbookUpload
from assessments.questionnaire.delegation import delegate
from assessments.tasks import forget_workbooks
from assessments.vendor_side import links
from assessments.workbooks.book import Field
from assessments.workbooks.reading import MAX_BYTES
from tests.assessments.workbooks.filling import in_this_process, opened, places, typed
from tests.factories import Cast, add_rater, make_assessment, make_release
from vendors.models import Contact

SignIn = Callable[[Membership], Client]
COMMENT = ("support-1", Field.COMMENT)
GRADE = ("support-1", Field.CHOICE)


@pytest.fixture(autouse=True)
def _own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """Of two rules: each sheet more is time in every test."""
    assessment = make_assessment(cast.assessor, release=make_release(questions_per_rule=1))
    Answer.objects.exclude(question__key__in=("support-1", "speed-1")).delete()
    return assessment


@pytest.fixture
def rater(signed_in: SignIn, cast: Cast, assessment: Assessment) -> Client:
    return signed_in(cast.assessor)


@pytest.fixture
def link(cast: Cast, assessment: Assessment) -> VendorLink:
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    link, token = links.create(cast.assessor, assessment, contact)
    Answer.objects.exclude(question__key__in=("support-1", "speed-1")).delete()
    link.token = token  # type: ignore[attr-defined]
    return link


@pytest.fixture
def vendor(link: VendorLink) -> Client:
    client = Client()
    client.post(reverse("vendor_link", args=[link.token]), {"language": "en"})  # type: ignore[attr-defined]
    return client


def answer_of(assessment: Assessment, key: str = "support-1", kind: str = "customer") -> Answer:
    return Answer.objects.get(response__assessment=assessment, response__kind=kind, question__key=key)


def download(client: Client, assessment: Assessment) -> bytes:
    return bytes(client.get(reverse("workbook_download", args=[assessment.pk])).content)


def upload(client: Client, assessment: Assessment, content: bytes, name: str = "filled.xlsx") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("workbook", args=[assessment.pk]), {"file": file})


def decided(upload: WorkbookUpload, takes: str = "workbook") -> dict[str, str]:
    found = {}
    for answer in Answer.objects.filter(response=upload.response_id):
        found |= {f"seen-{answer.pk}": str(answer.version), f"take-{answer.pk}": takes}
    return found


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


# The whole way ----------------------------------------------------------------------------------------------------
def test_a_rater_downloads_fills_looks_and_takes_over(rater: Client, assessment: Assessment, cast: Cast) -> None:
    assert "Download as a workbook, or upload" in text_of(
        rater.get(reverse("questionnaire", args=[assessment.pk, "support"]))
    )
    content = download(rater, assessment)

    response = upload(rater, assessment, typed(content, {GRADE: "3 – good", COMMENT: "=Ours"}))

    kept = WorkbookUpload.objects.get()
    assert response["Location"] == reverse("workbook_upload", args=[kept.pk])
    page = text_of(rater.get(response["Location"]))
    assert "New: 2" in page
    assert "1 Support (en) H4" in page
    assert "3 Dependable" in page
    assert answer_of(assessment).grade is None  # nothing is taken over before somebody says so

    done = rater.post(response["Location"], decided(kept), follow=True)

    assert "1 answer was taken over from the workbook. Nothing is handed in yet." in text_of(done)
    answer = answer_of(assessment)
    assert (answer.grade, answer.comment, answer.version, answer.updated_by) == (3, "=Ours", 1, cast.assessor.user)
    assert answer.response.submitted_at is None
    kept.refresh_from_db()
    assert kept.taken_at is not None
    assert kept.file.name == ""


def test_the_trail_says_that_it_came_from_a_workbook(
    rater: Client, assessment: Assessment, django_capture_on_commit_callbacks: Any
) -> None:
    upload(rater, assessment, typed(download(rater, assessment), {GRADE: 2}))
    kept = WorkbookUpload.objects.get()
    path = kept.file.path
    with django_capture_on_commit_callbacks(execute=True):
        rater.post(reverse("workbook_upload", args=[kept.pk]), decided(kept))

    verbs = list(AuditEntry.objects.filter(subject_id=str(assessment.pk)).order_by("pk").values_list("verb", flat=True))
    assert verbs[-4:] == ["workbook.downloaded", "workbook.uploaded", "answer.from_workbook", "workbook.taken"]
    assert AuditEntry.objects.get(verb="workbook.taken").after == {"answers": 1}
    assert not Path(path).exists()


def test_what_is_not_chosen_stays_on_the_site(rater: Client, assessment: Assessment) -> None:
    upload(rater, assessment, typed(download(rater, assessment), {GRADE: 2}))
    kept = WorkbookUpload.objects.get()

    rater.post(reverse("workbook_upload", args=[kept.pk]), decided(kept, takes="site"))

    assert answer_of(assessment).version == 0
    assert WorkbookUpload.objects.get().taken_at is not None


def test_a_conflict_shows_both_texts_and_keeps_the_site_unless_somebody_says_otherwise(
    rater: Client, assessment: Assessment
) -> None:
    content = download(rater, assessment)
    Answer.objects.filter(pk=answer_of(assessment).pk).update(comment="On the site since", version=1)
    upload(rater, assessment, typed(content, {COMMENT: "In the workbook"}))
    kept = WorkbookUpload.objects.get()
    url, pk = reverse("workbook_upload", args=[kept.pk]), answer_of(assessment).pk

    page = text_of(rater.get(url))
    assert "On the site since" in page
    assert "In the workbook" in page
    assert f'name="take-{pk}" value="site" checked' in page

    rater.post(url, {f"seen-{pk}": "1", f"take-{pk}": "workbook"})
    assert answer_of(assessment).comment == "In the workbook"


def test_what_moved_since_the_look_is_looked_at_again_and_nothing_is_written(
    rater: Client, assessment: Assessment
) -> None:
    upload(rater, assessment, typed(download(rater, assessment), {COMMENT: "a", ("speed-1", Field.COMMENT): "b"}))
    kept = WorkbookUpload.objects.get()
    seen = decided(kept)
    Answer.objects.filter(pk=answer_of(assessment, "speed-1").pk).update(comment="meanwhile", version=1)

    response = rater.post(reverse("workbook_upload", args=[kept.pk]), seen, follow=True)

    assert "Question 5.1 was changed on the site meanwhile, so nothing was taken over" in text_of(response)
    assert (answer_of(assessment).comment, answer_of(assessment).version) == ("", 0)
    assert WorkbookUpload.objects.waiting().count() == 1


def test_a_question_that_is_refused_is_named_and_the_others_are_taken(rater: Client, assessment: Assessment) -> None:
    upload(rater, assessment, typed(download(rater, assessment), {GRADE: "9", ("speed-1", Field.CHOICE): "1"}))
    kept = WorkbookUpload.objects.get()
    url = reverse("workbook_upload", args=[kept.pk])
    assert "“9” is no grade" in text_of(rater.get(url))

    response = rater.post(url, decided(kept), follow=True)

    assert "Not taken over, because a cell could not be read: 1.1." in text_of(response)
    assert (answer_of(assessment).grade, answer_of(assessment, "speed-1").grade) == (None, 1)


def test_an_untouched_workbook_says_that_there_is_nothing_to_do(rater: Client, assessment: Assessment) -> None:
    page = rater.get(upload(rater, assessment, download(rater, assessment))["Location"])

    assert "Every cell says what is on the site already" in text_of(page)


# Kept, thrown away ------------------------------------------------------------------------------------------------
def test_it_waits_until_it_is_thrown_away_with_its_file(
    rater: Client, assessment: Assessment, django_capture_on_commit_callbacks: Any
) -> None:
    upload(rater, assessment, download(rater, assessment), "Mine <b>.xlsx")
    kept = WorkbookUpload.objects.get()
    path = kept.file.path
    assert "waits for your decision" in text_of(rater.get(reverse("workbook", args=[assessment.pk])))

    with django_capture_on_commit_callbacks(execute=True):
        response = rater.post(reverse("workbook_discard", args=[kept.pk]), follow=True)

    assert "The workbook was thrown away" in text_of(response)
    assert not Path(path).exists()
    page = rater.post(reverse("workbook_upload", args=[kept.pk]), decided(kept), follow=True)
    assert "taken over or thrown away already" in text_of(page)


def test_a_second_one_replaces_the_first(rater: Client, assessment: Assessment) -> None:
    for _time in range(2):
        upload(rater, assessment, download(rater, assessment))

    assert WorkbookUpload.objects.count() == 2
    assert WorkbookUpload.objects.waiting().count() == 1


def test_after_a_month_it_is_forgotten(rater: Client, assessment: Assessment) -> None:
    upload(rater, assessment, download(rater, assessment))
    forget_workbooks()
    assert WorkbookUpload.objects.waiting().count() == 1
    WorkbookUpload.objects.update(uploaded_at=timezone.now() - timedelta(days=31))

    forget_workbooks()

    assert WorkbookUpload.objects.waiting().count() == 0
    assert WorkbookUpload.objects.get().file.name == ""


# Refused ----------------------------------------------------------------------------------------------------------
def test_what_cannot_be_read_is_said_at_the_field_and_not_kept(rater: Client, assessment: Assessment) -> None:
    response = upload(rater, assessment, b"%PDF-1.7")

    assert response.status_code == 422
    assert "This is no workbook: upload the file that you downloaded here" in text_of(response)
    assert not WorkbookUpload.objects.exists()


def test_a_file_that_is_too_large_is_refused_unread(rater: Client, assessment: Assessment) -> None:
    response = upload(rater, assessment, b"PK\x03\x04" + b"0" * MAX_BYTES)

    assert "The file is larger than 5" in text_of(response)


CLOSED = {
    "handed in": "The answers have been submitted; they can no longer be changed.",
    "withdrawn": "You are no longer asked to rate this assessment; what you wrote is kept but does not count.",
    "in review": "The answers have been submitted; they can no longer be changed.",
    "cancelled": "The assessment was cancelled; its answers can no longer be changed.",
}


@pytest.mark.parametrize("stage", CLOSED)
def test_once_it_is_closed_the_pages_say_why_and_nothing_is_written(
    stage: str, rater: Client, assessment: Assessment
) -> None:
    content = typed(download(rater, assessment), {GRADE: 4})
    upload(rater, assessment, content)
    kept = WorkbookUpload.objects.get()
    now = timezone.now()
    if stage in ("in review", "cancelled"):
        Assessment.objects.update(
            state=AssessmentState.IN_REVIEW if stage == "in review" else AssessmentState.CANCELLED
        )
    else:
        Response.objects.update(**{"submitted_at" if stage == "handed in" else "withdrawn_at": now})

    url = reverse("workbook_upload", args=[kept.pk])
    pages = [
        rater.get(url),
        rater.post(url, decided(kept), follow=True),
        upload(rater, assessment, content),
        rater.get(reverse("workbook_download", args=[assessment.pk]), follow=True),
    ]

    assert [CLOSED[stage] in text_of(page) for page in pages] == [True] * 4
    assert answer_of(assessment).version == 0
    rater.post(reverse("workbook_discard", args=[kept.pk]))
    assert WorkbookUpload.objects.waiting().count() == 0


def test_uploading_again_and_again_is_held_up(rater: Client, assessment: Assessment, settings: Any) -> None:
    assert settings.ACCOUNT_RATE_LIMITS["workbook"] == "20/10m/key"
    settings.ACCOUNT_RATE_LIMITS = {"workbook": "2/10m/key"}

    statuses = [upload(rater, assessment, f"%PDF-1.7 {number}".encode()).status_code for number in range(3)]

    assert statuses == [422, 422, 429]


def test_looks_have_a_limit_too_since_each_reads_the_file_anew(
    rater: Client, assessment: Assessment, settings: Any
) -> None:
    assert settings.ACCOUNT_RATE_LIMITS["workbook_look"] == "60/10m/key"
    settings.ACCOUNT_RATE_LIMITS = {"workbook_look": "2/10m/key"}
    url = upload(rater, assessment, typed(download(rater, assessment), {COMMENT: "Ours"}))["Location"]
    kept = WorkbookUpload.objects.get()
    assert [rater.get(url).status_code for _ in range(3)] == [200, 200, 429]
    assert rater.post(url, decided(kept)).status_code == 429
    assert answer_of(assessment).comment == ""


# Whose it is ------------------------------------------------------------------------------------------------------
def test_nobody_else_opens_it(signed_in: SignIn, cast: Cast, rater: Client, assessment: Assessment) -> None:
    add_rater(assessment, cast.colleague)
    upload(rater, assessment, download(rater, assessment))
    urls = [reverse(name, args=[WorkbookUpload.objects.get().pk]) for name in ("workbook_upload", "workbook_discard")]

    for person, status in ((cast.colleague, 403), (cast.reader, 403), (cast.stranger, 404)):
        client = signed_in(person)
        assert [client.get(urls[0]).status_code, client.post(urls[1]).status_code] == [status, status]
        assert client.post(urls[0], {}).status_code == status
    for person, status in ((cast.reader, 403), (cast.stranger, 404)):
        client = signed_in(person)
        for name in ("workbook", "workbook_download"):
            assert client.get(reverse(name, args=[assessment.pk])).status_code == status
    assert WorkbookUpload.objects.waiting().count() == 1


def test_a_rater_gets_their_own_answers_alone_and_what_the_vendor_handed_in(
    signed_in: SignIn, cast: Cast, rater: Client, assessment: Assessment, link: VendorLink
) -> None:
    add_rater(assessment, cast.colleague, grade=1)
    Answer.objects.filter(response__rater=cast.colleague.user).update(comment="What the colleague says")
    Answer.objects.filter(response=link.response).update(vendor_says="What the vendor says", grade=0)

    def words() -> str:
        sheets = opened(download(rater, assessment)).worksheets
        return "\n".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row)

    assert "colleague says" not in words()
    assert "vendor says" not in words()
    Response.objects.filter(pk=link.response_id).update(submitted_at=timezone.now())
    assert "What the vendor says" in words()
    assert "colleague says" not in words()


def test_a_figure_that_the_vendor_stated_is_not_asked_again(cast: Cast, signed_in: SignIn) -> None:
    release = make_release("facts", questions_per_rule=1, state="draft")  # type: ignore[arg-type]
    release.questions.filter(key="support-1").update(fact="percentage")
    assessment = make_assessment(cast.assessor, release=release)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin", email="robin@vendor.example")
    link, _token = links.create(cast.assessor, assessment, contact)
    client = signed_in(cast.assessor)
    place = ("support-1", Field.FACT)
    early = download(client, assessment)
    Answer.objects.filter(response=link.response, question__key="support-1").update(fact_value=95)
    Response.objects.filter(pk=link.response_id).update(submitted_at=timezone.now())

    assert not places(opened(early))[place].protection.locked
    cell = places(opened(download(client, assessment)))[place]
    assert (cell.value, cell.protection.locked) == ("The vendor has stated it.", True)
    page = client.get(upload(client, assessment, typed(early, {place: "12"}))["Location"])
    assert "The vendor has stated this figure itself by now: empty this cell." in text_of(page)


def test_what_is_also_asked_is_in_it_and_a_question_in_other_hands_is_still_the_raters(
    cast: Cast, signed_in: SignIn
) -> None:
    assessment = make_assessment(cast.assessor, release=make_release("also", questions_per_rule=1, supplementary=1))
    delegate(cast.assessor, answer_of(assessment), cast.colleague)
    assert signed_in(cast.colleague).get(reverse("workbook", args=[assessment.pk])).status_code == 403
    client = signed_in(cast.assessor)
    filled = typed(download(client, assessment), {GRADE: "2", ("support-2", Field.CHOICE): "1"})
    assert "Also asked: you may leave this open." in str(opened(filled).worksheets[1]["C5"].value)

    upload(client, assessment, filled)
    kept = WorkbookUpload.objects.get()
    client.post(reverse("workbook_upload", args=[kept.pk]), decided(kept))

    assert [answer_of(assessment, key).grade for key in ("support-1", "support-2")] == [2, 1]


def test_a_file_that_is_gone_from_the_disk_is_said(rater: Client, assessment: Assessment) -> None:
    url = upload(rater, assessment, download(rater, assessment))["Location"]
    Path(WorkbookUpload.objects.get().file.path).unlink()

    assert "The file is gone from the server: upload it again." in text_of(rater.get(url))
    assert "The file is gone from the server" in text_of(rater.post(url, {}, follow=True))


# The vendor -------------------------------------------------------------------------------------------------------
def vendor_download(client: Client, link: VendorLink) -> bytes:
    return bytes(client.get(reverse("vendor_workbook_download", args=[link.pk])).content)


def vendor_upload(client: Client, link: VendorLink, content: bytes) -> Any:
    return client.post(reverse("vendor_workbook", args=[link.pk]), {"file": SimpleUploadedFile("f.xlsx", content)})


ANSWER = ("support-1", Field.ANSWER)


def test_the_vendor_answers_by_its_link(vendor: Client, link: VendorLink, assessment: Assessment) -> None:
    assert "Answer in a workbook" in text_of(vendor.get(reverse("vendor_desk", args=[link.pk])))
    response = vendor_upload(vendor, link, typed(vendor_download(vendor, link), {ANSWER: "We stay.", GRADE: 4}))
    kept = WorkbookUpload.objects.get()
    assert response["Location"] == reverse("vendor_workbook_upload", args=[link.pk, kept.pk])
    assert "We stay." in text_of(vendor.get(response["Location"]))

    done = vendor.post(response["Location"], decided(kept), follow=True)

    assert "1 answer was taken over" in text_of(done)
    answer = answer_of(assessment, kind="vendor")
    assert (answer.vendor_says, answer.grade, answer.updated_through) == ("We stay.", 4, link)
    assert answer.response.submitted_at is None


def test_the_vendors_workbook_holds_no_word_of_the_customer(
    vendor: Client, link: VendorLink, assessment: Assessment
) -> None:
    Answer.objects.filter(response__kind="customer").update(
        comment="Customer comment", vendor_says="Customer note", reason="Customer reason", grade=1
    )

    sheets = opened(vendor_download(vendor, link)).worksheets
    words = [str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value]

    assert [text for text in words if "Customer " in text] == []
    for secret in ("Assessor", "Procurement", assessment.reference, "Ask for"):
        assert not [text for text in words if secret in text], secret
    assert [str(cell.value) for row in sheets[1].iter_rows(min_row=3, max_row=3) for cell in row][1:] == [
        *("No.", "Question", "What good looks like", "Your answer", "Your figure", "How often"),
        *("How you grade yourselves", "Why it does not apply"),
    ]


def test_the_vendor_and_a_rater_cannot_take_each_others_workbook(
    vendor: Client, rater: Client, link: VendorLink, assessment: Assessment
) -> None:
    said = "This workbook was made for another questionnaire."

    assert said in text_of(vendor_upload(vendor, link, download(rater, assessment)))
    assert said in text_of(upload(rater, assessment, vendor_download(vendor, link)))


def test_another_contact_does_not_reach_the_upload_but_meets_what_it_changed(
    cast: Cast, vendor: Client, link: VendorLink, assessment: Assessment
) -> None:
    contact = Contact.objects.create(vendor=assessment.vendor, name="Sam Example", email="sam@vendor.example")
    second, token = links.create(cast.assessor, assessment, contact)
    colleague = Client()
    colleague.post(reverse("vendor_link", args=[token]), {"language": "en"})
    content = vendor_download(vendor, link)
    url = vendor_upload(vendor, link, typed(content, {ANSWER: "Robin’s"}))["Location"]
    kept = WorkbookUpload.objects.get()
    assert colleague.get(reverse("vendor_workbook_upload", args=[second.pk, kept.pk])).status_code == 404
    assert colleague.get(url).status_code == 404
    vendor.post(url, decided(kept))

    page = colleague.get(vendor_upload(colleague, second, typed(content, {ANSWER: "Sam’s"}))["Location"])

    assert "Robin Example" in text_of(page)
    assert "changed this answer on the site after the workbook was downloaded" in text_of(page)


def test_after_handing_in_the_vendor_is_told_so(vendor: Client, link: VendorLink) -> None:
    url = vendor_upload(vendor, link, typed(vendor_download(vendor, link), {ANSWER: "Late"}))["Location"]
    Response.objects.filter(pk=link.response_id).update(submitted_at=timezone.now())

    for page in (
        vendor.get(url),
        vendor.post(url, {}, follow=True),
        vendor.get(reverse("vendor_workbook", args=[link.pk])),
    ):
        assert "they stay as they are until they are opened again" in text_of(page)


# What it costs ----------------------------------------------------------------------------------------------------
def test_the_queries_do_not_grow_with_questions(signed_in: SignIn, cast: Cast) -> None:
    counts = []
    for questions in (1, 3):
        assessment = make_assessment(
            cast.assessor, release=make_release(f"of {questions}", questions_per_rule=questions)
        )
        client = signed_in(cast.assessor)
        with CaptureQueriesContext(connection) as downloading:
            content = download(client, assessment)
        downloads = len(downloading)
        filled = dict.fromkeys(((f"support-{number}", Field.COMMENT) for number in range(1, questions + 1)), "x")
        url = upload(client, assessment, typed(content, filled))["Location"]
        with CaptureQueriesContext(connection) as looking:
            assert client.get(url).status_code == 200
        counts.append((downloads, len(looking)))

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 20  # four of them count the looks


def test_the_file_is_locked_but_where_it_is_to_be_filled(rater: Client, assessment: Assessment) -> None:
    response = rater.get(reverse("workbook_download", args=[assessment.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="questionnaire-{assessment.reference}.xlsx"'
    workbook = opened(BytesIO(response.content).getvalue())

    assert [sheet.title for sheet in workbook.worksheets if sheet.sheet_state != "visible"] == [
        *("Choices", "Customer Manifesto")
    ]
    assert all(sheet.protection.sheet and sheet.protection.password is None for sheet in workbook.worksheets)
    free = {cell.coordinate for row in workbook.worksheets[1].iter_rows() for cell in row if not cell.protection.locked}
    assert free == {"H4", "I4", "J4"}
    (grades,) = [one for one in workbook.worksheets[1].data_validations.dataValidation if one.type == "list"]
    assert (str(grades.sqref), grades.formula1) == ("H4", "Choices!$A$1:$G$1")
    assert [cell.value for cell in workbook["Choices"][1]] == [
        *(
            f"{grade} – {name}: support question 1 level {grade} (en)"
            for grade, name in enumerate(("Absent", "Ad hoc", "Partial", "Dependable", "Proven"))
        ),
        *("Not applicable", "Don’t know"),
    ]
