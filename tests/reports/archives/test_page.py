"""An administrator asks for the archive of the whole organisation, and nobody else does."""

from __future__ import annotations

import io

from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Membership
from assessments.models import Answer
from reports import tasks
from reports.models import Export, FileState
from tests.factories import PASSWORD, Cast, add_rater, make_assessment
from tests.reports.archives.stock import parts_of


def proven(client: Client, member: Membership) -> Client:
    """Signed in, and asked for the password a moment ago."""
    member.user.set_password(PASSWORD)
    member.user.save()
    client.force_login(member.user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_it_is_asked_for_written_and_fetched_once_more_in_the_trail(cast: Cast, client: Client) -> None:
    cast.admin.user.set_password(PASSWORD)
    cast.admin.user.save()
    client.force_login(cast.admin.user)
    assert reverse("account_reauthenticate") in client.post(reverse("organisation_archive_add"))["Location"]
    assert not Export.objects.exists()
    proven(client, cast.admin).post(reverse("organisation_archive_add"))
    client.post(reverse("organisation_archive_add"))
    export = Export.objects.get()  # one at a time
    tasks.write_export(export.pk)
    export.refresh_from_db()
    assert export.state == FileState.READY
    assert reverse("organisation_archive_download", args=[export.pk]) in client.get(
        reverse("organisation_archive")
    ).content.decode()  # fmt: skip
    response = client.get(reverse("organisation_archive_download", args=[export.pk]))
    archive = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert parts_of(archive)["tables/accounts.membership.jsonl"]["rows"] == 5
    assert io.BytesIO(archive).read(2) == b"PK"
    verbs = AuditEntry.objects.filter(object_type="reports.export").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["export.made", "export.fetched"]


def test_whoever_still_rates_a_vendor_hands_in_first_also_for_a_file_made_earlier(cast: Cast, client: Client) -> None:
    proven(client, cast.admin).post(reverse("organisation_archive_add"))
    export = Export.objects.get()
    tasks.write_export(export.pk)
    add_rater(make_assessment(cast.assessor), cast.admin)
    assert Answer.objects.exists()
    response = client.get(reverse("organisation_archive_download", args=[export.pk]), follow=True)
    assert "Hand in your own answers" in response.content.decode()
    client.post(reverse("organisation_archive_add"))
    assert Export.objects.count() == 1


def test_nobody_but_who_asked_fetches_it_and_no_other_organisation_knows_of_it(cast: Cast, client: Client) -> None:
    proven(client, cast.admin).post(reverse("organisation_archive_add"))
    address = reverse("organisation_archive_download", args=[Export.objects.get().pk])
    for member, status in ((cast.reader, 403), (cast.stranger, 403)):
        assert proven(client, member).get(address).status_code == status
    Membership.objects.filter(pk=cast.stranger.pk).update(role="admin")
    assert proven(client, cast.stranger).get(address).status_code == 404
    Membership.objects.filter(pk=cast.colleague.pk).update(role="admin")
    assert proven(client, cast.colleague).get(address).status_code == 403
    Membership.objects.filter(pk=cast.admin.pk).update(role="reader")
    tasks.write_export(Export.objects.get().pk)
    assert Export.objects.get().failure == "left"
