"""Asking for a file, fetching it, and who may not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry
from assessments.lifecycle import transitions
from assessments.models import AssessmentState, Reading
from reports import file_jobs
from reports.exports import job, worker
from reports.models import Export, ExportFormat, ExportScope, FileState
from tests.factories import Cast, add_rater, make_assessment, make_vendor

SignedIn = Callable[..., Client]


def fetched(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def ask(client: Client, **asked: object) -> Export:
    response = client.post("/exports/add/", {"scope": "everything", "format": "json", **asked})
    assert response.status_code == 302
    return Export.objects.latest("pk")


def test_small_exports_are_there_at_once_in_each_format(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3, state=AssessmentState.IN_REVIEW)
    assessment.responses.update(submitted_at=timezone.now())
    client = signed_in(cast.reader)
    for file_format in ("json", "csv", "xlsx"):
        export = ask(client, scope="assessment", about=assessment.pk, format=file_format)
        assert export.state == FileState.READY
        content = fetched(client.get(f"/exports/{export.pk}/download/"))
        assert len(content) == export.size
        if file_format == "json":
            assert {row["grade"] for row in json.loads(content)["tables"]["answers"]} == {3}
        elif file_format == "csv":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                assert archive.read("answers.csv").decode("utf-8-sig").count("\r\n") == 15
                assert "README.txt" in archive.namelist()
        else:
            assert load_workbook(io.BytesIO(content))["Answers"].max_row == 15
    page = client.get("/exports/").content.decode()
    assert page.count("Download<span") == 3


def test_the_trail_says_who_took_what(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    client = signed_in(cast.assessor)
    export = ask(client, scope="assessment", about=assessment.pk)
    client.get(f"/exports/{export.pk}/download/")
    made, taken = AuditEntry.objects.filter(verb__startswith="export.").order_by("pk")
    rows = sum(export.told["rows"].values())
    assert (made.verb, made.after) == ("export.made", {"scope": "assessment", "file": "json", "rows_in_all": rows})
    assert (taken.verb, taken.actor) == ("export.fetched", cast.assessor.user)
    assert taken.after["sha256"] == export.sha256


def test_nobody_else_fetches_it(cast: Cast, signed_in: SignedIn) -> None:
    export = ask(signed_in(cast.assessor))
    assert signed_in(cast.colleague).get(f"/exports/{export.pk}/download/").status_code == 403
    assert signed_in(cast.stranger).get(f"/exports/{export.pk}/download/").status_code == 404
    assert export.file_name not in signed_in(cast.colleague).get("/exports/").content.decode()


def test_other_organisations_assessments_are_not_there(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor)
    client = signed_in(cast.stranger)
    for scope, about in (("assessment", assessment.pk), ("vendor", assessment.vendor_id)):
        assert client.get("/exports/", {"scope": scope, "about": about}).status_code == 404
        answer = client.post("/exports/add/", {"scope": scope, "about": about, "format": "json"})
        assert answer.status_code == 404
    assert client.get("/exports/", {"scope": "organisation"}).status_code == 404
    assert not Export.objects.exists()


def test_whoever_was_asked_to_rate_since_is_refused_and_told_why(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    assessment.responses.update(submitted_at=timezone.now())
    client = signed_in(cast.colleague)
    export = ask(client, scope="vendor", about=assessment.vendor_id)
    response = add_rater(assessment, cast.colleague)
    page = client.get(f"/exports/{export.pk}/download/", follow=True)
    assert "Your own answers come first" in page.content.decode()
    assert not Reading.objects.exists()
    response.submitted_at = timezone.now()
    response.save()
    assert client.get(f"/exports/{export.pk}/download/").status_code == 200


def test_fetching_what_others_answered_is_on_record(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    assessment.responses.update(submitted_at=timezone.now())
    client = signed_in(cast.colleague)
    export = ask(client)
    assert not Reading.objects.exists()
    client.get(f"/exports/{export.pk}/download/")
    assert list(Reading.objects.values_list("assessment", "user")) == [(assessment.pk, cast.colleague.user_id)]


def test_large_exports_go_on_by_themselves_and_can_be_given_up(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "AT_ONCE", 13)
    make_assessment(cast.assessor, grade=3)
    client = signed_in(cast.assessor)
    export = ask(client)
    assert (export.state, export.total) == (FileState.QUEUED, 14)
    seen = client.get(f"/exports/{export.pk}/", headers={"HX-Request": "true"})
    assert "Waiting for its turn" in seen.content.decode()
    client.post(f"/exports/{export.pk}/cancel/")
    export.refresh_from_db()
    assert export.state == FileState.CANCELLED
    worker.write(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file.name) == (FileState.CANCELLED, "")


def test_the_portfolio_is_exported_as_it_is_narrowed(cast: Cast, signed_in: SignedIn) -> None:
    make_vendor(cast.organisation, "Alder", tier="critical")
    make_vendor(cast.organisation, "Birch")
    client = signed_in(cast.reader)
    page = client.get("/exports/", {"scope": "portfolio", "tier": "critical"}).content.decode()
    assert 'value="tier=critical"' in page
    export = ask(client, scope="portfolio", filter="tier=critical")
    names = [row["name"] for row in json.loads(export.file.read())["tables"]["vendors"]]
    assert names == ["Alder"]


def test_a_person_waits_for_a_few_at_a_time(cast: Cast) -> None:
    for _number in range(file_jobs.MOST_UNFINISHED):
        job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.CSV, language="en")
    with pytest.raises(file_jobs.TooMany):
        job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.CSV, language="en")
    job.ask(cast.admin, ExportScope.EVERYTHING, ExportFormat.CSV, language="en")


def test_a_person_asks_for_a_hundred_files_a_day_at_most(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_jobs, "MOST_A_DAY", 2)

    def ask_once() -> None:
        job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.CSV, language="en")
        job.EXPORTS.rows().update(state=FileState.CANCELLED)

    ask_once()
    ask_once()
    with pytest.raises(file_jobs.TooMany, match="2 files within a day"):
        ask_once()
    job.EXPORTS.rows().update(requested_at=timezone.now() - timedelta(days=1, seconds=1))
    ask_once()


def test_many_vendors_that_nobody_assessed_are_no_small_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "VENDORS_AT_ONCE", 2)
    make_vendor(cast.organisation, "Alder")
    make_vendor(cast.organisation, "Birch")
    assert job.is_small(cast.reader, job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.CSV, language="en"))
    make_vendor(cast.organisation, "Cedar")
    assert not job.is_small(cast.reader, job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.CSV, language="en"))


def test_the_page_takes_the_same_queries_however_many_exports_there_are(
    cast: Cast, signed_in: SignedIn, django_assert_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    client = signed_in(cast.reader)
    for number in range(4):
        about = make_vendor(cast.organisation, f"Alder {number}").pk
        ask(client, scope="vendor", about=about)
        if number in {0, 3}:
            with django_assert_num_queries(3):
                assert f"Vendor Alder {number}" in client.get("/exports/").content.decode()


# The job ----------------------------------------------------------------------------------------------------------
def test_what_a_killed_worker_began_another_one_finishes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    export = job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.CSV, language="en")
    dead = job.EXPORTS.claim(export.pk, now=timezone.now() - timedelta(hours=1))
    assert dead is not None
    worker.write(export.pk)
    export.refresh_from_db()
    assert (export.state, export.attempts) == (FileState.READY, 2)
    assert not dead.finish(state=FileState.FAILED, failure="unexpected")


def test_one_that_was_cancelled_while_it_was_written_leaves_no_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.JSON, language="en")
    written = worker._written

    def cancelled_meanwhile(*args: object) -> object:
        result = written(*args)  # type: ignore[arg-type]
        job.cancel(cast.reader, export)
        return result

    monkeypatch.setattr(worker, "_written", cancelled_meanwhile)
    worker.write(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file.name) == (FileState.CANCELLED, "")
    assert AuditEntry.objects.filter(verb="export.made").count() == 0
    with pytest.raises(file_jobs.NotNow):
        job.cancel(cast.reader, export)


def test_a_fault_is_tried_again_and_then_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    export = job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.JSON, language="en")

    def fault(*args: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(worker, "_written", fault)
    for _attempt in range(5):
        worker.write(export.pk)
    export.refresh_from_db()
    assert (export.state, export.failure) == (FileState.FAILED, "no_room")
    assert "administrator" in job.failure_words(export)


def test_who_left_the_organisation_gets_nothing(cast: Cast) -> None:
    export = job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.JSON, language="en")
    cast.reader.is_active = False
    cast.reader.save()
    worker.write(export.pk)
    export.refresh_from_db()
    assert export.failure == "left"


def test_files_go_after_seven_days_and_the_row_stays(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)
    export = ask(client)
    name, now = export.file.name, timezone.now()
    assert file_jobs.forget_files(job.EXPORTS.rows(), now + timedelta(days=6)) == 0
    assert file_jobs.forget_files(job.EXPORTS.rows(), now + timedelta(days=8)) == 1
    export.refresh_from_db()
    assert not export.file and not export.file.storage.exists(name)
    page = client.get(f"/exports/{export.pk}/download/", follow=True).content.decode()
    assert "not kept any more" in page


def test_a_sweep_finishes_what_a_lost_nudge_left_behind(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    export = job.ask(cast.reader, ExportScope.EVERYTHING, ExportFormat.JSON, language="en")
    nudged: list[int] = []
    monkeypatch.setattr(type(job.EXPORTS), "nudge", lambda self, pk: nudged.append(pk) or True)
    assert job.EXPORTS.sweep(now=timezone.now() + timedelta(minutes=5)) == 1
    assert nudged == [export.pk]


def test_an_approved_assessment_is_read_from_its_snapshot(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    assessment.responses.update(submitted_at=timezone.now())
    transitions.approve(cast.approver, transitions.submit(cast.assessor, assessment))
    assessment.vendor.name = "Renamed since"
    assessment.vendor.save()
    tables = json.loads(ask(signed_in(cast.reader)).file.read())["tables"]
    (row,) = tables["assessments"]
    assert (row["source"], row["vendor_name"]) == ("snapshot", "Example Systems 1")
    assert (row["rules_met"], row["verdict"], row["average_exact"], row["average"]) == (7, "met", "75", 75)
    (response,) = tables["responses"]
    assert response["response"] == f"A-2026-001/{assessment.responses.get().pk}"
    assert {answer["response"] for answer in tables["answers"]} == {response["response"]}
