"""The commands `scorecard` and `score`: the same code as the page, and errors that say what to do."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation
from assessments.lifecycle import transitions
from assessments.models import Assessment, AssessmentState, Response
from reports import worker
from reports.documents import job
from reports.models import Document, Rendering, RenderingState
from reports.scorecard import snapshots
from tests.factories import NOW, Cast, make_assessment
from tests.reports import cards


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.RENDERINGS, "nudge", lambda pk: True)


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_scorecard_writes_the_pdf_and_keeps_the_document(cast: Cast, tmp_path: Path) -> None:
    card = cards.approved(cast)
    output = tmp_path / "card.pdf"
    said = run("scorecard", card.assessment.reference, "--language", "fr", "--output", str(output))
    document = Document.objects.get(rendering__scorecard=card, rendering__language="fr")
    assert output.read_bytes() == bytes(document.content)
    assert output.read_bytes().startswith(b"%PDF-1.7")
    assert "S-2026-001 in fr" in said


def test_each_of_the_three_documents_can_be_asked_for(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = cards.approved(cast)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(worker, "produce", lambda *args, kind, **kwargs: f"%PDF of {kind}".encode())
    for kind in ("brief", "record"):
        said = run("scorecard", card.number, "--document", kind)
        assert Path(f"{kind}-{card.number}-en.pdf").read_bytes() == f"%PDF of {kind}".encode()
        assert f"{kind} {card.number} in en" in said
    assert "PDF ready: brief en, record en" in run("scorecard", "--list")
    with pytest.raises(CommandError, match="Choose one of: brief, scorecard, record"):
        run("scorecard", card.number, "--document", "letter")


def test_a_ready_document_is_used_again(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = cards.approved(cast)
    output = tmp_path / "card.pdf"
    monkeypatch.setattr(worker, "produce", lambda *args, **kwargs: b"%PDF-once")
    run("scorecard", card.assessment.reference, "--output", str(output))
    monkeypatch.setattr(worker, "produce", None)
    run("scorecard", card.number, "--output", str(output))
    assert output.read_bytes() == b"%PDF-once"
    assert Rendering.objects.get().attempts == 1


def test_list_names_what_can_be_printed(cast: Cast, tmp_path: Path) -> None:
    card = cards.approved(cast)
    make_assessment(cast.assessor, grade=3)
    Rendering.objects.create(
        scorecard=card,
        kind="scorecard",
        language="nl",
        state=RenderingState.READY,
        size=1,
        sha256="x",
        requested_at=NOW,
    )
    lines = run("scorecard", "--list").splitlines()
    assert lines[0].split() == ["Reference", "Vendor", "Period", "Status"]
    assert lines[1:] == [
        "harbour/A-2026-001  Example Systems 1  2026-01-01 to 2026-03-31  approved, S-2026-001, PDF ready: nl"
    ]


def test_list_says_when_nothing_can_be_printed(cast: Cast) -> None:
    assert "No assessment is approved yet" in run("scorecard", "--list")


@pytest.mark.parametrize(
    ("state", "todo"),
    [
        (AssessmentState.DRAFT, "Open, answer, submit and approve"),
        (AssessmentState.COLLECTING, "Submit and approve"),
        (AssessmentState.IN_REVIEW, "has to approve it first"),
        (AssessmentState.CANCELLED, "was cancelled"),
        (AssessmentState.APPROVED, "has no scorecard"),
    ],
)
def test_an_assessment_without_scorecard_is_refused_with_what_to_do(cast: Cast, state: str, todo: str) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    Assessment.objects.filter(pk=assessment.pk).update(state=state)
    with pytest.raises(CommandError, match=todo) as error:
        run("scorecard", str(assessment.pk))
    assert error.value.returncode == 1


def test_unknown_names_languages_and_folders_are_refused_in_one_line(cast: Cast, tmp_path: Path) -> None:
    card = cards.approved(cast)
    with pytest.raises(CommandError, match=r"No assessment is called A-1999-001.*--list"):
        run("scorecard", "A-1999-001")
    with pytest.raises(CommandError, match="Name an assessment, or use --list"):
        run("scorecard")
    with pytest.raises(CommandError, match="Choose one of: en, fr, nl"):
        run("scorecard", card.number, "--language", "de")
    with pytest.raises(CommandError, match=r"No such file or directory\. Give another file"):
        run("scorecard", card.number, "--output", str(tmp_path / "missing" / "card.pdf"))


def test_a_reference_of_two_organisations_asks_which(cast: Cast) -> None:
    first = make_assessment(cast.assessor, grade=3)
    second = make_assessment(cast.stranger, grade=1)
    Response.objects.update(submitted_at=NOW)
    assert first.reference == second.reference
    with pytest.raises(CommandError, match="harbour/A-2026-001, meadow/A-2026-001"):
        run("score", "A-2026-001")
    assert json.loads(run("score", "meadow/a-2026-001", "--json"))["met"] == 0
    assert json.loads(run("score", "harbour/A-2026-001", "--json"))["met"] == 7


def test_a_document_that_cannot_be_made_says_why(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*args: object, **kwargs: object) -> bytes:
        raise worker.pdf.RenderingRefused("x")

    card = cards.approved(cast)
    monkeypatch.setattr(worker, "produce", refused)
    with pytest.raises(CommandError, match=r"S-2026-001 cannot be printed: .*never fetched"):
        run("scorecard", card.number, "--output", str(tmp_path / "x.pdf"))
    assert not (tmp_path / "x.pdf").exists()


def test_a_document_that_a_worker_holds_is_waited_for(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The nudge may reach a worker before the command gets to it."""
    card = cards.approved(cast)
    monkeypatch.setattr(worker, "produce", lambda *args, **kwargs: b"%PDF-worker")
    wish = job.request_rendering(card, language="en", requested_by=None)
    held = job.RENDERINGS.claim(wish.pk, now=job.timezone.now())
    assert held is not None
    monkeypatch.setattr("time.sleep", lambda seconds: job.publish(held, b"%PDF-worker", now=job.timezone.now()))
    run("scorecard", card.number, "--output", str(tmp_path / "x.pdf"))
    assert (tmp_path / "x.pdf").read_bytes() == b"%PDF-worker"


