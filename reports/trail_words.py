"""How the audit trail and the history of an assessment tell of its scorecard."""

from __future__ import annotations

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from accounts.vocabulary import TrailSubject, Verb, Vocabulary
from assessments.score.words import CONFIDENCES, VERDICTS
from reports.models import (
    Batch,
    Comparison,
    Export,
    ExportFormat,
    FactSheet,
    Letterhead,
    LetterKind,
    LetterTemplate,
    Scorecard,
)
from reports.scorecard.snapshots import rule_names

VOCABULARY = Vocabulary(
    verbs={
        "scorecard.made": Verb(title=_("Scorecard made"), told=_("made the scorecard")),
        "portfolio.exported": Verb(title=_("Portfolio downloaded"), told=_("downloaded the portfolio")),
        "fact_sheet.made": Verb(title=_("Sheet made for a PDF"), told=_("asked for a sheet of facts as a PDF")),
        "letter.made": Verb(title=_("Letter made"), told=_("made a letter to the vendor")),
        "letter.fetched": Verb(title=_("Letter downloaded"), told=_("downloaded a letter to the vendor")),
        "letterhead.changed": Verb(title=_("Letterhead changed"), told=_("changed the letterhead")),
        "letter_template.uploaded": Verb(title=_("Own letter uploaded"), told=_("uploaded an own letter")),
        "letter_template.used": Verb(title=_("Own letter taken into use"), told=_("took an own letter into use")),
        "letter_template.removed": Verb(title=_("Own letter removed"), told=_("removed an own letter")),
        "export.made": Verb(title=_("Export made"), told=_("asked for an export, which was made")),
        "export.cancelled": Verb(title=_("Export cancelled"), told=_("cancelled an export")),
        "export.fetched": Verb(title=_("Export downloaded"), told=_("downloaded an export")),
        "batch.asked": Verb(title=_("Many documents asked for"), told=_("asked for many documents at once")),
        "batch.cancelled": Verb(title=_("Many documents cancelled"), told=_("cancelled the making of many documents")),
        "batch.fetched": Verb(title=_("Many documents downloaded"), told=_("downloaded many documents at once")),
        "board.fetched": Verb(title=_("Board report downloaded"), told=_("downloaded a board report")),
        "benchmark.joined": Verb(title=_("Benchmark joined"), told=_("joined the benchmark")),
        "benchmark.left": Verb(title=_("Benchmark left"), told=_("left the benchmark")),
        "organisation.written_down": Verb(
            title=_("Whole organisation written as an archive"), told=_("wrote the whole organisation as an archive")
        ),
        "organisation.brought_in": Verb(
            title=_("Organisation brought in from an archive"), told=_("brought the organisation in from an archive")
        ),
        "user.taken_out": Verb(
            title=_("What is stored about a person taken out"), told=_("took out what is stored about a person")
        ),
        "user.erased": Verb(title=_("Account erased"), told=_("erased the account, now under a pseudonym:")),
        "contact.erased": Verb(title=_("Contact erased"), told=_("erased a contact, now under a pseudonym:")),
        "pack.downloaded": Verb(title=_("Question pack downloaded"), told=_("downloaded the question pack")),
        "comparison.made": Verb(title=_("Comparison made for a PDF"), told=_("asked for a comparison as a PDF")),
    },
    former={"scorecard_made": "scorecard.made"},
    kinds={
        Scorecard: TrailSubject(
            part_of=attrgetter("assessment"),
            route="scorecard_detail",
            codes={
                "verdict": VERDICTS,
                "confidence": CONFIDENCES,
                "weakest_rule": rule_names,
            },
        ),
        Comparison: TrailSubject(),
        FactSheet: TrailSubject(),
        Letterhead: TrailSubject(label=lambda row: str(row.organisation)),
        LetterTemplate: TrailSubject(codes={"letter": dict(LetterKind.choices)}),
        Batch: TrailSubject(),
        Export: TrailSubject(codes={"file": dict(ExportFormat.choices)}),
    },
    names={
        "scorecards": _("scorecards"),
        "number": _("scorecard number"),
        "verdict": _("verdict"),
        "rules_met": _("rules met"),
        "weakest_rule": _("weakest rule"),
        "confidence": _("confidence"),
        "file": _("file"),
        "letter": _("letter"),
        "contact": _("contact"),
        "sha256": _("SHA-256"),
        "archive_sha256": _("SHA-256 of what the archive holds"),
        "logo_sha256": _("SHA-256 of the logo"),
        "rows": _("vendors"),
        "rows_in_all": _("rows"),
        "scope": _("of what"),
        "documents": _("documents"),
        "kind": _("document"),
        "language": _("language"),
        "filter": _("filter"),
        "benchmarks_since": _("shares in the benchmark since"),
    },
)
