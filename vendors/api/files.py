"""What is told of a file that is kept beside something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ninja import Schema

from vendors.models import ContractFile, FeedbackFile


class KeptFile(Schema):
    name: str
    content_type: str
    size: int
    sha256: str
    uploaded_at: datetime


def files_out(files: Iterable[ContractFile | FeedbackFile]) -> list[KeptFile]:
    return [
        KeptFile(
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            uploaded_at=file.uploaded_at,
        )
        for file in files
    ]