def test_score_of_an_approved_assessment_is_that_of_its_snapshot(cast: Cast) -> None:
    card = cards.approved(cast, grade=2)
    data = json.loads(run("score", card.assessment.reference, "--json"))
    assert data["basis"] == "the snapshot of scorecard S-2026-001"
    assert data["policy"]["met_threshold"] == "75"
    stored = json.loads(card.snapshot)["score"]
    assert {key: data[key] for key in stored} == stored


def test_score_says_its_fingerprint_and_that_the_answers_give_the_same_numbers(cast: Cast) -> None:
    card = cards.approved(cast, grade=2)
    data = json.loads(run("score", card.assessment.reference, "--json"))
    assert (data["sha256"], data["recomputed"]) == (card.sha256, True)
    assert (
        not {"sha256", "recomputed"} & json.loads(run("score", str(make_assessment(cast.assessor).pk), "--json")).keys()
    )


@pytest.mark.parametrize("options", [["--json"], []])
def test_numbers_that_the_answers_do_not_give_end_with_an_error(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    card = cards.approved(cast, grade=2)
    content = json.loads(card.snapshot)
    content["score"]["met"] = 7
    monkeypatch.setattr(snapshots, "load", lambda scorecard: content)
    out = StringIO()
    with pytest.raises(CommandError, match="numbers of S-2026-001 are not those that engine") as error:
        call_command("score", card.assessment.reference, *options, stdout=out)
    assert error.value.returncode == 1
    assert json.loads(out.getvalue())["recomputed"] is False if options else "7 of 7 rules met" in out.getvalue()


def test_score_of_an_open_assessment_counts_what_was_handed_in(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    assert json.loads(run("score", str(assessment.pk), "--json"))["met"] == 0
    transitions.hand_in(cast.assessor, assessment, now=NOW)
    data = json.loads(run("score", str(assessment.pk), "--json"))
    assert (data["state"], data["met"], data["rules"][0]["weighted_sum"]) == ("collecting", 7, "150/1")
    transitions.submit(cast.assessor, assessment, now=NOW)
    assert "7 of 7 rules met, verdict met" in run("score", assessment.reference)


def test_score_without_json_is_a_table_to_read(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    lines = run("score", assessment.reference).splitlines()
    assert lines[0].endswith("what was handed in so far")
    assert lines[2].split() == ["support", "not_rated", "-", "%", "coverage", "0.00", "%", "=", "nothing", "graded"]


def test_organisations_do_not_share_numbers(cast: Cast) -> None:
    cards.approved(cast)
    other = Organisation.objects.get(slug="meadow")
    assert not other.scorecards.exists()
    with pytest.raises(CommandError, match="No assessment is called meadow/S-2026-001"):
        run("scorecard", "meadow/S-2026-001")


def test_score_tells_agreement_who_was_heard_and_the_gap(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    data = json.loads(run("score", str(assessment.pk), "--json"))
    assert data["agreement"]["why"] == "too_few_raters"
    assert [rule["vendor"] for rule in data["gap"]] == [None] * 7
    cards.approve(cast, assessment)
    approved = json.loads(run("score", str(assessment.pk), "--json"))
    assert approved["recomputed"] is True
    assert (approved["heard"], approved["gap"]) == (data["heard"], [])
