"""Pages for when it breaks: what one finds in the bad hour, and how they are written and gone through."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Department, Membership
from assessments.models import AssessmentState
from tests.factories import Cast, make_assessment, make_incident, make_vendor
from vendors.emergencies import writing
from vendors.emergencies.writing import Call, Stop, Wanted
from vendors.models import Contact, EmergencyCall, EmergencyPlan, PlanCheck, Service, Vendor

pytestmark = pytest.mark.django_db


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def text_of(response: Any) -> str:
    """What the page says, on one line."""
    assert response.status_code in (200, 409), response
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def plan_of(member: Membership, service: Service, *, now: Any = None, **wanted: Any) -> EmergencyPlan:
    return writing.write(member, service, Wanted(**wanted), version=writing.NEW, now=now or timezone.now())


def url(service: Service, name: str = "emergency_plan") -> str:
    return reverse(name, args=[service.pk])


def sent(rows: list[dict[str, Any]], stops: list[dict[str, Any]] | None = None, **plan: Any) -> dict[str, Any]:
    """What the form sends."""
    data: dict[str, Any] = {"version": 0, **plan}
    for prefix, given in (("calls", rows), ("stops", stops or [])):
        data |= {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate(given):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


# In the bad hour ---------------------------------------------------------------------------------------------------
def test_the_first_number_can_be_dialled_before_anything_else_is_read(
    cast: Cast, service: Service, contact: Contact
) -> None:
    calls = (Call(name="Switchboard"), Call(contact=contact.pk, when="day and night"), Call(name="Boss", phone="112"))
    plan_of(cast.assessor, service, calls=calls)
    response = client_of(cast.reader).get(url(service))
    page = response.content.decode()
    numbers = re.findall(r'href="(tel:[^"]+)"', page)
    assert numbers == ["tel:+3225551234", "tel:+3225551234", "tel:112"]  # on top, then in its place
    assert "no number noted" in text_of(response)
    assert page.index("emergency-first") < page.index('id="calls"')
    start = f"{reverse('incident_hour_start')}?service={service.pk}"
    assert start not in page  # whoever writes down no incidents
    page = client_of(cast.assessor).get(url(service)).content.decode()
    assert page.index("emergency-first") < page.index(start) < page.index('id="calls"')
    assert len(response.content) < 60_000


def test_a_service_without_a_page_still_says_what_the_register_knows(
    cast: Cast, service: Service, contact: Contact
) -> None:
    service.department = cast.department
    service.save()
    page = text_of(client_of(cast.reader).get(url(service)))
    assert "Nobody has written this page yet: what stands here comes from the register." in page
    assert "Call Harbour Desk +32 (0)2 555 12 34" in page
    assert "Procurement Nobody sees allergies." in page


def test_several_departments_stand_still_and_each_is_told_by_somebody(cast: Cast, service: Service) -> None:
    names = ("Wards", "Pharmacy", "Laboratory")
    departments = [Department.objects.create(organisation=cast.organisation, name=name) for name in names]
    stops = tuple(
        Stop(department=one.pk, what_stops=f"Work in {one.name}", told_by="Bed manager", phone="555 01")
        for one in departments
    )
    plan_of(cast.assessor, service, stops=stops)
    page = text_of(client_of(cast.reader).get(url(service)))
    for name in names:
        assert f"{name} Work in {name} Told by Bed manager" in page


def test_a_page_that_was_not_checked_this_half_year_warns(cast: Cast, service: Service) -> None:
    plan = plan_of(cast.assessor, service)
    client = client_of(cast.reader)
    assert "Nobody has gone through this page and called its numbers yet." in text_of(client.get(url(service)))
    day = timezone.localdate() - timedelta(days=200)
    EmergencyPlan.objects.filter(pk=plan.pk).update(checked_on=day, checked_by="Reader")
    assert "more than half a year ago. Numbers may be wrong." in text_of(client.get(url(service)))


def test_a_page_costs_the_same_queries_however_much_stands_on_it(
    cast: Cast, service: Service, contact: Contact
) -> None:
    client = client_of(cast.reader)
    plan = plan_of(
        cast.assessor, service, calls=(Call(contact=contact.pk),), stops=(Stop(department=cast.department.pk),)
    )
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url(service))
    departments = [Department.objects.create(organisation=cast.organisation, name=f"Ward {n}") for n in range(5)]
    wanted = Wanted(
        calls=tuple(Call(contact=contact.pk, when=str(n)) for n in range(8)),
        stops=tuple(Stop(department=one.pk) for one in departments),
    )
    writing.write(cast.assessor, service, wanted, version=plan.version, now=timezone.now())
    with CaptureQueriesContext(connection) as many:
        client.get(url(service))
    assert len(many) == len(few)


def test_whoever_reads_alone_is_told_who_writes_the_hour_down(cast: Cast, service: Service) -> None:
    page = text_of(client_of(cast.reader).get(url(service)))
    assert "The hour of the incident is then written down by one of these: " in page
    assert str(cast.assessor.user) in page
    assert "Write down now" not in page  # they cannot: the form is not theirs
    page = text_of(client_of(cast.assessor).get(url(service)))
    assert "by one of these" not in page
    assert "Write down whom to call" in page


@pytest.mark.parametrize(("role", "is_offered"), [("assessor", True), ("reader", False)])
def test_the_list_has_the_way_to_it_is_broken_now(cast: Cast, service: Service, role: str, is_offered: bool) -> None:
    page = client_of(getattr(cast, role)).get(reverse("emergency_list")).content.decode()
    assert (reverse("incident_hour_start") in page) is is_offered


# The list ----------------------------------------------------------------------------------------------------------
def test_the_list_finds_a_service_by_its_own_name_its_vendors_and_its_departments(
    cast: Cast, service: Service, vendor: Vendor
) -> None:
    other = Service.objects.create(vendor=make_vendor(cast.organisation, "Quay Line"), name="Telephony")
    Service.objects.create(vendor=vendor, name="Menu card", mission_critical=False)
    plan_of(cast.assessor, other, stops=(Stop(department=cast.department.pk),))
    client = client_of(cast.reader)

    def found(query: str) -> list[str]:
        return [row.service.name for row, _state in client.get(f"/emergencies/?q={query}").context["rows"]]

    assert found("") == ["Patient record", "Telephony"]
    assert found("patient") == ["Patient record"]
    assert found("QUAY") == ["Telephony"]
    assert found("procure") == ["Telephony"]
    assert found("nothing") == []


def test_the_list_counts_what_was_checked_this_half_year_and_names_the_rest(cast: Cast, vendor: Vendor) -> None:
    today = timezone.localdate()
    ages = {"Fresh": 3, "Old": 250, "Never": None, "None": "no plan"}
    for name, age in ages.items():
        row = Service.objects.create(vendor=vendor, name=name)
        if age == "no plan":
            continue
        plan = plan_of(cast.assessor, row)
        day = today - timedelta(days=age) if isinstance(age, int) else None
        EmergencyPlan.objects.filter(pk=plan.pk).update(checked_on=day)
    client = client_of(cast.reader)
    page = client.get("/emergencies/")
    assert "Mission-critical services with a plan that was checked this half year: 1 of 4." in text_of(page)
    for state, names in {
        "to_see_to": ["Never", "None", "Old"],
        "no_plan": ["None"],
        "never": ["Never"],
        "overdue": ["Old"],
    }.items():
        assert [row.service.name for row, _state in client.get(f"/emergencies/?state={state}").context["rows"]] == names


def test_the_list_costs_the_same_queries_however_many_services_it_has(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.reader)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get("/emergencies/")
        return len(counted)

    def add(number: int) -> None:
        row = Service.objects.create(vendor=make_vendor(cast.organisation, f"Vendor {number}"), name=f"S {number}")
        contact = Contact.objects.create(vendor=row.vendor, name="Desk", phone="112")
        plan_of(cast.assessor, row, calls=(Call(contact=contact.pk),), stops=(Stop(department=cast.department.pk),))

    add(0)
    few = queries()
    for number in range(1, 6):
        add(number)
    assert queries() == few


# Writing -----------------------------------------------------------------------------------------------------------
def test_a_plan_is_written_in_one_form_and_its_calls_stand_in_the_order_of_their_places(
    cast: Cast, service: Service, contact: Contact
) -> None:
    client = client_of(cast.assessor)
    rows = [{"name": "Second", "phone": "2", "ORDER": 2}, {"contact": contact.pk, "ORDER": 1}, {"ORDER": 3}]
    stops = [{"department": cast.department.pk, "what_stops": "Orders", "told_by": "Reader"}, {}]
    response = client.post(
        url(service, "emergency_edit"),
        sent(rows, stops, at_hand="The contract number", owner=cast.reader.user_id),
    )
    assert response.status_code == 302, response.context["sheet"].errors
    plan = EmergencyPlan.objects.get()
    assert [str(call) for call in plan.calls.all()] == ["Harbour Desk", "Second"]
    assert [(row.department, row.what_stops) for row in plan.affected.all()] == [(cast.department, "Orders")]
    assert (plan.at_hand, plan.owner, plan.version) == ("The contract number", cast.reader.user, 1)
    entry = AuditEntry.objects.get(verb="emergency.written")
    assert entry.after["calls"] == ["Harbour Desk", "Second · 2"]
    assert entry.vendor_ref == service.vendor_id


def test_the_form_begins_with_what_the_register_knows(cast: Cast, service: Service, contact: Contact) -> None:
    service.department = cast.department
    service.save()
    sheet = client_of(cast.assessor).get(url(service, "emergency_edit")).context["sheet"]
    assert sheet.calls.forms[0]["contact"].value() == contact.pk
    assert sheet.stops.forms[0]["department"].value() == cast.department.pk
    assert sheet.stops.forms[0]["what_stops"].value() == "Nobody sees allergies."


@pytest.mark.parametrize(
    ("rows", "stops", "why"),
    [
        ([{"phone": "112"}], [], "Choose a contact, or write who is called."),
        ([], [{"what_stops": "Orders"}], "Choose the department, or empty the row."),
    ],
)
def test_a_row_that_says_half_is_asked_for_the_rest(
    cast: Cast, service: Service, rows: list[dict[str, Any]], stops: list[dict[str, Any]], why: str
) -> None:
    response = client_of(cast.assessor).post(url(service, "emergency_edit"), sent(rows, stops))
    assert response.context["sheet"].errors == [[why]]
    assert why in text_of(response)
    assert not EmergencyPlan.objects.exists()


def test_a_department_stands_still_once(cast: Cast, service: Service) -> None:
    twice = [{"department": cast.department.pk}, {"department": cast.department.pk, "what_stops": "x"}]
    response = client_of(cast.assessor).post(url(service, "emergency_edit"), sent([], twice))
    assert "This department has a row already: put both into one." in text_of(response)


def test_a_row_is_taken_out_whatever_is_wrong_in_it(cast: Cast, service: Service) -> None:
    rows = [{"name": "Kept"}, {"phone": "112", "DELETE": "on"}]
    response = client_of(cast.assessor).post(url(service, "emergency_edit"), sent(rows))
    assert response.status_code == 302
    assert [call.name for call in EmergencyCall.objects.all()] == ["Kept"]


def test_putting_rows_in_order_keeps_all_that_was_typed_and_saves_nothing(cast: Cast, service: Service) -> None:
    rows = [{"name": "B", "ORDER": 2}, {"name": "A", "ORDER": 1}, {"name": "out", "DELETE": "on"}]
    response = client_of(cast.assessor).post(
        url(service, "emergency_edit"), sent(rows, [{"what_stops": "half"}], at_hand="typed", show="calls")
    )
    sheet = response.context["sheet"]
    assert [form["name"].value() for form in sheet.calls] == ["A", "B", None]
    assert sheet.stops.forms[0]["what_stops"].value() == "half"
    assert sheet.plan["at_hand"].value() == "typed"
    assert "Nothing is saved yet." in text_of(response)
    assert not EmergencyPlan.objects.exists()


def test_of_two_who_write_the_second_reads_both_and_loses_nothing(cast: Cast, service: Service) -> None:
    plan_of(cast.colleague, service, at_hand="theirs", calls=(Call(name="Their man", phone="1"),))
    client = client_of(cast.assessor)
    typed = sent([{"name": "My man", "phone": "2"}], at_hand="mine")
    response = client.post(url(service, "emergency_edit"), typed)
    assert response.status_code == 409
    page = text_of(response)
    assert "My man · 2" in page and "Their man · 1" in page
    assert response.context["sheet"].plan["at_hand"].value() == "mine"
    assert EmergencyPlan.objects.get().at_hand == "theirs"
    client.post(url(service, "emergency_edit"), typed | {"version": response.context["sheet"].plan["version"].value()})
    assert EmergencyPlan.objects.get().at_hand == "mine"


def test_what_is_wanted_already_is_no_change(cast: Cast, service: Service) -> None:
    wanted = Wanted(at_hand="number", calls=(Call(name="Desk"),))
    writing.write(cast.assessor, service, wanted, version=0, now=timezone.now())
    again = writing.write(cast.assessor, service, wanted, version=1, now=timezone.now())
    assert again.version == 1
    assert AuditEntry.objects.filter(verb__startswith="emergency.").count() == 1


def test_a_reader_reads_and_does_not_write(cast: Cast, service: Service) -> None:
    client = client_of(cast.reader)
    assert client.get(url(service)).status_code == 200
    assert client.get(url(service, "emergency_edit")).status_code == 403


def test_contacts_and_departments_are_those_of_the_organisation(cast: Cast, service: Service) -> None:
    away = make_vendor(cast.other_organisation, "Away")
    foreign = Contact.objects.create(vendor=away, name="Foreign")
    ward = Department.objects.create(organisation=cast.other_organisation, name="Away ward")
    response = client_of(cast.assessor).post(
        url(service, "emergency_edit"),
        sent([{"contact": foreign.pk}], [{"department": ward.pk}], owner=cast.stranger.user_id),
    )
    assert response.status_code == 200
    assert len(response.context["sheet"].errors) >= 3
    assert not EmergencyPlan.objects.exists()


# Going through it ----------------------------------------------------------------------------------------------------
def test_whoever_went_through_it_says_so_once_and_the_page_names_them(cast: Cast, service: Service) -> None:
    plan_of(cast.assessor, service, owner=cast.reader.user_id)
    client = client_of(cast.reader)
    response = client.post(url(service, "emergency_check"), {"note": "The desk answered after four minutes."})
    assert response.status_code == 302
    plan = EmergencyPlan.objects.get()
    assert (plan.checked_on, plan.checked_by, plan.version) == (timezone.localdate(), "Reader", 1)
    page = text_of(client.get(url(service)))
    assert "by Reader." in page
    assert "The desk answered after four minutes." in page
    assert AuditEntry.objects.get(verb="emergency.checked").after["found"] == "The desk answered after four minutes."


def test_whoever_only_reads_and_does_not_keep_it_true_signs_nothing(cast: Cast, service: Service) -> None:
    plan_of(cast.assessor, service)
    client = client_of(cast.reader)
    assert client.post(url(service, "emergency_check"), {"note": "All fine"}).status_code == 403
    assert "I went through it" not in text_of(client.get(url(service)))
    with pytest.raises(PermissionDenied):
        writing.check(cast.reader, service, note="", now=timezone.now())
    assert not PlanCheck.objects.exists()


def test_a_check_is_never_rewritten(cast: Cast, service: Service) -> None:
    plan_of(cast.assessor, service)
    done = writing.check(cast.colleague, service, note="", now=timezone.now())
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        PlanCheck.objects.filter(pk=done.pk).update(on=date(2030, 1, 1))


def test_nobody_goes_through_a_page_that_is_not_written(cast: Cast, service: Service) -> None:
    assert client_of(cast.reader).get(url(service, "emergency_check")).status_code == 404


def test_a_service_with_its_checked_plan_can_be_deleted(cast: Cast, service: Service) -> None:
    plan_of(cast.assessor, service)
    writing.check(cast.colleague, service, note="", now=timezone.now())
    client_of(cast.assessor).post(reverse("service_delete", args=[service.pk]))
    assert not PlanCheck.objects.exists()


# Who sees what -------------------------------------------------------------------------------------------------------
def test_whoever_still_judges_finds_the_numbers_and_not_what_they_are_asked_about(
    cast: Cast, service: Service, contact: Contact
) -> None:
    plan = plan_of(
        cast.assessor,
        service,
        calls=(Call(contact=contact.pk),),
        at_hand="Secret list",
        starts_by_itself="Secret alarm",
        senior_engineers="Secret hour",
    )
    writing.check(cast.colleague, service, note="Secret note", now=timezone.now())
    assessment = make_assessment(cast.assessor, vendor=service.vendor)
    client = client_of(cast.assessor)
    page = text_of(client.get(url(service)))
    assert "+32 (0)2 555 12 34" in page
    assert "Secret" not in page
    assert "More opens once you have handed in your answers" in page
    for name in ("emergency_edit", "emergency_check"):
        assert client.get(url(service, name)).status_code == 302
    assert "Secret list" in text_of(client_of(cast.reader).get(url(service)))
    assessment.responses.update(submitted_at=timezone.now())
    assert "Secret list" in text_of(client.get(url(service)))
    assert assessment.state == AssessmentState.COLLECTING
    assert plan.version == 1


def test_a_stranger_finds_no_page(cast: Cast, service: Service) -> None:
    plan_of(cast.assessor, service)
    client = client_of(cast.stranger)
    for name in ("emergency_plan", "emergency_edit", "emergency_check", "emergency_paper", "emergency_calendar"):
        assert client.get(url(service, name)).status_code == 404, name


# Elsewhere -----------------------------------------------------------------------------------------------------------
def test_a_department_reads_what_it_stands_still_with(cast: Cast, service: Service) -> None:
    plan_of(cast.assessor, service, stops=(Stop(department=cast.department.pk, what_stops="No orders go out"),))
    client = client_of(cast.admin)
    page = text_of(client.get(reverse("department_edit", args=[cast.department.pk])))
    assert "It stands still when these break Patient record No orders go out" in page
    assert "stands still with 1 service" in text_of(client.get(reverse("member_list")))


def test_a_department_that_stands_still_is_renamed_and_not_deleted(cast: Cast, service: Service) -> None:
    ward = Department.objects.create(organisation=cast.organisation, name="Ward")
    plan_of(cast.assessor, service, stops=(Stop(department=ward.pk),))
    client_of(cast.admin).post(reverse("department_delete", args=[ward.pk]))
    assert Department.objects.filter(pk=ward.pk).exists()


def test_a_contact_says_on_which_pages_it_stands_before_it_is_deleted(
    cast: Cast, service: Service, contact: Contact
) -> None:
    plan_of(cast.assessor, service, calls=(Call(contact=contact.pk),))
    page = text_of(client_of(cast.assessor).get(reverse("contact_delete", args=[contact.pk])))
    assert "It stands on the page for when these break, and goes from there, too: Patient record." in page


def test_the_vendors_page_leads_there(cast: Cast, service: Service) -> None:
    page = client_of(cast.reader).get(service.vendor.get_absolute_url()).content.decode()
    assert url(service) in page


def test_one_who_keeps_a_page_true_and_left_stays_named_until_another_is_chosen(cast: Cast, service: Service) -> None:
    plan_of(cast.assessor, service, owner=cast.reader.user_id)
    cast.reader.is_active = False
    cast.reader.save()
    client = client_of(cast.assessor)
    sheet = client.get(url(service, "emergency_edit")).context["sheet"]
    assert sheet.plan["owner"].value() == cast.reader.user_id
    data = sent([], version=1, owner=cast.reader.user_id, at_hand="More")
    assert client.post(url(service, "emergency_edit"), data).status_code == 302
    assert EmergencyPlan.objects.get().owner == cast.reader.user


def test_the_form_costs_the_same_queries_however_many_rows_it_has(
    cast: Cast, service: Service, contact: Contact
) -> None:
    client = client_of(cast.assessor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get(url(service, "emergency_edit"))
        return len(counted)

    plan = plan_of(cast.assessor, service, calls=(Call(contact=contact.pk),))
    few = queries()
    wanted = Wanted(calls=tuple(Call(contact=contact.pk, when=str(number)) for number in range(9)))
    writing.write(cast.assessor, service, wanted, version=plan.version, now=timezone.now())
    assert queries() == few


def test_an_incident_leads_to_whom_to_call(cast: Cast, service: Service) -> None:
    incident = make_incident(service.vendor, service=service)
    assert url(service) in client_of(cast.reader).get(incident.get_absolute_url()).content.decode()
