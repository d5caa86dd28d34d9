"""`bin/manage load_bank [--publish]`: bring the shipped editions of the bank into the database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from manifesto import bank as banks
from manifesto import editions, exchange, guides, yaml_files
from manifesto.bank import Bank, BankChange, ChangeKind
from manifesto.models import Release, ReleaseState
from manifesto.sources import BankError


class Command(BaseCommand):
    help = (
        "Loads the shipped editions of the bank that are not there yet. With --edition or --folder: that one alone, "
        "as a draft, or brings its draft up to date. A published edition is never touched. Safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        shipped = [folder.name for folder in yaml_files.shipped_editions()]
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish what is complete; without --edition or --folder only where nothing is published yet",
        )
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--edition", choices=shipped, help="this shipped edition alone")
        only.add_argument("--folder", type=Path, help="an edition of your own: where its YAML files are")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, edition, publish = options["folder"], options["edition"], options["publish"]
        try:
            if edition:
                self._guide(self._bring(yaml_files.read_folder(yaml_files.SHIPPED / edition), publish=publish))
            elif folder:
                self._bring(yaml_files.read_folder(folder), publish=publish)
            else:
                shipped = [yaml_files.read_folder(each) for each in yaml_files.shipped_editions()]
                self._bring_missing(shipped, publish=publish)
        except BankError as error:
            raise CommandError("The bank cannot be loaded:\n" + _listed(error.faults)) from None

    @transaction.atomic
    def _bring_missing(self, shipped: list[Bank], *, publish: bool) -> None:
        """An installation gets a newer edition as a draft: whether it comes into force is for its editors to say.
        What is there already stays as it is, a draft that they are changing as well."""
        is_new = not Release.objects.exclude(state=ReleaseState.DRAFT).exists()
        for bank in shipped:
            release = Release.objects.filter(edition=bank.edition).first()
            if release is None:
                release = self._bring(bank, publish=publish and is_new)
            else:
                self.stdout.write(f"{release}: there already ({release.state}), nothing to do.")
            self._guide(release)
            if publish and release.state == ReleaseState.DRAFT:
                self.stdout.write(
                    f"{release}: not in force. Compare and publish it in the admin, or with "
                    f"load_bank --edition {release} --publish."
                )

    def _guide(self, release: Release) -> None:
        """A shipped edition has the pages beside its rules, and gets them where it was loaded before there were any."""
        if guides.add_shipped(release):
            self.stdout.write(f"{release}: the pages beside its rules were added.")

    def _bring(self, bank: Bank, *, publish: bool) -> Release:
        try:
            with transaction.atomic():
                release = self._load(bank)
                if publish and release.state == ReleaseState.DRAFT:
                    release = editions.publish(release, None)
                    self.stdout.write(f"{release}: published.")
                return release
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
