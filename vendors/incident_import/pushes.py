"""What systems push, for those who let it in from outside."""

from vendors.incident_import.columns.presets import all_presets
from vendors.incident_import.forms import SourceForm
from vendors.incident_import.pushing.claims import Claim, ClaimRefused, Known, heartbeat, known_of
from vendors.incident_import.pushing.naming import Candidate, UnknownServices, as_uuid
from vendors.incident_import.pushing.pushing import (
    MOST,
    Push,
    Pushed,
    PushOutcome,
    PushRefused,
    RowFault,
    RowTold,
    push,
)
from vendors.incident_import.pushing.reading import Said, reference_of
from vendors.incident_import.sources import declare, is_key

__all__ = [
    "MOST",
    "Candidate",
    "Claim",
    "ClaimRefused",
    "Known",
    "Push",
    "PushOutcome",
    "PushRefused",
    "Pushed",
    "RowFault",
    "RowTold",
    "Said",
    "SourceForm",
    "UnknownServices",
    "all_presets",
    "as_uuid",
    "declare",
    "heartbeat",
    "is_key",
    "known_of",
    "push",
    "reference_of",
]
