"""The register: who may change it, what the database holds, what the trail keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEntry, Department
from tests.factories import NOW, Cast, make_assessment, make_vendor
from vendors.models import Contact, Service, Vendor
from vendors.register import changes as register

FILLED = {
    "name": "Example Systems",
    "reference": "V-1",
    "tier": "critical",
    "website": "systems.example",
    "country": "Belgium",
    "notes": "Everything\nhangs on it.",
}


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]


# Vendors ---------------------------------------------------------------------------------------------------------
def test_an_added_vendor_is_in_the_register_and_in_the_trail(cast: Cast, signed_in: Any) -> None:
    answer = signed_in(cast.assessor).post(reverse("vendor_add"), FILLED)
    vendor = Vendor.objects.get()
    assert answer.url == reverse("vendor_detail", args=[vendor.pk])
    assert vendor.organisation == cast.organisation
    assert vendor.website == "https://systems.example"
    assert verbs() == ["vendor.added"]
    assert last_entry().after["tier"] == "critical"


def test_the_department_that_orders_is_one_of_the_organisation(cast: Cast, signed_in: Any) -> None:
    elsewhere = Department.objects.create(organisation=cast.other_organisation, name="Elsewhere")
    client = signed_in(cast.assessor)

    refused = client.post(reverse("vendor_add"), {**FILLED, "department": elsewhere.pk})
    client.post(reverse("vendor_add"), {**FILLED, "department": cast.department.pk})

    assert "department" in refused.context["form"].errors
    vendor = Vendor.objects.get()
    assert vendor.department == cast.department
    page = client.get(reverse("vendor_detail", args=[vendor.pk])).content.decode()
    assert "Ordered by" in page
    assert "Procurement" in page


def test_a_vendor_without_a_name_is_refused_and_nothing_typed_is_lost(cast: Cast, signed_in: Any) -> None:
    answer = signed_in(cast.assessor).post(reverse("vendor_add"), {**FILLED, "name": " "})
    assert answer.status_code == 200
    assert "name" in answer.context["form"].errors
    assert "hangs on it." in answer.content.decode()
    assert not Vendor.objects.exists()


@pytest.mark.parametrize("name", ["Example Systems", "example SYSTEMS", " Example   Systems "])
def test_a_second_vendor_of_the_same_name_is_refused_at_its_field(cast: Cast, signed_in: Any, name: str) -> None:
    make_vendor(cast.organisation)
    answer = signed_in(cast.assessor).post(reverse("vendor_add"), {**FILLED, "name": name})
    assert "a vendor of this name already" in str(answer.context["form"].errors["name"])
    assert Vendor.objects.count() == 1


def test_an_archived_namesake_is_named_as_archived(cast: Cast, signed_in: Any) -> None:
    make_vendor(cast.organisation, archived_at=NOW)
    answer = signed_in(cast.assessor).post(reverse("vendor_add"), FILLED)
    assert "restore" in str(answer.context["form"].errors["name"])


def test_a_second_use_of_a_reference_is_refused_at_its_field(cast: Cast, signed_in: Any) -> None:
    make_vendor(cast.organisation, "Other", reference="V-1")
    answer = signed_in(cast.assessor).post(reverse("vendor_add"), FILLED)
    assert "reference" in answer.context["form"].errors


def test_two_organisations_may_know_the_same_vendor(cast: Cast, signed_in: Any) -> None:
    make_vendor(cast.other_organisation, reference="V-1")
    assert signed_in(cast.assessor).post(reverse("vendor_add"), FILLED).status_code == 302


@pytest.mark.parametrize("field", ["name", "reference"])
def test_a_race_for_a_name_ends_in_a_form_error(
    cast: Cast, signed_in: Any, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_vendor(cast.organisation, FILLED["name"] if field == "name" else "Other", reference=FILLED["reference"])
    if field == "name":
        Vendor.objects.update(reference="")
    monkeypatch.setattr("vendors.register.forms.VendorForm.clean_name", lambda form: form.cleaned_data["name"])
    monkeypatch.setattr(
        "vendors.register.forms.VendorForm.clean_reference", lambda form: form.cleaned_data["reference"]
    )
    answer = signed_in(cast.assessor).post(reverse("vendor_add"), FILLED)
    assert list(answer.context["form"].errors) == [field]
    assert Vendor.objects.count() == 1
    assert verbs() == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://systems.example", "not an address"])
def test_only_addresses_of_the_web_are_taken(cast: Cast, signed_in: Any, address: str) -> None:
    answer = signed_in(cast.assessor).post(reverse("vendor_add"), {**FILLED, "website": address})
    assert "website" in answer.context["form"].errors


def test_a_changed_vendor_leaves_before_and_after_of_what_differs(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation, tier="critical", reference="V-1")
    url = reverse("vendor_edit", args=[vendor.pk])
    signed_in(cast.assessor).post(url, {**FILLED, "tier": "standard", "website": "", "country": "", "notes": ""})
    assert verbs() == ["vendor.changed"]
    assert (last_entry().before, last_entry().after) == ({"tier": "critical"}, {"tier": "standard"})


def test_saving_without_a_change_leaves_no_entry(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation, **{**FILLED, "website": "https://systems.example"})
    as_browsers_send_it = {**FILLED, "notes": FILLED["notes"].replace("\n", "\r\n")}
    url = reverse("vendor_edit", args=[vendor.pk])
    assert signed_in(cast.assessor).post(url, as_browsers_send_it).status_code == 302
    assert verbs() == []


def test_what_a_colleague_changes_meanwhile_stays(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, country="Belgium")
    Vendor.objects.update(country="France")
    vendor.notes = "Mine"
    register.change_vendor(cast.assessor, vendor, changed=["notes"])
    vendor.refresh_from_db()
    assert (vendor.country, vendor.notes) == ("France", "Mine")


def test_an_archived_vendor_keeps_its_assessments_and_cannot_be_assessed(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    assessment = make_assessment(cast.assessor, vendor=vendor)
    client = signed_in(cast.assessor)
    assert "?" in client.get(reverse("vendor_archive", args=[vendor.pk])).content.decode()
    client.post(reverse("vendor_archive", args=[vendor.pk]))
    vendor.refresh_from_db()
    page = client.get(reverse("vendor_detail", args=[vendor.pk])).content.decode()
    assert vendor.archived_at is not None
    assert assessment.reference in page
    assert f"{reverse('assessment_add')}?vendor={vendor.pk}" not in page
    assert verbs() == ["vendor.archived"]


def test_archiving_twice_keeps_the_first_day_and_one_entry(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    register.archive_vendor(cast.assessor, vendor, now=NOW)
    register.archive_vendor(cast.assessor, vendor, now=NOW + timedelta(days=1))
    vendor.refresh_from_db()
    assert vendor.archived_at == NOW
    assert verbs() == ["vendor.archived"]


def test_a_restored_vendor_is_active_again(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation, archived_at=NOW)
    signed_in(cast.admin).post(reverse("vendor_restore", args=[vendor.pk]))
    assert Vendor.objects.active().filter(pk=vendor.pk).exists()
    assert verbs() == ["vendor.restored"]
    assert last_entry().before == {"archived_at": NOW.isoformat()}


def test_looking_at_a_confirmation_changes_nothing(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    service = Service.objects.create(vendor=vendor, name="Payroll")
    contact = Contact.objects.create(vendor=vendor, name="Demo")
    client = signed_in(cast.assessor)
    for route, pk in (("vendor_archive", vendor.pk), ("service_delete", service.pk), ("contact_delete", contact.pk)):
        assert client.get(reverse(route, args=[pk])).status_code == 200
    assert Vendor.objects.active().count() == Service.objects.count() == Contact.objects.count() == 1


# Services and contacts -------------------------------------------------------------------------------------------
def test_services_are_added_changed_and_deleted_with_a_trail(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    client = signed_in(cast.assessor)
    client.post(
        reverse("service_add", args=[vendor.pk]),
        {"name": "Payroll", "mission_critical": "yes", "department": cast.department.pk, "description": ""},
    )
    service = vendor.services.get()
    changed = {"name": "Pay", "mission_critical": "no", "department": cast.department.pk}
    client.post(reverse("service_edit", args=[service.pk]), changed)
    assert last_entry().before == {"mission_critical": True, "name": "Payroll"}
    assert (last_entry().subject_type, last_entry().subject_id) == ("vendors.vendor", str(vendor.pk))
    client.post(reverse("service_delete", args=[service.pk]))
    assert not vendor.services.exists()
    assert verbs() == ["service.added", "service.changed", "service.deleted"]
    assert last_entry().before["name"] == "Pay"


def test_whether_a_service_is_mission_critical_is_asked_and_never_presumed(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    client, url = signed_in(cast.assessor), reverse("service_add", args=[vendor.pk])

    assert client.get(url).context["form"]["mission_critical"].value() == ""
    refused = client.post(url, {"name": "Payroll"}).context["form"]
    assert refused.errors["mission_critical"] == ["Say whether it is mission-critical."]
    client.post(url, {"name": "Payroll", "mission_critical": "no"})
    service = vendor.services.get()
    assert service.mission_critical is False
    edited = client.get(reverse("service_edit", args=[service.pk])).context["form"]
    assert edited["mission_critical"].value() == "no"


def test_contacts_are_added_changed_and_deleted_with_a_trail(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    client = signed_in(cast.assessor)
    person = {"name": "Demo Person", "job": "", "email": "demo@vendor.example", "phone": "", "language": "nl"}
    client.post(reverse("contact_add", args=[vendor.pk]), person)
    contact = vendor.contacts.get()
    client.post(reverse("contact_edit", args=[contact.pk]), {**person, "job": "Head of support"})
    assert last_entry().after == {"job": "Head of support"}
    client.post(reverse("contact_delete", args=[contact.pk]))
    assert verbs() == ["contact.added", "contact.changed", "contact.deleted"]


def test_a_change_of_a_service_changes_its_vendor(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    Vendor.objects.update(updated_at=NOW)
    said = {"name": "Payroll", "mission_critical": "no"}
    signed_in(cast.assessor).post(reverse("service_add", args=[vendor.pk]), said)
    vendor.refresh_from_db()
    assert vendor.updated_at > NOW


def test_a_vendor_has_a_service_once_in_capitals_or_not(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    Service.objects.create(vendor=vendor, name="Payroll")
    answer = signed_in(cast.assessor).post(reverse("service_add", args=[vendor.pk]), {"name": "PAYROLL"})
    assert "name" in answer.context["form"].errors
    with pytest.raises(register.NameInUse):
        register.add_part(cast.assessor, Service(vendor=vendor, name="payroll"))


def test_a_service_cannot_name_a_department_of_another_organisation(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.other_organisation)
    answer = signed_in(cast.stranger).post(
        reverse("service_add", args=[vendor.pk]), {"name": "Payroll", "department": cast.department.pk}
    )
    assert "department" in answer.context["form"].errors


# Who may ---------------------------------------------------------------------------------------------------------
def routes_of_a_vendor(cast: Cast) -> list[str]:
    vendor = make_vendor(cast.organisation)
    service = Service.objects.create(vendor=vendor, name="Payroll")
    contact = Contact.objects.create(vendor=vendor, name="Demo")
    of_vendor = ("vendor_edit", "vendor_archive", "vendor_restore", "service_add", "contact_add")
    return [
        *(reverse(route, args=[vendor.pk]) for route in of_vendor),
        *(reverse(route, args=[service.pk]) for route in ("service_edit", "service_delete")),
        *(reverse(route, args=[contact.pk]) for route in ("contact_edit", "contact_delete")),
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_no_vendor(cast: Cast, signed_in: Any, method: str) -> None:
    urls = [*routes_of_a_vendor(cast), reverse("vendor_detail", args=[Vendor.objects.get().pk])]
    client = signed_in(cast.stranger)
    found = {url: getattr(client, method)(url).status_code for url in urls if method == "get" or "edit" in url}
    assert set(found.values()) == {404}
    assert Vendor.objects.active().count() == 1


def test_a_reader_sees_vendors_and_changes_none(cast: Cast, signed_in: Any) -> None:
    urls = [*routes_of_a_vendor(cast), reverse("vendor_add")]
    client = signed_in(cast.reader)
    assert {client.post(url).status_code for url in urls} == {403}
    vendor = Vendor.objects.get()
    page = client.get(reverse("vendor_detail", args=[vendor.pk]))
    assert page.status_code == 200
    assert not any(url in page.content.decode() for url in urls)


def test_the_list_and_the_detail_show_only_ones_own(cast: Cast, signed_in: Any) -> None:
    make_vendor(cast.other_organisation, "Their Secret Vendor")
    make_vendor(cast.organisation, "Our Vendor")
    page = signed_in(cast.reader).get(reverse("vendor_list")).content.decode()
    assert "Our Vendor" in page
    assert "Their Secret Vendor" not in page


def test_the_primary_action_is_for_those_who_may_assess(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    link = f"{reverse('assessment_add')}?vendor={vendor.pk}"
    url = reverse("vendor_detail", args=[vendor.pk])
    assert link in signed_in(cast.assessor).get(url).content.decode()
    assert link not in signed_in(cast.admin).get(url).content.decode()


def test_names_that_look_like_markup_are_shown_as_text(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation, "<script>alert(1)</script>", notes="<b>bold</b>")
    client = signed_in(cast.assessor)
    for url in (reverse("vendor_list"), reverse("vendor_detail", args=[vendor.pk])):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<b>bold" not in page


# What the database holds -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fields",
    [
        {"name": "EXAMPLE systems"},
        {"name": "Other", "reference": "V-1"},
        {"name": "Other", "tier": "vital"},
        {"name": ""},
    ],
    ids=["vendor_name_once_per_organisation", "vendor_reference_once", "vendor_tier_known", "vendor_has_a_name"],
)
def test_the_database_refuses_what_the_forms_would(cast: Cast, fields: dict[str, str]) -> None:
    make_vendor(cast.organisation, reference="V-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_vendor(cast.organisation, **fields)


def test_the_database_allows_many_vendors_without_a_reference(cast: Cast) -> None:
    make_vendor(cast.organisation, "One")
    make_vendor(cast.organisation, "Two")
    assert Vendor.objects.filter(reference="").count() == 2


def test_other_faults_than_a_taken_name_are_not_taken_for_one(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        register.add_vendor(cast.assessor, Vendor(name="Example", tier="vital"))
