"""A fingerprint stands for everything that is approved, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.approval.fingerprint import fingerprint
from assessments.models import Answer, Assessment, Consensus, Evidence, Meeting, Response, ResponseKind
from tests.factories import NOW, Cast, add_rater, make_assessment, make_release


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """Two raters and the vendor, all handed in, with a file, a fact and one agreed grade."""
    made = make_assessment(cast.assessor, grade=3)
    made.responses.update(submitted_at=NOW)
    add_rater(made, cast.colleague, grade=1, submitted_at=NOW)
    vendor = Response.objects.create(assessment=made, kind=ResponseKind.VENDOR, submitted_at=NOW)
    questions = list(made.release.questions.all())
    Answer.objects.bulk_create(Answer(response=vendor, question=one, grade=4) for one in questions)
    Answer.objects.filter(question=questions[0]).update(fact_value=Decimal("4.00"), fact_unit="year")
    add_file(of(made, cast), sha256="a" * 64)
    agree(made, cast)
    return made


def of(assessment: Assessment, cast: Cast) -> Answer:
    answer = Answer.objects.filter(response__assessment=assessment, response__rater=cast.assessor.user).first()
    assert answer is not None
    return answer


def add_file(answer: Answer, *, sha256: str) -> None:
    Evidence.objects.create(
        answer=answer, file=ContentFile(b"note", "note.txt"), name="note.txt", size=4, sha256=sha256
    )


def agree(assessment: Assessment, cast: Cast) -> None:
    meeting, _ = Meeting.objects.get_or_create(
        assessment=assessment, held_on=date(2026, 3, 2), defaults={"created_by": cast.assessor.user}
    )
    Consensus.objects.create(
        assessment=assessment,
        question=assessment.release.questions.all()[1],
        meeting=meeting,
        grade=2,
        reason="We saw the same report.",
        decided_by=cast.assessor.user,
        decided_at=NOW,
    )


def change(**fields: object) -> Callable[[Assessment, Cast], object]:
    return lambda assessment, cast: Answer.objects.filter(pk=of(assessment, cast).pk).update(**fields)


CHANGES: dict[str, Callable[[Assessment, Cast], object]] = {
    "a grade": change(grade=2),
    "a zero instead of a blank": change(grade=0),
    "a blank instead of a grade": change(grade=None, blank="dont_know"),
    "no answer": change(grade=None),
    "a reason": change(reason="No such system."),
    "what the vendor says": change(vendor_says="We measure it."),
    "a comment": change(comment="Convincing."),
    "a fact": change(fact_value=Decimal("5.00")),
    "the unit of a fact": change(fact_unit="month"),
    "no fact": change(fact_value=None),
    "another file": lambda assessment, cast: add_file(of(assessment, cast), sha256="b" * 64),
    "a file changed": lambda assessment, cast: Evidence.objects.update(sha256="c" * 64),
    "no file": lambda assessment, cast: Evidence.objects.all().delete(),
    "the same file at another answer": lambda assessment, cast: Evidence.objects.update(
        answer=of(assessment, cast).response.answers.last()
    ),
    "the vendor's grade": lambda assessment, cast: Answer.objects.filter(response__kind="vendor").update(grade=3),
    "the vendor's text": lambda assessment, cast: Answer.objects.filter(response__kind="vendor").update(
        vendor_says="We changed our mind."
    ),
    "the vendor not handed in": lambda assessment, cast: Response.objects.filter(kind="vendor").update(
        submitted_at=None
    ),
    "another rater": lambda assessment, cast: add_rater(assessment, cast.reader, submitted_at=NOW),
    "a rater left out": lambda assessment, cast: Response.objects.filter(rater=cast.colleague.user).update(
        submitted_at=None, withdrawn_at=NOW
    ),
    "grades exchanged between raters": lambda assessment, cast: [
        Answer.objects.filter(response__rater=cast.assessor.user).update(grade=1),
        Answer.objects.filter(response__rater=cast.colleague.user).update(grade=3),
    ],
    "an agreed grade": lambda assessment, cast: Consensus.objects.update(grade=3),
    "agreed not to apply": lambda assessment, cast: Consensus.objects.update(grade=None, not_applicable=True),
    "the reason of what was agreed": lambda assessment, cast: Consensus.objects.update(reason="We talked again."),
    "no consensus": lambda assessment, cast: Consensus.objects.all().delete(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_changes_with(what: str, assessment: Assessment, cast: Cast) -> None:
    before = fingerprint(assessment)
    CHANGES[what](assessment, cast)
    assert fingerprint(assessment) != before


def test_is_the_same_however_often_it_is_read(assessment: Assessment) -> None:
    assert fingerprint(assessment) == fingerprint(Assessment.objects.get(pk=assessment.pk))
    assert len(fingerprint(assessment)) == 64


def test_is_the_same_when_the_same_answers_are_handed_in_again(assessment: Assessment) -> None:
    before = fingerprint(assessment)
    Response.objects.update(submitted_at=NOW + timedelta(days=3))
    Answer.objects.update(version=7, updated_at=NOW)
    assert fingerprint(assessment) == before


def test_is_the_same_for_a_number_spelled_otherwise(assessment: Assessment, cast: Cast) -> None:
    before = fingerprint(assessment)
    change(fact_value=Decimal("4"))(assessment, cast)
    assert fingerprint(assessment) == before
    change(fact_value=Decimal("40.00"))(assessment, cast)
    assert fingerprint(assessment) != before


def test_does_not_hang_on_the_order_of_the_rows(assessment: Assessment, cast: Cast) -> None:
    answer = of(assessment, cast)
    add_file(answer, sha256="b" * 64)
    before = fingerprint(assessment)
    Evidence.objects.filter(answer=answer, sha256="a" * 64).delete()
    add_file(answer, sha256="a" * 64)
    row = Consensus.objects.get()
    row.delete()
    agree(assessment, cast)
    assert fingerprint(assessment) == before


def test_leaves_out_what_nobody_handed_in(assessment: Assessment, cast: Cast) -> None:
    before = fingerprint(assessment)
    add_rater(assessment, cast.reader, grade=4)
    assert fingerprint(assessment) == before


def test_of_one_assessment_does_not_change_with_another(assessment: Assessment, cast: Cast) -> None:
    before = fingerprint(assessment)
    other = make_assessment(cast.assessor, grade=1)
    other.responses.update(submitted_at=NOW)
    assert fingerprint(assessment) == before != fingerprint(other)


def test_takes_as_many_queries_for_many_answers_as_for_few(cast: Cast) -> None:
    counts = []
    for edition, questions in (("1", 1), ("2", 4)):
        made = make_assessment(cast.assessor, grade=3, release=make_release(edition, questions_per_rule=questions))
        made.responses.update(submitted_at=NOW)
        with CaptureQueriesContext(connection) as queries:
            fingerprint(made)
        counts.append(len(queries))
    assert counts == [5, 5]
