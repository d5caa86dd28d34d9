"""`bin/manage confirm_domain DOMAIN ORGANISATION`: a mail domain counts for the organisation that asked for it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import MailDomain
from accounts.single_sign_on import domains
from groundwork.refusals import Refusal


class Command(BaseCommand):
    help = "Confirm that a mail domain belongs to an organisation (its short name), so that its people sign in by it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("domain", nargs="?", help="without it, those that wait are listed")
        parser.add_argument("organisation", nargs="?", help="the short name of the organisation")

    def handle(self, *args: Any, domain: str | None, organisation: str | None, **options: Any) -> None:
        rows = MailDomain.objects.select_related("organisation").order_by("domain", "organisation__name")
        if not domain:
            for row in rows.filter(confirmed_at=None):
                self.stdout.write(f"{row.domain} {row.organisation.slug} ({row.organisation})")
            return
        found = rows.filter(domain__iexact=domain, organisation__slug=organisation or "").first()
        if found is None:
            raise CommandError("No organisation of this short name has asked for this domain.")
        try:
            domains.confirm(found, by=None)
        except Refusal as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{found.domain} counts for {found.organisation} now.")
