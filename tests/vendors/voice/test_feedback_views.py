"""Saying how it went takes a face; the log is read by all, and changed by whoever wrote it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from tests.factories import Cast, make_feedback, make_incident, make_vendor
from vendors.models import Feedback, Service, Sla, Vendor
from vendors.voice import feedback

ADD = "/feedback/add/"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def initial(client: Client, query: str = "") -> dict[str, Any]:
    """What the form holds before anybody types."""
    form = client.get(f"{ADD}{query}").context["form"]
    return {name: form[name].value() for name in form.fields}


def sent(client: Client, query: str = "", **changes: Any) -> Any:
    """The form as it comes, with what somebody adds."""
    values = {name: "" if value is None else value for name, value in initial(client, query).items()}
    values.pop("evidence")
    values["said_on"] = str(values["said_on"])
    return client.post(f"{ADD}{query}", {**values, **changes})


def test_a_face_is_all_that_has_to_be_chosen(cast: Cast, vendor: Vendor) -> None:
    response = sent(client_of(cast.assessor), f"?vendor={vendor.pk}", feeling=2)

    kept = Feedback.objects.get()
    assert response["Location"] == f"/feedback/{kept.pk}/?thanks=1"
    assert (kept.vendor, kept.feeling, kept.sla, kept.kind) == (vendor, 2, Sla.UNKNOWN, "")
    assert (kept.name, kept.department, kept.said_on) == ("Assessor", cast.department, timezone.localdate())
    assert kept.created_by == cast.assessor.user


def test_how_one_was_kept_informed_is_said_and_stands_in_the_log(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.assessor)
    sent(client, f"?vendor={vendor.pk}", feeling=2, told_beforehand="no", workaround="partly", courteous="yes")
    kept = Feedback.objects.get()
    assert (kept.told_beforehand, kept.workaround, kept.courteous) == ("no", "partly", "yes")
    shown = " ".join(client.get("/feedback/").content.decode().split())
    assert "Told beforehand: no" in shown
    assert "A way round: partly" in shown
    assert client.get(f"/feedback/{kept.pk}/edit/").context["form"].shows_beside
    audited = AuditEntry.objects.get(verb="feedback.added")
    assert audited.after["told_beforehand"] == "no"


def test_thanks_lead_to_one_more_and_to_the_log(cast: Cast, vendor: Vendor) -> None:
    kept = make_feedback(vendor)

    page = client_of(cast.reader).get(f"/feedback/{kept.pk}/?thanks=1").content.decode()

    assert "Thank you" in page
    assert f"/feedback/add/?vendor={vendor.pk}" in page


def test_the_vendor_spoken_of_last_stands_there_already(cast: Cast, vendor: Vendor) -> None:
    make_vendor(cast.organisation, "Sample Works")
    client = client_of(cast.reader)
    assert initial(client)["vendor"] is None

    make_feedback(vendor, created_by=cast.reader.user)
    assert initial(client)["vendor"] == vendor.pk


def test_from_an_incident_its_vendor_service_and_service_level_are_known(cast: Cast, vendor: Vendor) -> None:
    service = Service.objects.create(vendor=vendor, name="Records")
    incident = make_incident(vendor, "INC-7", service=service, sla=Sla.MISSED)
    client = client_of(cast.reader)

    sent(client, f"?incident={incident.pk}", feeling=4)

    kept = Feedback.objects.get()
    assert (kept.incident, kept.vendor, kept.service, kept.sla) == (incident, vendor, service, Sla.MISSED)


def test_an_incident_is_found_by_its_reference_within_the_vendor(cast: Cast, vendor: Vendor) -> None:
    make_incident(make_vendor(cast.organisation, "Sample Works"), "INC-7", source="one")
    client = client_of(cast.reader)
    query = f"?vendor={vendor.pk}"

    refused = sent(client, query, feeling=4, incident_reference="INC-7")
    assert refused.context["form"].errors["incident_reference"] == ["This vendor has no incident with this reference."]
    assert refused.context["form"].shows_more

    mine = make_incident(vendor, "INC-7", sla=Sla.MET)
    sent(client, query, feeling=4, incident_reference=" inc-7 ")
    assert (Feedback.objects.get().incident, Feedback.objects.get().sla) == (mine, Sla.MET)


def test_of_one_reference_from_two_sources_the_incident_meant_stays(cast: Cast, vendor: Vendor) -> None:
    meant = make_incident(vendor, "INC-7", source="one")
    make_incident(vendor, "INC-7", source="two", opened=meant.opened_at + timedelta(days=1))

    sent(client_of(cast.reader), f"?incident={meant.pk}", feeling=4)

    assert Feedback.objects.get().incident == meant


def test_what_is_missing_is_said_beside_the_field(cast: Cast, vendor: Vendor) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)

    response = sent(client_of(cast.reader), said_on=tomorrow.isoformat(), name="")

    errors = response.context["form"].errors
    assert errors["feeling"] == ["Choose how it felt."]
    assert errors["vendor"] == ["Choose the vendor that it is about."]
    assert errors["said_on"] == ["Choose today or an earlier day."]
    assert "name" in errors
    assert not Feedback.objects.exists()


def test_another_organisations_vendor_service_and_incident_cannot_be_named(cast: Cast, vendor: Vendor) -> None:
    away = make_vendor(cast.other_organisation, "Meadow Systems")
    service = Service.objects.create(vendor=away, name="Meadow records")
    incident = make_incident(away, "M-1", title="Meadow stands still")
    client = client_of(cast.reader)

    for query in (f"?vendor={away.pk}", f"?incident={incident.pk}"):
        page = client.get(f"{ADD}{query}")
        assert "Meadow" not in page.content.decode()
        assert page.context["form"]["vendor"].value() is None
    response = sent(client, vendor=away.pk, feeling=3, service=service.pk, incident_reference="M-1")

    assert {"vendor", "service"} <= set(response.context["form"].errors)
    assert "Meadow" not in response.content.decode().replace('value="M-1"', "")


def test_evidence_is_kept_and_sent_as_an_attachment(cast: Cast, vendor: Vendor) -> None:
    client = client_of(cast.reader)
    sent(client, f"?vendor={vendor.pk}", feeling=1, evidence=SimpleUploadedFile("screen.txt", b"slow"))
    file = Feedback.objects.get().files.get()

    response = client_of(cast.approver).get(reverse("feedback_file_download", args=[file.pk]))

    assert b"".join(response.streaming_content) == b"slow"
    assert response["Content-Disposition"] == 'attachment; filename="screen.txt"'
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(cast: Cast, vendor: Vendor) -> None:
    program = SimpleUploadedFile("screen.png", b"MZ\x90\x00")

    response = sent(client_of(cast.reader), f"?vendor={vendor.pk}", feeling=1, evidence=program)

    assert "“screen.png”" in response.context["form"].errors["evidence"][0]
    assert not Feedback.objects.exists()


def test_a_missing_file_is_not_found(cast: Cast, vendor: Vendor) -> None:
    kept = feedback.add_feedback(
        cast.reader,
        Feedback(vendor=vendor, name="A", said_on=timezone.localdate(), feeling=1),
        [SimpleUploadedFile("a.txt", b"a")],
    )
    file = kept.files.get()
    file.file.storage.delete(file.file.name)

    assert client_of(cast.reader).get(reverse("feedback_file_download", args=[file.pk])).status_code == 404


def test_the_cause_is_added_later_by_whoever_wrote_it(cast: Cast, vendor: Vendor) -> None:
    kept = make_feedback(vendor, created_by=cast.reader.user, comment="Slow.")
    address = reverse("feedback_edit", args=[kept.pk])
    client = client_of(cast.reader)
    form = client.get(address).context["form"]
    values = {name: form[name].value() or "" for name in form.fields if name != "evidence"}

    response = client.post(address, {**values, "said_on": str(kept.said_on), "cause": "A full disk."})

    assert response["Location"] == kept.get_absolute_url()
    kept.refresh_from_db()
    assert (kept.cause, kept.comment) == ("A full disk.", "Slow.")


@pytest.mark.parametrize("route", ["feedback_edit", "feedback_delete"])
def test_a_colleague_changes_no_words_of_others(cast: Cast, vendor: Vendor, route: str) -> None:
    kept = make_feedback(vendor, created_by=cast.reader.user)
    address = reverse(route, args=[kept.pk])

    assert client_of(cast.approver).post(address).status_code == 403
    assert client_of(cast.stranger).post(address).status_code == 404
    assert Feedback.objects.filter(pk=kept.pk).exists()


def test_deleting_asks_first(cast: Cast, vendor: Vendor) -> None:
    kept = make_feedback(vendor, created_by=cast.reader.user)
    client, address = client_of(cast.reader), reverse("feedback_delete", args=[kept.pk])

    assert client.get(address).status_code == 200
    assert Feedback.objects.exists()
    client.post(address)
    assert not Feedback.objects.exists()


# The log --------------------------------------------------------------------------------------------------------
@pytest.fixture
def log(cast: Cast, vendor: Vendor) -> dict[str, Feedback]:
    service = Service.objects.create(vendor=vendor, name="Records")
    other = make_vendor(cast.organisation, "Sample Works")
    make_feedback(make_vendor(cast.other_organisation, "Meadow Systems"), name="Meadow")
    today = timezone.localdate()
    return {
        "slow": make_feedback(
            vendor, feeling=2, sla=Sla.MET, comment="Slow.", service=service, said_on=today, workaround="no"
        ),
        "kind": make_feedback(
            vendor,
            feeling=5,
            sla=Sla.MISSED,
            kind="praise",
            told_beforehand="no",
            workaround="partly",
            courteous="partly",
            department=cast.department,
            said_on=today - timedelta(days=40),
        ),
        "other": make_feedback(other, name="Robin", cause="A full disk.", said_on=today - timedelta(days=2)),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["slow", "other", "kind"]),
        ("?vendor={vendor}", ["slow", "kind"]),
        ("?vendor={vendor}&service={service}", ["slow"]),
        ("?feeling=5", ["kind"]),
        ("?sla=met", ["slow"]),
        ("?kind=praise", ["kind"]),
        ("?told=yes", ["kind"]),
        ("?told=no", ["slow"]),
        ("?told=unsaid", ["other"]),
        ("?courteous=partly", ["kind"]),
        ("?department={department}", ["kind"]),
        ("?since={last_week}", ["slow", "other"]),
        ("?until={last_week}", ["kind"]),
        ("?q=full+disk", ["other"]),
        ("?q=ROBIN", ["other"]),
        ("?vendor=x&feeling=9&since=soon", ["slow", "other", "kind"]),
        ("?vendor=99999999999999999999", ["slow", "other", "kind"]),
    ],
)
def test_the_log_is_newest_first_and_narrowed_down(
    cast: Cast, log: dict[str, Feedback], query: str, found: list[str]
) -> None:
    values = {
        "vendor": log["slow"].vendor_id,
        "service": log["slow"].service_id,
        "department": cast.department.pk,
        "last_week": timezone.localdate() - timedelta(days=7),
    }
    response = client_of(cast.reader).get(f"/feedback/{query.format(**values)}")

    assert [entry.feedback for entry in response.context["entries"]] == [log[name] for name in found]


def test_the_export_holds_what_the_list_shows_and_runs_no_formula(cast: Cast, log: dict[str, Feedback]) -> None:
    Feedback.objects.filter(pk=log["slow"].pk).update(comment="=1+1")

    response = client_of(cast.reader).get("/feedback/export/?sla=met")

    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert '"Told beforehand","A way round was offered","Courteous in tone"' in lines[0]
    assert '"No",""' in lines[1]
    assert "'=1+1" in lines[1]
    assert response["Content-Disposition"].startswith("attachment")


def test_an_empty_log_says_what_it_is_for(cast: Cast) -> None:
    page = client_of(cast.reader).get("/feedback/").content.decode()

    assert "Nobody has said anything yet" in page
    assert "Say how it went" in page


def test_the_vendors_page_shows_the_latest_and_how_many_felt_so(cast: Cast, log: dict[str, Feedback]) -> None:
    page = client_of(cast.reader).get(log["slow"].vendor.get_absolute_url()).content.decode()

    assert "Slow." in page
    assert f"/feedback/?vendor={log['slow'].vendor_id}&amp;feeling=2" in page
    assert "Robin" not in page


def test_markup_in_what_people_say_is_shown_as_text(cast: Cast, vendor: Vendor) -> None:
    kept = make_feedback(vendor, name="<b>A</b>", comment="<script>alert(1)</script>", cause="<i>")
    client = client_of(cast.reader)

    for address in ("/feedback/", kept.get_absolute_url(), vendor.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<b>A" not in page


@pytest.mark.parametrize("address", ["/feedback/", "/vendors/{vendor}/", "/incidents/{incident}/", "/feedback/export/"])
def test_one_entry_or_many_cost_the_same_queries(
    cast: Cast, vendor: Vendor, address: str, django_assert_num_queries: Any
) -> None:
    incident = make_incident(vendor)
    service = Service.objects.create(vendor=vendor, name="Records")
    client = client_of(cast.reader)
    address = address.format(vendor=vendor.pk, incident=incident.pk)

    def say(number: int) -> None:
        for _ in range(number):
            kept = Feedback(vendor=vendor, name="A", said_on=timezone.localdate(), feeling=2, incident=incident)
            kept.service, kept.department = service, cast.department
            feedback.add_feedback(cast.reader, kept, [SimpleUploadedFile("a.txt", b"a")])

    say(3)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    expected = len(few)
    say(4)
    client.get(address)  # what is kept by the counter of facts is computed anew once
    with django_assert_num_queries(expected):
        client.get(address)
