"""The whole way of files between hosts that share no folder: web, a worker with data of its own, a store between."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from assessments.models import Evidence
from assessments.questionnaire.evidence import delete_evidence
from assessments.questionnaire.forms import prefix_of
from groundwork.storage import forget_strays
from reports.archives import arriving, wishes
from reports.documents.job import request_rendering
from tests.factories import Cast, make_assessment, make_vendor
from tests.object_store import Store
from tests.reports.archives.stock import files_in
from tests.reports.renderings import make_scorecard
from tests.reports.servers import wait_until
from tests.reports.workers import Workshop
from tests.vendors.incident_import.files import options_for
from vendors.incident_import import files, job
from vendors.models import ImportState

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = b"Number;Opened\nINC1;13/01/2026 09:00\n"
COLUMNS = {"reference": "Number", "opened": "Opened"}


@pytest.fixture
def elsewhere(embedded_shape: Workshop, store: Store, tmp_path: Path) -> Workshop:
    """A worker on another host: it has the database, the broker and the store, and no folder of the web's."""
    embedded_shape.data_dir = tmp_path / "another-host"
    embedded_shape.settings = store.environment
    return embedded_shape


def ends(row: Any, state: str, workshop: Workshop) -> None:
    def is_there() -> bool:
        row.refresh_from_db()
        return bool(row.state == state)

    wait_until(is_there, f"{row!r} is {state}", report=workshop.report)


def test_a_file_goes_from_the_web_to_a_worker_and_back_and_into_another_installation(
    elsewhere: Workshop, cast: Cast, signed_in: Callable[..., Client], store: Store, settings: Any
) -> None:
    elsewhere.start_workers()
    client = signed_in(cast.assessor)

    # What the web takes in, a worker reads.
    answer = make_assessment(cast.assessor).responses.get().answers.first()
    client.post(
        reverse("evidence_add", args=[answer.pk]),
        {f"{prefix_of(answer)}-evidence": SimpleUploadedFile("proof.txt", b"It holds.")},
    )
    evidence = Evidence.objects.get()
    vendor = make_vendor(cast.organisation, "Imported")
    upload = files.keep(cast.assessor, ContentFile(ROWS), "incidents.csv", timezone.now())
    job.start_check(cast.assessor, upload, options_for(vendor, columns=COLUMNS))
    ends(upload, ImportState.CHECKED, elsewhere)

    # What a worker makes, the web hands out.
    rendering = request_rendering(
        make_scorecard(cast.assessor, number="S-2026-009"), language="en", requested_by=cast.assessor.user
    )
    ends(rendering, "ready", elsewhere)
    export = wishes.ask(cast.admin, language="en")
    ends(export, "ready", elsewhere)
    fetched = signed_in(cast.admin).get(reverse("organisation_archive_download", args=[export.pk]))
    archive = b"".join(fetched)
    assert len(archive) == export.size
    with ZipFile(io.BytesIO(archive)) as parts:
        assert b"It holds." in [parts.read(name) for name in parts.namelist() if name.startswith("files/")]
    assert b"".join(signed_in(cast.assessor).get(reverse("evidence_download", args=[evidence.pk]))) == b"It holds."

    # It arrives elsewhere, and what is named stays where strays go.
    named = {str(row.file.name) for row in (evidence, upload, export)}
    Organisation.objects.filter(pk=cast.organisation.pk).update(slug="former")
    arriving.bring_in(io.BytesIO(archive))
    copy = Evidence.objects.exclude(pk=evidence.pk).get()
    with copy.file.open("rb") as file:
        assert file.read() == b"It holds."
    assert forget_strays(timezone.now() + timedelta(days=2)) == 0
    delete_evidence(evidence, author=cast.assessor.user)
    kept = {f"{store.prefix}/{name}" for name in named} - {f"{store.prefix}/{evidence.file.name}"}
    assert kept < set(store.names())
    assert not any(str(evidence.file.name) in key for key in store.names())

    # And no host has kept anything of it.
    assert elsewhere.data_dir
    for media in (Path(settings.MEDIA_ROOT), elsewhere.data_dir / "media"):
        assert files_in(media) == []
