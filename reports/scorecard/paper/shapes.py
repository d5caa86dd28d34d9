"""What the templates of brief and scorecard get: every text fits its lines already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.scorecard.facts import FactsView
from reports.scorecard.shapes import RuleView


@dataclass(frozen=True, kw_only=True)
class Said:
    """A label and what stands beside it."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A sign in the row of a rule and at its segment of the ring; `kind`: measured or contested."""

    kind: str
    label: str


@dataclass(frozen=True, kw_only=True)
class PageRow:
    """A rule on page one. `figure`: its percent without the sign, one decimal; `padding`: how many digits it has fewer
    behind the point than the longest of its column. `was`: the percent on the scorecard before, `way` its arrow."""

    rule: RuleView
    figure: str
    padding: Sequence[int]
    was: str
    way: str
    way_label: str
    reason: str
    flags: tuple[Flag, ...]
    bounds: tuple[Fraction, Fraction] | None
    drawn: str  # what the dumbbell says, in words


@dataclass(frozen=True, kw_only=True)
class FindingBrief:
    """What speaks against the grades. `chip`: how its label looks, as findings look elsewhere."""

    label: str
    chip: str
    text: str


@dataclass(frozen=True, kw_only=True)
class AskedBrief:
    rule: str  # its number; empty where the edition has no such rule
    what: str
    owner: str
    due: str
    state: str  # empty unless it is late, or reopened
    kind: str


@dataclass(frozen=True, kw_only=True)
class PageOne:
    """The brief, and the first page of the scorecard."""

    vendor: str
    sentence: str
    assessed: str
    services: str
    verdict: tuple[str, ...]  # below its heading, line by line
    basis_heading: str
    basis: tuple[Said, ...]
    rows: tuple[PageRow, ...]
    has_claim: bool
    flags: tuple[Flag, ...]  # each kind that is there once, to be explained
    scale: str  # what the dumbbells and the figures mean
    findings: tuple[FindingBrief, ...]
    findings_note: str  # that there is none, or how many more there are
    since: Said | None
    asked: tuple[AskedBrief, ...]
    asked_note: str
    approved: str

    @property
    def ring_flags(self) -> dict[int, tuple[str, ...]]:
        return {row.rule.number: tuple(flag.kind for flag in row.flags) for row in self.rows}


@dataclass(frozen=True, kw_only=True)
class RuleOnPaper:
    """A rule that is not met: what was expected, found, proven, replied and asked, each in its lines."""

    rule: RuleView
    evidence: str
    lines: tuple[Said, ...]


@dataclass(frozen=True, kw_only=True)
class DepartmentRow:
    name: str
    why: str
    raters: str
    heard: bool


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who approved, at which level and when: with a line to sign below it."""

    name: str
    level: str
    at: str
    note: str  # that they also rated


@dataclass(frozen=True, kw_only=True)
class Unmeasured:
    """A measure without data: the number of the rule that it speaks to, and how it is taken."""

    rule: int
    label: str
    explained: str


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The pages of the scorecard behind its first: facts, rules that are not met, basis."""

    facts: FactsView | None  # the weightiest measures
    facts_note: str  # how many more there are
    unmeasured: tuple[Unmeasured, ...]  # what would tell, where nothing was measured
    fact_notes: tuple[str, ...]  # what the figures rest on, and what was practised, in short lines
    unmet: tuple[RuleOnPaper, ...]
    met: tuple[PageRow, ...]
    departments: tuple[DepartmentRow, ...]
    departments_note: str
    basis: tuple[Said, ...]
    method: tuple[str, ...]
    signatures: tuple[Signature, ...]
