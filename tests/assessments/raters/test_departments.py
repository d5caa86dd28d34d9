"""Whose voice is in an assessment: departments that have a say, asked and heard."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, Role
from assessments.models import Assessment, Response
from assessments.raters.departments import DepartmentReason, department_voices
from tests.factories import NOW, Cast, add_rater, make_assessment, make_member, make_vendor
from vendors.models import Service


def department(cast: Cast, name: str, **fields: bool) -> Department:
    return Department.objects.create(organisation=cast.organisation, name=name, **fields)


def assessment_with_departments(cast: Cast) -> tuple[Assessment, Department, Department]:
    """Procurement orders, Finance depends on a service, Operations runs the IT."""
    finance, operations = department(cast, "Finance"), department(cast, "Operations", is_it=True)
    vendor = make_vendor(cast.organisation, department=cast.department)
    Service.objects.create(vendor=vendor, name="Ledger", department=finance)
    return make_assessment(cast.assessor, vendor=vendor, grade=3), finance, operations


def test_the_ordering_the_affected_and_the_it_department_have_a_say(cast: Cast) -> None:
    assessment, finance, operations = assessment_with_departments(cast)
    department(cast, "Gardening")

    voices = department_voices(assessment)

    assert [(one.name, one.why) for one in voices.departments] == [
        ("Procurement", DepartmentReason.ORDERING),
        (finance.name, DepartmentReason.AFFECTED),
        (operations.name, DepartmentReason.IT),
    ]


def test_a_department_is_heard_once_somebody_of_it_has_handed_in(cast: Cast) -> None:
    assessment, finance, _operations = assessment_with_departments(cast)
    add_rater(assessment, cast.colleague, grade=2, department=finance, submitted_at=NOW)

    voices = department_voices(assessment)

    assert [(one.name, one.asked, one.heard) for one in voices.departments] == [
        ("Procurement", True, False),
        ("Finance", True, True),
        ("Operations", False, False),
    ]
    assert (voices.asked, voices.handed_in) == (2, 1)
    assert [one.name for one in voices.missing] == ["Procurement", "Operations"]


def test_who_was_withdrawn_gives_no_voice_and_the_vendor_neither(cast: Cast) -> None:
    assessment, finance, operations = assessment_with_departments(cast)
    add_rater(assessment, cast.colleague, department=finance, withdrawn_at=NOW)
    Response.objects.create(assessment=assessment, kind="vendor", department=operations, submitted_at=NOW)

    voices = department_voices(assessment)

    assert [one.asked for one in voices.departments] == [True, False, False]
    assert voices.asked == 1


def test_a_department_with_two_reasons_is_named_once_for_the_first(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, department=cast.department)
    for name in ("Ledger", "Payroll"):
        Service.objects.create(vendor=vendor, name=name, department=cast.department)
    Department.objects.update(is_it=True)

    (one,) = department_voices(make_assessment(cast.assessor, vendor=vendor)).departments

    assert one.why == DepartmentReason.ORDERING


def test_another_organisations_it_has_no_say(cast: Cast) -> None:
    Department.objects.create(organisation=cast.other_organisation, name="Elsewhere", is_it=True)

    assert department_voices(make_assessment(cast.assessor)).departments == ()


def test_further_departments_that_were_heard_are_named_too(cast: Cast) -> None:
    assessment, _finance, _operations = assessment_with_departments(cast)
    add_rater(assessment, cast.colleague, department=department(cast, "Wards"), submitted_at=NOW)
    add_rater(assessment, cast.reader, department=None, submitted_at=NOW)

    voices = department_voices(assessment)

    assert voices.others == ("Wards",)
    assert voices.handed_in == 2


def test_the_given_responses_alone_count_where_some_are_given(cast: Cast) -> None:
    assessment, finance, _operations = assessment_with_departments(cast)
    add_rater(assessment, cast.colleague, department=finance)

    voices = department_voices(assessment, Response.objects.of_customer().handed_in().filter(assessment=assessment))

    assert (voices.asked, voices.handed_in) == (0, 0)


def test_two_queries_however_many_raters_and_services(cast: Cast) -> None:
    assessment, finance, _operations = assessment_with_departments(cast)
    for number in range(5):
        Service.objects.create(vendor=assessment.vendor, name=f"Service {number}", department=finance)
        add_rater(assessment, make_member(cast.organisation, f"rater-{number}", Role.READER, department=finance))

    with CaptureQueriesContext(connection) as queries:
        department_voices(assessment)

    assert len(queries) == 2
