"""`bin/manage import_incidents FILE --organisation SLUG --preset NAME …`: an import without a browser, told as JSON.

It ends with 0 where the file went in (or, with --dry-run, was checked), with 3 where somebody has to say something
first, and with 1 where it cannot be; in the last two cases nothing was written, unless the import failed on the way.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.models import Membership, Organisation
from groundwork.languages import DEFAULT
from groundwork.refusals import Refusal
from groundwork.tables.cells import ImportRefused
from vendors.incident_fields import BY_KEY
from vendors.incident_import import unattended
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import DATES, LOG_VENDORS, NEW, SKIP, SLA_MEANINGS
from vendors.incident_import.unattended import Choices, DecisionMissing, OptionsRefused
from vendors.models import Selection

CANNOT_BE, TO_BE_SAID = 1, 3  # what the command ends with


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day: write it like 2026-12-31.") from None


class Command(BaseCommand):
    help = "Imports incidents from a CSV, XLSX, XLS or ODS file and prints what became of it as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV, XLSX, XLS or ODS")
        parser.add_argument("--organisation", metavar="SLUG", required=True)
        parser.add_argument("--as", dest="email", metavar="EMAIL", default="", help="who (default: an administrator)")
        parser.add_argument("--dry-run", dest="is_dry_run", action="store_true", help="check only, and keep nothing")
        _add_reading(parser)
        _add_vendors(parser)
        _add_decisions(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(DEFAULT):
            member = _member(options["organisation"], options["email"])
            choices = Choices(**{name: options[name] for name in Choices.__dataclass_fields__})
            try:
                outcome = unattended.run(member, options["file"], choices)
            except DecisionMissing as missing:
                raise CommandError(_by_option(missing), returncode=TO_BE_SAID) from None
            except OptionsRefused as refused:
                raise CommandError(_by_option(refused), returncode=CANNOT_BE) from None
            except (ImportRefused, Refusal) as refused:
                raise CommandError(str(refused), returncode=CANNOT_BE) from None
            self.stdout.write(json.dumps(outcome.told, indent=2, ensure_ascii=False))
            if outcome.failure:
                raise CommandError(outcome.failure, returncode=CANNOT_BE)
            if outcome.asked and not choices.is_dry_run:
                raise CommandError(outcome.asked, returncode=TO_BE_SAID)


def _add_reading(parser: ArgumentParser) -> None:
    tools = ", ".join(preset.key for preset in presets.all_presets())
    parser.add_argument("--preset", metavar="NAME", default="", help=f"{tools} (default: by the headings)")
    parser.add_argument("--sheet", metavar="NAME", default="", help="of a workbook (default: the first)")
    parser.add_argument(
        "--map",
        dest="columns",
        metavar="FIELD=COLUMN",
        action="append",
        default=[],
        help=f"may be given again; fields: {', '.join(BY_KEY)}. An empty COLUMN leaves the field out",
    )
    parser.add_argument(
        "--timezone", dest="time_zone", metavar="TZ", default="", help="of moments without an offset of their own"
    )
    parser.add_argument("--dates", choices=DATES, default="auto")
    parser.add_argument("--critical", metavar="VALUE", action="append", default=[], help="a critical priority")
    parser.add_argument("--sla-yes", choices=SLA_MEANINGS, default=None, help="what “yes” in the SLA column means")


def _add_vendors(parser: ArgumentParser) -> None:
    parser.add_argument("--vendor", metavar="NAME", default="", help="the one vendor of the whole file")
    parser.add_argument(
        "--match",
        metavar="NAME=VENDOR",
        action="append",
        default=[],
        help="whom a name in the file means; again for each",
    )
    parser.add_argument("--new", metavar="NAME", action="append", default=[], help="a name in the file is a new vendor")
    parser.add_argument("--skip", metavar="NAME", action="append", default=[], help="leave the rows of this name out")
    others = parser.add_mutually_exclusive_group()
    others.add_argument(
        "--new-vendors", dest="others", action="store_const", const=NEW, default="", help="all other names are new ones"
    )
    others.add_argument(
        "--skip-others", dest="others", action="store_const", const=SKIP, help="leave all other names out"
    )
    parser.add_argument("--new-services", action="store_true", help="add the services that a vendor does not have")


def _add_decisions(parser: ArgumentParser) -> None:
    """What only a person can decide."""
    parser.add_argument(
        "--source", metavar="NAME", default="", help="whose references (default: as an earlier file, or the tool)"
    )
    parser.add_argument(
        "--new-source", dest="is_new_source", action="store_true", help="although its references are known from another"
    )
    parser.add_argument(
        "--log",
        dest="is_log",
        action=BooleanOptionalAction,
        default=None,
        help="a line for each update of an incident, or not so",
    )
    parser.add_argument("--log-vendor", choices=LOG_VENDORS, default="last", help="whose an incident of a log is")
    parser.add_argument(
        "--log-moment", metavar="COLUMN", default="", help="when a line of a log was written (default: their order)"
    )
    parser.add_argument(
        "--zeros",
        dest="leading_zeros",
        choices=("match", "new"),
        default="",
        help="references that are known but for zeros in front",
    )
    parser.add_argument("--holds", choices=Selection.values, default="", help="what the file holds")
    parser.add_argument("--holds-from", metavar="DAY", type=day, default=None, help="the first day of what it holds")
    parser.add_argument("--holds-to", metavar="DAY", type=day, default=None, help="the last day, included")
    parser.add_argument("--known-until", metavar="DAY", type=day, default=None, help="when it was exported")
    parser.add_argument(
        "--accept-proposals", action="store_true", help="what is not said about what it holds is as proposed"
    )


def _by_option(refused: OptionsRefused) -> str:
    return "\n".join(f"{name}: {text}" for name, text in refused.messages.items())


def _member(slug: str, email: str) -> Membership:
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        raise CommandError(f"There is no organisation “{slug}”.")
    members = Membership.objects.filter(organisation=organisation).select_related("user", "organisation").order_by("pk")
    found = members.filter(user__email__iexact=email) if email else members.filter(role="admin", user__is_active=True)
    member = found.first()
    if member is None:
        raise CommandError(f"No member to import as: {email or 'the organisation has no administrator'}.")
    return member
