"""`bin/manage erase_person EMAIL --confirm EMAIL`: an account, or a contact of vendors, becomes a pseudonym."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from groundwork.refusals import Refusal
from reports.people import erasing
from vendors.models import Contact


class Command(BaseCommand):
    help = (
        "Erases a person: name and address become a pseudonym, what signs in is gone; answers, scores and the trail "
        "stay. docs/privacy.md says what keeps a name, and why. Nobody can undo it: repeat the address to confirm."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--confirm", metavar="EMAIL", default="", help="the same address once more")

    def handle(self, *args: Any, **options: Any) -> None:
        email, now = options["email"].strip(), timezone.now()
        users = list(User.objects.filter(email__iexact=email))
        contacts = list(Contact.objects.filter(email__iexact=email).select_related("vendor"))
        if not users and not contacts:
            raise CommandError(f"Nobody is known by “{email}”: no account, and no contact of a vendor.")
        if options["confirm"].strip().lower() != email.lower():
            for user in users:
                self.stdout.write(f"Account: {user}")
                for reason in erasing.why_not(user):
                    self.stdout.write(f"  first: {reason}")
            for contact in contacts:
                self.stdout.write(f"Contact: {contact.name} of {contact.vendor}")
            raise CommandError(f"Nothing was erased. To do it, add --confirm {email}")
        try:
            with transaction.atomic():
                done = [str(erasing.erase_contact(one, by=None, now=now).name) for one in contacts]
                done += [str(erasing.erase(one, by=None, now=now)) for one in users]
        except Refusal as refused:
            raise CommandError(f"{refused} Nothing was erased.") from refused
        self.stdout.write(f"Erased: {', '.join(done)}.")
