"""`bin/manage load_bank [--publish]`: bring the shipped bank into the database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from manifesto import bank as banks
from manifesto import editions, exchange, yaml_files
from manifesto.bank import Bank, BankChange, ChangeKind
from manifesto.models import Release, ReleaseState
from manifesto.sources import BankError


class Command(BaseCommand):
    help = (
        "Loads the bank from its YAML files as a draft, or brings a draft of that edition up to date. "
        "A published edition is never touched. Safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--publish", action="store_true", help="publish the edition when it is complete")
        parser.add_argument(
            "--folder",
            type=Path,
            default=yaml_files.SHIPPED,
            help="where the YAML files are (default: the shipped bank)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bank = yaml_files.read_folder(options["folder"])
        except BankError as error:
            raise CommandError("The bank cannot be loaded:\n" + _listed(error.faults)) from None
        try:
            with transaction.atomic():
                release = self._load(bank)
                if options["publish"] and release.state == ReleaseState.DRAFT:
                    editions.publish(release, None)
                    self.stdout.write(f"{release}: published.")
        except editions.NotPublishable as error:
            raise CommandError(f"{bank.edition} cannot be published yet:\n" + _listed(error.faults)) from None
        except editions.EditionError as error:
            raise CommandError(str(error)) from None

    def _load(self, bank: Bank) -> Release:
        release = Release.objects.select_for_update().filter(edition=bank.edition).first()
        if release is None:
            release = exchange.apply_as_new(bank, None)
            count = len(list(bank.questions()))
            self.stdout.write(f"{release}: created as a draft, {len(bank.rules)} rules and {count} questions.")
        elif release.state == ReleaseState.DRAFT:
            self._tell(release, exchange.apply(bank, release, None), done="updated")
        else:
            changes = banks.compare(banks.read(release), bank)
            different = tuple(change for change in changes if change.kind != ChangeKind.UNCHANGED)
            self.stdout.write(f"{release}: already {release.state}, nothing to do.")
            if different:
                self._tell(release, different, done="NOT changed")
                self.stdout.write(f"{release}: give the files a new edition to publish what differs.")
        return release

    def _tell(self, release: Release, changes: tuple[BankChange, ...], *, done: str) -> None:
        if not changes:
            self.stdout.write(f"{release}: the draft is up to date, nothing to do.")
            return
        self.stdout.write(f"{release}: {done}, {len(changes)} lines of the bank differ.")
        for change in changes:
            what = ", ".join(f"{field.field} {field.language}".strip() for field in change.fields)
            if change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
                what = ""
            self.stdout.write(f"  {change.sheet} {change.key}: {change.kind}{what and f' ({what})'}")


def _listed(faults: Any) -> str:
    return "\n".join(f"  {fault}" for fault in faults)
