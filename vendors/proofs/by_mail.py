"""What came by mail: typed or attached by a member, and handed in for the vendor, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import Membership
from vendors.models import CauseProof
from vendors.proofs import evidence, saving, transitions
from vendors.proofs.complete import Considered
from vendors.proofs.transitions import CHANGED, NotPossible


@transaction.atomic
def hand_in(
    member: Membership,
    proof: CauseProof,
    *,
    texts: Mapping[str, str],
    others: Iterable[Considered],
    files: Iterable[UploadedFile],
    received_on: date,
    version: int,
    now: datetime,
) -> CauseProof:
    """In the place of what the vendor may have begun to write by its link. NotPossible where something is missing or
    somebody changed it since `version`, AttachmentError for a file that is not kept: then nothing is."""
    row = CauseProof.objects.select_for_update(of=("self",)).get(pk=proof.pk)
    if row.version != version:
        raise NotPossible(CHANGED)
    evidence.add_files(member, row, files, now=now)
    for field, text in texts.items():
        saving.save_text(member, row, field, text, version, seen=str(getattr(row, field)), now=now)
    saving.save_other_causes(member, row, others, version, seen=saving.considered(row), now=now)
    return transitions.hand_in(member, row, received_on=received_on, now=now)
