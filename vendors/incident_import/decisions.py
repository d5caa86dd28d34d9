"""What only a person can decide about a file, with the numbers that speak for the one or the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from groundwork.words import number
from vendors.incident_import.columns.options import Options
from vendors.incident_import.logs import LogSigns, signs_of_log
from vendors.incident_import.looks import look_at
from vendors.incident_import.rows import values
from vendors.incident_import.sources import SourceSigns, signs_of_source
from vendors.incident_import.zeros import ZeroSigns, signs_of_zeros
from vendors.models import IncidentImport

REFERENCES = 500  # that are looked up


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What the first lines of a file say about what a person has to decide. None: nothing speaks for it."""

    log: LogSigns | None
    source: SourceSigns
    zeros: ZeroSigns | None


def signs_of(upload: IncidentImport, options: Options) -> Signs:
    """Under these options, as far as they make sense. ImportRefused where the file cannot be read."""
    look = look_at(upload, sheet=options.sheet)
    header, lines = look.header, [line.cells for line in look.rows]
    references = _cells(header, lines, options.columns.get("reference", ""))
    references = references[:: max(1, len(references) // REFERENCES)][:REFERENCES]  # in even steps
    told = [values.source(text) for text in _cells(header, lines, options.columns.get("origin", ""))]
    sources = {options.source, *(key for key in told if isinstance(key, str))}
    return Signs(
        log=signs_of_log(header, lines, options),
        source=signs_of_source(upload.organisation_id, header, references, options),
        zeros=signs_of_zeros(upload.organisation_id, sources, references),
    )


def _cells(header: Sequence[str], lines: Sequence[Sequence[str]], heading: str) -> list[str]:
    """The different texts in a column."""
    if heading not in header:
        return []
    place = header.index(heading)
    cells = dict.fromkeys(values.clean_cell(line[place]) for line in lines if place < len(line))
    return [text for text in cells if text]


def undecided(signs: Signs, options: Options) -> dict[str, str]:
    """Option → what a person is asked, with the numbers; empty where all is decided."""
    asked = {}
    if signs.log and options.one_line_per_update is None:
        asked["one_line_per_update"] = log_words(signs.log)
    if signs.zeros and not options.leading_zeros:
        asked["leading_zeros"] = zero_words(signs.zeros)
    if _is_new_beside_known(signs.source, options):
        asked["source"] = source_words(signs.source)
    return asked


def _is_new_beside_known(signs: SourceSigns, options: Options) -> bool:
    """A new source would be made, although many references are known; not where the rows tell their own."""
    if options.source_is_other or options.columns.get("origin"):
        return False
    return bool(signs.sharing) and options.source not in {one.key for one in signs.candidates}


def log_words(signs: LogSigns) -> str:
    words = _("References: %(references)s, in lines: %(lines)s. Is there a line for each update of an incident?")
    return words % {"references": number(signs.references), "lines": number(signs.lines)}


def zero_words(signs: ZeroSigns) -> str:
    words = _(
        "References that equal known ones but for zeros in front: %(alike)s of %(looked_at)s. For example “%(here)s” "
        "here, “%(was)s” before. Are they the same incidents?"
    )
    return words % {
        "alike": number(signs.alike),
        "looked_at": number(signs.looked_at),
        "here": signs.here,
        "was": signs.was,
    }


def source_words(signs: SourceSigns) -> str:
    most = signs.sharing[0]
    words = _("References known from “%(name)s”: %(shared)s of %(looked_at)s. From another source, all are new.")
    return words % {"shared": number(most.shared), "looked_at": number(signs.looked_at), "name": most.name}
