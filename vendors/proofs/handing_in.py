"""A proof handed in at once, whole or not at all: what came by mail, typed or attached by a member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import Membership
from vendors import facts_revision
from vendors.models import CauseProof, DeskLink
from vendors.proofs import evidence, saving, transitions
from vendors.proofs.complete import Considered
from vendors.proofs.transitions import CHANGED, NotPossible


@transaction.atomic
def hand_in(
    by: Membership | DeskLink,
    proof: CauseProof,
    *,
    texts: Mapping[str, str],
    others: Iterable[tuple[str, str]] = (),
    files: Iterable[UploadedFile] = (),
    received_on: date | None = None,
    version: int | None = None,
    now: datetime,
) -> CauseProof:
    """In the place of what the vendor may have begun to write by its link. `others`: another cause, and the fact that
    ruled it out. NotPossible where something is missing or somebody changed it since `version`, AttachmentError for a
    file that is not kept: then nothing is."""
    facts_revision.lock_vendors(proof.vendor_id)  # before the proof, as every change of state does
    row = CauseProof.objects.select_for_update(of=("self",)).get(pk=proof.pk)
    if version is not None and row.version != version:
        raise NotPossible(CHANGED)
    evidence.add_files(by, row, files, now=now)
    for field, text in texts.items():
        saving.save_text(by, row, field, text, row.version, seen=str(getattr(row, field)), now=now)
    rows = [Considered(cause=cause, ruled_out_by=fact) for cause, fact in others]
    saving.save_other_causes(by, row, rows, row.version, seen=saving.considered(row), now=now)
    return transitions.hand_in(by, row, received_on=received_on, now=now)
