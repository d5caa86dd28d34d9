"""An organisation's settings and departments; working in several organisations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.members import organisations
from accounts.members.changes import MembershipError
from accounts.models import AuditEntry, Department, Membership, Role
from tests.factories import NOW, Cast, make_assessment
from vendors.models import Service

SignedIn = Callable[..., Client]


def test_self_approval_is_switched_on_and_recorded(cast: Cast, signed_in: SignedIn) -> None:
    response = signed_in(cast.admin).post(
        reverse("organisation_edit"),
        {
            "name": "Harbour Hospital",
            "language": "en",
            "repeat_days": "90",
            "allow_self_approval": "on",
            "asks_supplementary": "on",
        },
    )

    assert response.status_code == 302
    cast.organisation.refresh_from_db()
    assert cast.organisation.allow_self_approval
    entry = AuditEntry.objects.get(verb="organisation.changed")
    assert (entry.before, entry.after) == ({"allow_self_approval": False}, {"allow_self_approval": True})


def test_saving_the_settings_as_they_are_records_nothing(cast: Cast) -> None:
    as_they_are = {"name": "Harbour Hospital", "language": "en", "repeat_days": 90, "allow_self_approval": False}
    more = {"ask_after_incidents": False, "ask_for_proofs": False, "asks_supplementary": True}
    organisations.change(cast.admin, **as_they_are, **more, now=NOW)

    assert not AuditEntry.objects.exists()


def test_asking_by_itself_begins_when_it_is_switched_on_and_stays_so(cast: Cast, signed_in: SignedIn) -> None:
    client, said = signed_in(cast.admin), {"name": "Harbour Hospital", "language": "en", "repeat_days": "90"}
    assert not client.get(reverse("organisation_edit")).context["form"]["ask_after_incidents"].value()

    client.post(reverse("organisation_edit"), {**said, "ask_after_incidents": "on"})
    cast.organisation.refresh_from_db()
    since = cast.organisation.asks_after_incidents_since
    assert since is not None
    assert client.get(reverse("organisation_edit")).context["form"]["ask_after_incidents"].value()

    client.post(reverse("organisation_edit"), {**said, "ask_after_incidents": "on"})
    cast.organisation.refresh_from_db()
    assert cast.organisation.asks_after_incidents_since == since

    client.post(reverse("organisation_edit"), said)
    cast.organisation.refresh_from_db()
    assert cast.organisation.asks_after_incidents_since is None
    assert AuditEntry.objects.filter(verb="organisation.changed").count() == 2


def test_a_department_is_added_renamed_and_deleted_with_a_trail(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)

    client.post(reverse("department_add"), {"name": "Radiology"})
    department = Department.objects.get(name="Radiology")
    client.post(reverse("department_edit", args=[department.pk]), {"name": "Imaging"})
    client.post(reverse("department_delete", args=[department.pk]))

    assert not Department.objects.filter(name__in=("Radiology", "Imaging")).exists()
    trail = AuditEntry.objects.order_by("pk").values_list("verb", "before", "after")
    assert list(trail) == [
        ("department.added", {}, {"name": "Radiology"}),
        ("department.changed", {"name": "Radiology"}, {"name": "Imaging"}),
        ("department.deleted", {"name": "Imaging"}, {}),
    ]


def test_a_department_that_runs_the_it_is_marked_so_and_told(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)

    client.post(reverse("department_add"), {"name": "Operations", "is_it": "on"})
    department = Department.objects.get(name="Operations")
    assert department.is_it
    assert '<span class="tag">IT</span>' in client.get(reverse("member_list")).content.decode()

    client.post(reverse("department_edit", args=[department.pk]), {"name": "Operations"})

    department.refresh_from_db()
    assert not department.is_it
    assert AuditEntry.objects.get(verb="department.changed").before == {"is_it": True}


def test_two_departments_of_one_name_are_refused_on_the_page(cast: Cast, signed_in: SignedIn) -> None:
    response = signed_in(cast.admin).post(reverse("department_add"), {"name": "PROCUREMENT"})

    assert "There is a department of this name already." in response.content.decode()
    assert not AuditEntry.objects.exists()


def test_members_of_a_deleted_department_stay(cast: Cast) -> None:
    organisations.delete_department(cast.admin, cast.department)

    cast.assessor.refresh_from_db()
    assert cast.assessor.department is None
    assert cast.assessor.is_active


@pytest.mark.parametrize("used_by", ["response", "service"])
def test_a_department_that_a_score_or_a_service_names_is_not_deleted(cast: Cast, used_by: str) -> None:
    assessment = make_assessment(cast.assessor)
    if used_by == "service":
        assessment.responses.update(department=None)
        Service.objects.create(vendor=assessment.vendor, name="Records", department=cast.department)

    with pytest.raises(MembershipError):
        organisations.delete_department(cast.admin, cast.department)

    assert Department.objects.filter(pk=cast.department.pk).exists()


def test_switching_to_another_own_organisation(cast: Cast, signed_in: SignedIn) -> None:
    Membership.objects.create(user=cast.reader.user, organisation=cast.other_organisation, role=Role.ADMIN)
    client = signed_in(cast.reader)

    response = client.post(reverse("organisation_switch"), {"organisation": cast.other_organisation.pk})

    assert response["Location"] == reverse("work")
    assert client.get(reverse("work")).context["member"].organisation == cast.other_organisation
    assert client.get(reverse("member_list")).status_code == 200  # administrator there, reader at home


@pytest.mark.parametrize("chosen", ["other", "0", "", "x"])
def test_switching_elsewhere_is_not_found(cast: Cast, signed_in: SignedIn, chosen: str) -> None:
    value = str(cast.other_organisation.pk) if chosen == "other" else chosen
    client = signed_in(cast.reader)

    assert client.post(reverse("organisation_switch"), {"organisation": value}).status_code == 404
    assert client.get(reverse("work")).context["member"].organisation == cast.organisation


def test_a_closed_membership_is_no_choice(cast: Cast, signed_in: SignedIn) -> None:
    Membership.objects.create(
        user=cast.reader.user, organisation=cast.other_organisation, role=Role.ADMIN, is_active=False
    )

    response = signed_in(cast.reader).post(reverse("organisation_switch"), {"organisation": cast.other_organisation.pk})

    assert response.status_code == 404


def test_proofs_are_asked_for_by_itself_from_the_moment_it_is_switched_on(cast: Cast, signed_in: SignedIn) -> None:
    client, said = signed_in(cast.admin), {"name": "Harbour Hospital", "language": "en", "repeat_days": 90}
    client.post(reverse("organisation_edit"), {**said, "ask_for_proofs": "on"})
    cast.organisation.refresh_from_db()
    since = cast.organisation.asks_for_proofs_since
    assert since is not None and cast.organisation.asks_after_incidents_since is None

    client.post(reverse("organisation_edit"), {**said, "ask_for_proofs": "on"})
    cast.organisation.refresh_from_db()
    assert cast.organisation.asks_for_proofs_since == since

    client.post(reverse("organisation_edit"), said)
    cast.organisation.refresh_from_db()
    assert cast.organisation.asks_for_proofs_since is None
