"""`bin/manage verify FILE.pdf`: whether a document was made here, whether it is unchanged, and whether it computes."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from groundwork.languages import DEFAULT, LANGUAGE_CODES
from reports.verification import checking
from reports.verification.checking import Report


class Command(BaseCommand):
    help = (
        "Checks PDFs: whether this installation made them, whether they are unchanged, and whether their numbers "
        "follow from their answers. Ends with 0 if all of them hold, else with 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE.pdf")
        parser.add_argument("--language", default=DEFAULT, help=f"{', '.join(LANGUAGE_CODES)} (default: {DEFAULT})")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["language"] not in LANGUAGE_CODES:
            raise CommandError(f"No words in “{options['language']}”. Choose one of: {', '.join(LANGUAGE_CODES)}.")
        with translation.override(options["language"]):
            failed = sum(not self._check(path) for path in options["files"])
            if failed:
                raise CommandError(_("Not genuine and unchanged: %(count)s.") % {"count": failed})

    def _check(self, path: Path) -> bool:
        try:
            with path.open("rb") as file:
                report = checking.check_file(file, None)
        except OSError as error:
            self.stdout.write(f"{path}: {error.strerror}")
            return False
        self.stdout.write(f"{path}: {report.headline}")
        for line in _lines(report):
            self.stdout.write(f"  {line}")
        return report.holds


def _lines(report: Report) -> Iterator[str]:
    yield report.sentence
    for fact in report.facts:
        yield f"{fact.label}: {fact.text}"
    for check in report.checks:
        yield f"{'+' if check.holds else '!'} {check.said}"
    for rule in report.rules:
        yield f"{'+' if rule.agrees else '!'} {rule.number} {rule.name}: {rule.stated} | {rule.computed}"
    if report.summary:
        yield report.summary
