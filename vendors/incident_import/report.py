"""What a check found and what became of an import, as JSON tells it: what the pages say, in the active language."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from vendors.incident_import import job
from vendors.incident_import.columns.options import Options
from vendors.incident_import.holding import answers, words
from vendors.incident_import.rows import matching
from vendors.incident_import.rows.problems import reason
from vendors.incident_import.summary import tables
from vendors.models import IncidentImport

PROBLEMS_SHOWN = 50


def report(upload: IncidentImport) -> dict[str, Any]:
    options = Options.from_data(upload.options)
    problems = list(upload.problems.all()[:PROBLEMS_SHOWN])
    return {
        "file": upload.file_name,
        "sha256": upload.sha256,
        "state": upload.state,
        "failure": job.failure_words(upload),
        "source": options.source,
        "columns": dict(options.columns),
        "dates": options.dates,
        "time_zone": options.time_zone,
        "critical": list(options.critical),
        "one_line_per_update": options.one_line_per_update,
        "rows": upload.rows_read,
        "counts": upload.counts,
        "holds": _holds(upload),
        "found": _found(upload),
        "problems": [
            {"line": row.line, "column": row.column, "value": row.value, "code": row.code, "reason": reason(row)}
            for row in problems
        ],
        "vendors_undecided": matching.undecided(upload) if upload.names else [],
    }


def _holds(upload: IncidentImport) -> dict[str, Any]:
    """`said` is empty until somebody has said it; `proposed`, where the file tells no moment."""
    evidence = answers.evidence_of(upload)
    proposal = answers.proposal_for(upload, evidence)
    if proposal is None:
        return {"said": dict(answers.said_by(upload)), "proposed": {}}
    agreed = answers.proposed_answer(proposal)
    proposed = {
        "selection": agreed.selection.value,
        "from": agreed.first.isoformat() if agreed.first else None,
        "to": agreed.last.isoformat() if agreed.last else None,
        "known_until": agreed.exported_on.isoformat(),
        "because": [*words.evidence_words(evidence, proposal), words.proposal_words(proposal)],
    }
    return {"said": dict(answers.said_by(upload)), "proposed": proposed}


def _found(upload: IncidentImport) -> dict[str, Any]:
    found = tables.found_in(upload)
    if found is None:
        return {}
    told = asdict(found)
    for row in told["vendors"]:
        row.update({name: value.isoformat() for name, value in row.items() if isinstance(value, datetime)})
    return {"incidents": found.incidents, "critical_incidents": found.critical_incidents, **told}
