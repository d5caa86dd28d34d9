"""Claims of practice held against what was held: who says what, what counts, what is said, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from assessments.findings import panel, practice, practice_words
from assessments.findings.practice import By, PracticeFinding
from assessments.models import Assessment, FrequencyUnit, Response, ResponseKind
from assessments.vendor_side.reply_measured import measured_against
from manifesto.printed import edition
from tests.assessments.findings.practised import asked, held, recorded_since, says
from tests.factories import NOW, Cast, add_rater, make_vendor
from vendors.models import RehearsalKind, Vendor
from vendors.rehearsals.practice import Practice

pytestmark = pytest.mark.django_db
YEARS = 2000  # days: long enough for every claim


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


@pytest.fixture
def assessment(cast: Cast, vendor: Vendor) -> Assessment:
    return asked(cast, vendor)


def found(assessment: Assessment) -> dict[tuple[str, By], Practice]:
    assessment = Assessment.objects.select_related("vendor__organisation", "release").get(pk=assessment.pk)
    return {(one.question, one.by): one.held.outcome for one in practice.practice(assessment, now=NOW)}


def text_of(assessment: Assessment, by: By = By.VENDOR) -> str:
    assessment = Assessment.objects.select_related("vendor__organisation", "release").get(pk=assessment.pk)
    shown = panel.practice_in_words(practice.practice(assessment, now=NOW), assessment)
    [text] = [one.text for one in shown if one.by == by]
    return text.replace("\u00a0", " ")


# What is claimed, and what counts -----------------------------------------------------------------------------------
def test_says_twice_a_year_and_the_last_was_fourteen_months_ago(
    cast: Cast, assessment: Assessment, vendor: Vendor
) -> None:
    says(assessment, "speed-practice", 2)
    held(cast, vendor, 430)

    assert found(assessment) == {("speed-practice", By.VENDOR): Practice.LESS}
    assert text_of(assessment) == (
        "5.1: the vendor says 2 times a year, yet the last rehearsal with us, or shown to us, was 14 months ago: none "
        "in the last twelve months. All of them are on record since 27 December 2024."
    )


def test_more_than_it_says_is_said_in_the_same_way(cast: Cast, assessment: Assessment, vendor: Vendor) -> None:
    says(assessment, "speed-review", 1)
    recorded_since(vendor, YEARS)
    held(cast, vendor, 20, 150, kind=RehearsalKind.REVIEW)

    assert found(assessment) == {("speed-review", By.VENDOR): Practice.MORE}
    assert "5.2: the vendor says 1 time a year, and it is more: the last review" in text_of(assessment)


def test_what_the_vendor_does_alone_counts_once_it_is_shown_but_not_as_held_with_us(
    cast: Cast, assessment: Assessment, vendor: Vendor
) -> None:
    says(assessment, "speed-practice", 1)
    says(assessment, "support-rehearsal", grade=4)
    recorded_since(vendor, YEARS)
    both = {("speed-practice", By.VENDOR), ("support-rehearsal", By.VENDOR)}
    assert found(assessment) == dict.fromkeys(both, Practice.LESS)

    held(cast, vendor, 30, evidence="Their report")

    assert found(assessment) == {
        ("speed-practice", By.VENDOR): Practice.KEPT,
        ("support-rehearsal", By.VENDOR): Practice.LESS,
    }


@pytest.mark.parametrize(("grade", "expected"), [(2, {}), (3, Practice.LESS), (4, Practice.LESS)])
def test_a_grade_is_a_claim_where_its_text_says_how_often(
    assessment: Assessment, vendor: Vendor, grade: int, expected: Any
) -> None:
    says(assessment, "support-rehearsal", grade=grade)
    recorded_since(vendor, YEARS)
    assert found(assessment) == ({("support-rehearsal", By.VENDOR): expected} if expected else {})


def test_of_raters_the_lowest_grade_counts_and_what_is_noted_speaks_only_where_all_say_so(
    cast: Cast, assessment: Assessment, vendor: Vendor
) -> None:
    recorded_since(vendor, YEARS)
    other = add_rater(assessment, cast.colleague, grade=2)
    Response.objects.filter(pk=other.pk).update(submitted_at=NOW)
    Response.objects.filter(rater=cast.assessor.user).update(submitted_at=NOW)
    mine = assessment.responses.get(rater=cast.assessor.user)
    for key, grade in (("support-rehearsal", 4),):
        mine.answers.filter(question__key=key).update(grade=grade)
    assert found(assessment) == {}
    other.answers.filter(question__key="support-rehearsal").update(grade=3)
    assert found(assessment) == {("support-rehearsal", By.US): Practice.LESS}
    assert text_of(assessment, By.US).startswith(
        "1.1: we grade 3 of 4, which says at least 1 time a year, yet no rehearsal"
    )

    held(cast, vendor, 300)
    mine.answers.filter(question__key="speed-practice").update(fact_value=1, fact_unit=FrequencyUnit.YEAR)
    assert found(assessment)[("speed-practice", By.US)] == Practice.KEPT
    other.answers.filter(question__key="speed-practice").update(fact_value=1, fact_unit=FrequencyUnit.MONTH)
    assert found(assessment)[("speed-practice", By.US)] == Practice.KEPT


def test_what_the_vendor_says_and_we_noted_alike_is_one_claim_and_ours_stays_ours(
    cast: Cast, assessment: Assessment, vendor: Vendor
) -> None:
    recorded_since(vendor, YEARS)
    says(assessment, "speed-practice", 2)
    says(assessment, "speed-practice", 2, kind=ResponseKind.CUSTOMER)
    Response.objects.filter(rater=cast.assessor.user).update(submitted_at=NOW)
    assert found(assessment) == {("speed-practice", By.BOTH): Practice.LESS}
    assert "5.1: the vendor says, and we noted, 2 times a year" in text_of(assessment, By.BOTH)
    [told] = measured_against(assessment, now=NOW)["speed"]["en"]
    assert "5.1: the vendor says 2 times a year" in told
    says(assessment, "speed-practice", 4, kind=ResponseKind.CUSTOMER)
    assert set(found(assessment)) == {("speed-practice", By.VENDOR), ("speed-practice", By.US)}


def test_what_is_not_handed_in_claims_nothing(cast: Cast, assessment: Assessment, vendor: Vendor) -> None:
    says(assessment, "speed-practice", 12)
    recorded_since(vendor, YEARS)
    Response.objects.filter(kind=ResponseKind.VENDOR).update(submitted_at=None)
    assert found(assessment) == {}


def test_without_a_record_nothing_is_said_and_a_short_one_cannot_tell(
    cast: Cast, assessment: Assessment, vendor: Vendor
) -> None:
    says(assessment, "speed-practice", 2)
    assert found(assessment) == {}
    held(cast, vendor, 10)
    assert found(assessment) == {("speed-practice", By.VENDOR): Practice.TOO_EARLY}
    assert "The record does not reach back far enough to tell." in text_of(assessment)


def test_every_outcome_has_its_sentence_in_every_language(cast: Cast, assessment: Assessment) -> None:
    says(assessment, "speed-practice", 2)
    held(cast, assessment.vendor, 430)
    [one] = practice.practice(assessment, now=NOW)
    names = practice_words.called_in(edition(assessment.release))
    for code in ("en", "fr", "nl"):
        with translation.override(code):
            for outcome in Practice:
                for by in By:
                    data = {**practice.as_data([one])[0], "outcome": outcome.value, "by": by.value}
                    [view] = practice_words.views(practice.from_data([data]), names)
                    assert view.label and "%(" not in view.text


def test_plain_data_give_it_back_as_it_was(cast: Cast, assessment: Assessment) -> None:
    says(assessment, "speed-practice", "2.5", FrequencyUnit.QUARTER)
    held(cast, assessment.vendor, 430, 20)
    kept: tuple[PracticeFinding, ...] = practice.practice(assessment, now=NOW)
    assert practice.from_data(practice.as_data(kept)) == kept


# Where it is shown ------------------------------------------------------------------------------------------------
def client_of(member: Any) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def test_it_stands_on_the_assessment_and_waits_for_the_answers_of_whoever_still_judges(
    cast: Cast, assessment: Assessment, vendor: Vendor
) -> None:
    says(assessment, "speed-practice", 2)
    recorded_since(vendor, YEARS)
    Response.objects.filter(rater=cast.assessor.user).update(submitted_at=NOW)
    add_rater(assessment, cast.colleague)
    from_inside = page(client_of(cast.assessor), assessment.get_absolute_url())
    assert "Less often than claimed 5.1: the vendor says 2 times a year" in from_inside
    assert "Less often than claimed" not in page(client_of(cast.colleague), assessment.get_absolute_url())
    section = panel.section(assessment, cast.colleague, now=NOW)
    assert section is not None and section.is_withheld and section.practice == ()


def test_the_vendor_reads_of_its_own_claims_before_it_replies_and_of_no_grade_of_ours(
    cast: Cast, assessment: Assessment, vendor: Vendor
) -> None:
    recorded_since(vendor, YEARS)
    says(assessment, "speed-practice", 2)
    says(assessment, "support-rehearsal", grade=4, kind=ResponseKind.CUSTOMER)
    Response.objects.filter(rater=cast.assessor.user).update(submitted_at=NOW)
    told = measured_against(assessment, now=NOW)
    assert set(told) == {"speed"}
    assert told["speed"]["en"][0].startswith("Less often than claimed. 5.1: the vendor says 2 times a year")


def test_it_costs_the_same_queries_however_much_was_held(cast: Cast, assessment: Assessment, vendor: Vendor) -> None:
    says(assessment, "speed-practice", 2)
    says(assessment, "speed-review", 2)

    def queries() -> int:
        fresh = Assessment.objects.select_related("vendor__organisation").get(pk=assessment.pk)
        with CaptureQueriesContext(connection) as caught:
            practice.practice(fresh, now=NOW + timedelta(days=1))
        return len(caught)

    held(cast, vendor, 430)
    few = queries()
    held(cast, vendor, *range(10, 400, 30))
    assert queries() == few == 2  # the edition, and all else at once
