"""How files of one kind are read, kept for next month."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import Membership
from vendors.models import ImportMapping, IncidentImport


def save_mapping(member: Membership, name: str, upload: IncidentImport) -> ImportMapping:
    """Keep the options of `upload` under `name`; those of that name are replaced."""
    raise NotImplementedError


def mapping_for(member: Membership, header: Sequence[str]) -> ImportMapping | None:
    """The mapping made for the same headings, the last used one first."""
    raise NotImplementedError


def options_of(mapping: ImportMapping) -> dict[str, object]:
    raise NotImplementedError
