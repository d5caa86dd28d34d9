"""An organisation with a little of much, and the archive of it."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.base import ContentFile
from django.db import connection, transaction

from accounts import immutable
from accounts.models import Invitation, Organisation, Role, new_token
from accounts.trail import audit
from assessments.models import Evidence
from reports.archives import leaving
from reports.archives.tables import LEFT_OUT, TABLES
from reports.board.facts import facts_of
from reports.documents.job import request_rendering
from reports.fact_sheets import keeping
from reports.models import Document, FactSheetKind, Rendering, RenderingState
from tests import factories
from tests.factories import NOW, Cast
from tests.reports import cards
from vendors.models import Contact, IncidentChange, ProofState, Service

RAW = "a text that nobody else has written"


def stocked(cast: Cast) -> None:
    """Two scorecards, a vendor with services, contacts and incidents, a proof, files, frozen facts, a document."""
    card = cards.approved(cast)
    vendor = card.assessment.vendor
    contact = Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@example.com")
    gone = factories.make_vendor(cast.organisation, "Gone Systems")
    with transaction.atomic():
        audit.record(cast.assessor.user, "vendor.added", gone, after={"name": RAW, "department": cast.department.pk})
    gone.delete()
    service = Service.objects.create(vendor=vendor, name="Records", department=cast.department)
    upload = factories.make_file(cast.assessor, options={"vendor": vendor.pk, "vendors": {"X": {"vendor": vendor.pk}}})
    incident = factories.make_incident(vendor, opened=NOW - timedelta(days=2), service=service, created_in=upload)
    before = {"values": {"service_id": service.pk}, "changed_in": upload.pk, "vendor_id": vendor.pk, "edited_at": None}
    IncidentChange.objects.create(incident_import=upload, incident=incident, before=before)
    factories.make_proof(cast.assessor, incident, state=ProofState.ACCEPTED)
    factories.make_commitment(cast.assessor, vendor, agreed=True, contact=contact)
    factories.make_expectations(cast.admin)
    factories.make_contract(vendor, owner=cast.reader.user)
    answer = card.assessment.responses.get().answers.first()
    evidence = Evidence(answer=answer, name="proof.txt", size=9, sha256="0" * 64, uploaded_by=cast.assessor.user)
    evidence.uploaded_at = NOW
    evidence.file.save("proof.txt", ContentFile(b"It holds."))
    factories.make_connected(cast.admin)
    factories.make_token(cast.assessor)
    Invitation.objects.create(
        organisation=cast.organisation,
        email="new@example.org",
        role=Role.READER,
        invited_by=cast.admin.user,
        token_hash=new_token()[1],
        expires_at=NOW,
    )
    from django.http import QueryDict

    keeping.keep(cast.organisation, FactSheetKind.BOARD, facts_of(cast.reader, QueryDict()), now=NOW)
    rendering = request_rendering(card, language="en", requested_by=cast.reader.user)
    Rendering.objects.filter(pk=rendering.pk).update(state=RenderingState.READY, size=4, sha256="1" * 64)
    Document.objects.create(rendering=rendering, content=b"%PDF")


def archive_of(organisation: Organisation) -> bytes:
    stream = io.BytesIO()
    leaving.write(organisation, stream)
    return stream.getvalue()


def parts_of(archive: bytes) -> dict[str, Any]:
    with ZipFile(io.BytesIO(archive)) as found:
        parts: dict[str, Any] = json.loads(found.read("manifest.json"))["parts"]
    return parts


def rows_of(archive: bytes, table: str) -> list[dict[str, Any]]:
    with ZipFile(io.BytesIO(archive)) as found:
        return [json.loads(line) for line in found.read(f"tables/{table}.jsonl").splitlines()]


def with_entries(archive: bytes, **entries: bytes | None) -> bytes:
    """The archive with other contents of these entries; None: without it. Names are written with `__` for `/`."""
    changed = {name.replace("__", "/"): content for name, content in entries.items()}
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(archive)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = changed.pop(entry.filename, source.read(entry))
            if content is not None:
                target.writestr(entry.filename, content)
        for name, content in changed.items():
            if content is not None:
                target.writestr(name, content)
    return stream.getvalue()


def with_rows(archive: bytes, table: str, rows: list[Any]) -> bytes:
    """The archive with these rows in a table, and a manifest that agrees."""
    from reports.archives.manifest import Hashing

    text = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    hashing = Hashing()
    hashing.add(text)
    with ZipFile(io.BytesIO(archive)) as found:
        manifest = json.loads(found.read("manifest.json"))
    place = f"tables/{table}.jsonl"
    manifest["parts"][place] = {"rows": len(rows), "size": hashing.size, "sha256": hashing.digest.hexdigest()}
    return with_entries(archive, **{place: text, "manifest.json": json.dumps(manifest).encode()})


def emptied() -> None:
    """As in a new installation: no row is left, and none is guarded until all are gone."""
    from django.apps import apps

    immutable.remove_all()
    labels = {table.label for table in TABLES} | LEFT_OUT.keys() - {"auth.Permission", "contenttypes.ContentType"}
    with connection.cursor() as cursor:
        for label in sorted(labels):
            cursor.execute(f"DELETE FROM {apps.get_model(label)._meta.db_table}")  # noqa: S608 (names of ours)
    immutable.install_all()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
