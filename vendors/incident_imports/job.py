"""The row is the job: an import is claimed, reported on and ended by conditional UPDATEs alone."""

from __future__ import annotations

from accounts.models import Membership
from vendors.incident_imports.options import Options
from vendors.models import IncidentImport


class NotNow(Exception):  # noqa: N818 - said as what happened
    """The import is not in a state in which that can be done; the message says so, to people."""


def start_check(member: Membership, upload: IncidentImport, options: Options) -> IncidentImport:
    """Set the options and queue the dry run. OptionsRefused (options_check) where the options make no sense: messages
    by field; NotNow while it is worked on or after it was imported."""
    raise NotImplementedError


def start_import(member: Membership, upload: IncidentImport) -> IncidentImport:
    """Queue the writing of what was checked; NotNow unless it is checked."""
    raise NotImplementedError


def cancel(member: Membership, upload: IncidentImport) -> IncidentImport:
    """Stop at the next batch and take back what was written; NotNow when it has ended."""
    raise NotImplementedError


def undo(member: Membership, upload: IncidentImport) -> IncidentImport:
    """Queue the taking back of a whole import; NotNow unless it wrote something."""
    raise NotImplementedError
