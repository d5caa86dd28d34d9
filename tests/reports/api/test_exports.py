"""Exports for other systems: asked for, followed, fetched while they are kept."""

from __future__ import annotations

from hashlib import sha256
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.models import AuditEntry, Membership, Role, User
from accounts.operations import Scope
from reports.api.exports import READS
from reports.exports import job, worker
from reports.models import Export
from tests.factories import Cast, make_assessment, make_vendor
from tests.reports.api.asking import Asker, cost

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def body_of(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_an_export_is_asked_for_followed_and_fetched(cast: Cast) -> None:
    make_assessment(cast.assessor, grade=3)
    asker = Asker(cast.reader)
    with patch.object(job, "is_small", return_value=False):
        asked = asker.post("/exports", {"scope": "everything", "format": "json"})
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    place = asked["Location"].removeprefix("/api/v1")
    assert asker.get(place)["Retry-After"] == "2"
    early = asker.get(f"{place}/file")
    assert (early.status_code, early.json()["code"]) == (409, "refused")
    worker.write(Export.objects.get().pk)
    told = asker.get(place).json()
    assert (told["state"], told["is_kept"], told["rows"]["assessments"]) == ("ready", True, 1)
    answer = asker.get(f"{place}/file")
    content = body_of(answer)
    assert (answer["ETag"], sha256(content).hexdigest()) == (f'"{told["sha256"]}"', told["sha256"])
    assert b"A-2026-001" in content
    assert AuditEntry.objects.filter(verb="export.fetched", through="Ticket tool").count() == 1
    kept = asker.get(f"{place}/file", **{"If-None-Match": answer["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")
    Export.objects.update(file="", expires_at=timezone.now())
    gone = asker.get(f"{place}/file", **{"If-None-Match": answer["ETag"]})
    assert (gone.status_code, gone.json()["code"]) == (409, "refused")


def test_a_service_gets_its_own_exports_and_nobody_elses(cast: Cast) -> None:
    user = User.objects.create(email="nightly@example.org", name="Nightly", made_by=cast.admin.user)
    service = Membership.everybody.create(organisation=cast.organisation, user=user, role=Role.READER, is_service=True)
    asker = Asker(service)
    made = asker.post("/exports", {"format": "csv"}).json()
    assert made["state"] == "ready"  # small: at once
    assert body_of(asker.get(f"/exports/{made['uuid']}/file"))[:2] == b"PK"
    for other in (Asker(cast.reader), Asker(cast.stranger)):
        assert other.get("/exports").json()["items"] == []
        assert other.get(f"/exports/{made['uuid']}").status_code == 404
        assert other.get(f"/exports/{made['uuid']}/file").status_code == 404


@pytest.mark.parametrize("lacking", READS)
def test_a_token_reads_no_more_by_a_file_than_without_one(lacking: Scope, cast: Cast) -> None:
    whole = Asker(cast.reader)
    made = whole.post("/exports", {}).json()
    narrow = Asker(cast.reader, *(scope for scope in Scope if scope != lacking))
    for refused in (narrow.post("/exports", {}), narrow.get(f"/exports/{made['uuid']}/file")):
        assert refused.status_code == 403
        assert lacking in refused.json()["detail"]
    assert Export.objects.count() == 1
    assert whole.get(f"/exports/{made['uuid']}/file").status_code == 200


def test_one_is_given_up_and_the_list_is_narrowed(cast: Cast) -> None:
    asker = Asker(cast.reader)
    with patch.object(job, "is_small", return_value=False):
        waiting = asker.post("/exports", {"scope": "portfolio", "portfolio": {"tier": "critical"}}).json()
    assert Export.objects.get().filter == "tier=critical"
    assert asker.post(f"/exports/{waiting['uuid']}/cancel").json()["state"] == "cancelled"
    again = asker.post(f"/exports/{waiting['uuid']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "refused")
    paid = cost(asker, "/exports")
    asker.post("/exports", {})
    assert cost(asker, "/exports") == paid == 1
    for query, expected in {"state=cancelled": 1, "scope=portfolio": 1, "state=failed": 0}.items():
        assert len(asker.get(f"/exports?{query}").json()["items"]) == expected, query


def test_what_an_export_is_about_is_ours_and_in_its_place(cast: Cast) -> None:
    ours, theirs = make_vendor(cast.organisation), make_vendor(cast.other_organisation)
    asker = Asker(cast.reader)
    refused = {
        "/vendor": [{"scope": "vendor"}, {"scope": "vendor", "vendor": str(theirs.uuid)}, {"vendor": str(ours.uuid)}],
        "/assessment": [{"scope": "assessment", "assessment": str(ours.uuid)}],
        "/portfolio": [{"portfolio": {}}],
        "/portfolio/country": [{"scope": "portfolio", "portfolio": {"country": "Atlantis"}}],
        "/portfolio/colour": [{"scope": "portfolio", "portfolio": {"colour": "red"}}],
        "/scope": [{"scope": "person"}],
        "/format": [{"format": "archive"}],
    }
    for path, bodies in refused.items():
        for body in bodies:
            response = asker.post("/exports", body)
            assert (response.status_code, response.json()["errors"][0]["path"]) == (422, path), body
    assert asker.post("/exports", {"scope": "vendor", "vendor": str(ours.uuid)}).status_code == 202
    assert Export.objects.get().about == ours.pk
