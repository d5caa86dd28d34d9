"""Named people and trainings on a vendor's page: written down, corrected, taken away, kept from who still judges."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from assessments.findings.on_record import on_record
from assessments.findings.panel import section
from assessments.lifecycle import transitions
from assessments.secrecy import readable_entries
from tests.factories import Cast, make_assessment, make_notice, make_vendor
from vendors.care import changes
from vendors.models import Contact, Service, SupportPerson, Training, Vendor

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def train(cast: Cast, vendor: Vendor, subject: str = "Secret keys", **fields: object) -> Training:
    return changes.keep_training(cast.admin, Training(vendor=vendor, held_on=TODAY, subject=subject, **fields))


def name(cast: Cast, vendor: Vendor, called: str = "Secret engineer", **fields: object) -> SupportPerson:
    return changes.keep_person(cast.admin, SupportPerson(vendor=vendor, name=called, **fields), services=[])


def test_a_person_is_named_and_the_page_warns_where_nobody_follows(cast: Cast, vendor: Vendor) -> None:
    records = Service.objects.create(vendor=vendor, name="Records")
    client, until = client_of(cast.assessor), TODAY + timedelta(days=20)
    sent = {"name": "Robin Example", "job": "Lead", "services": [records.pk], "until": until.isoformat()}

    response = client.post(reverse("support_person_add", args=[vendor.pk]), sent)

    assert response.status_code == 302, response.context["form"].errors
    page = text_of(client, vendor.get_absolute_url())
    assert "Robin Example Lead · Records · until" in page
    assert re.search(r"Nobody is named for the time after [^:]+: Records\.", page)
    name(cast, vendor, "Who follows")
    assert "Nobody is named for the time after" not in text_of(client, vendor.get_absolute_url())


def test_a_contact_gives_its_name_and_somebody_must_be_named(cast: Cast, vendor: Vendor) -> None:
    contact = Contact.objects.create(vendor=vendor, name="Camille Contact")
    client, url = client_of(cast.assessor), reverse("support_person_add", args=[vendor.pk])
    client.post(url, {"contact": contact.pk})
    assert SupportPerson.objects.get().name == "Camille Contact"
    assert client.post(url, {}).context["form"].errors["name"] == ["Say who it is, or choose a contact."]
    dates = {"name": "Robin", "since": "2026-03-02", "until": "2026-03-01"}
    assert client.post(url, dates).context["form"].errors["until"] == ["It ends before it begins: enter a later day."]


def test_a_training_is_noted_corrected_and_taken_away_with_its_trail(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.assessor)
    sent = {"held_on": TODAY.isoformat(), "subject": "First checks", "people": "6", "hours": "2.5"}
    client.post(reverse("training_add", args=[vendor.pk]), sent)
    row = Training.objects.get()
    assert "First checks" in text_of(client, vendor.get_absolute_url())
    client.post(reverse("training_edit", args=[row.pk]), sent | {"people": "7"})
    client.post(reverse("training_delete", args=[row.pk]))
    assert not Training.objects.exists()
    verbs = AuditEntry.objects.filter(verb__startswith="training").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["training.noted", "training.changed", "training.deleted"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"held_on": "2060-01-01"}, "held_on"), ({"subject": ""}, "subject"), ({"hours": "0"}, "hours")],
)
def test_what_cannot_be_is_refused_beside_its_field(
    cast: Cast, vendor: Vendor, changed: dict[str, str], field: str
) -> None:
    sent = {"held_on": TODAY.isoformat(), "subject": "First checks"} | changed
    response = client_of(cast.assessor).post(reverse("training_add", args=[vendor.pk]), sent)
    assert list(response.context["form"].errors) == [field]


def test_only_whoever_edits_vendors_writes(cast: Cast, vendor: Vendor) -> None:
    for member in (cast.reader, cast.stranger):
        with pytest.raises(PermissionDenied):
            changes.keep_training(member, Training(vendor=vendor, held_on=TODAY, subject="Keys"))


def test_whoever_still_judges_reads_nothing_of_it(cast: Cast, vendor: Vendor) -> None:
    training, person = train(cast, vendor), name(cast, vendor)
    make_notice(cast.admin, vendor)
    make_assessment(cast.assessor, vendor=vendor)
    client = client_of(cast.assessor)
    assert "Secret" not in text_of(client, vendor.get_absolute_url())
    for route, row in (("training_edit", training), ("support_person_edit", person), ("training_delete", training)):
        assert client.get(reverse(route, args=[row.pk])).status_code == 302
    told = AuditEntry.objects.filter(vendor_ref=vendor.pk, verb__regex="^(training|support_person|notice)")
    assert told.count() == 3
    assert not readable_entries(told, cast.assessor.user).exists()
    assert readable_entries(told, cast.admin.user).count() == 3


def test_beside_the_rules_stands_what_is_on_record_once_one_has_answered(cast: Cast, vendor: Vendor) -> None:
    train(cast, vendor, hours=3)
    name(cast, vendor, "Robin")
    make_notice(cast.admin, vendor)
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=3)
    before = section(assessment, cast.assessor)
    assert before is not None
    assert (before.is_withheld, before.on_record) == (True, {})

    transitions.hand_in(cast.assessor, assessment)
    after = section(assessment, cast.assessor)

    assert after is not None
    assert after.on_record == {
        "prevention": [
            "Of 1 change announced, 1 says which problems may come and what is done against them.",
            "Days of warning, the middle one of all: 10.",
        ],
        "consistency": [
            "Named for your support today: Robin (all services).",
            "1 training in the last twelve months, 3 hours as far as noted.",
        ],
    }
    page = text_of(client_of(cast.assessor), reverse("assessment_review", args=[assessment.pk]))
    assert page.count("What is on record of it") == 2
    assert "Named for your support today: Robin" in page


def test_queries_do_not_grow_with_people_and_trainings(cast: Cast, vendor: Vendor) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            on_record(vendor, now=timezone.now())
        return len(found)

    train(cast, vendor)
    name(cast, vendor)
    few = count()
    for number in range(3):
        train(cast, vendor, f"Keys {number}")
        name(cast, vendor, f"Engineer {number}")
    assert count() == few == 2
