"""`bin/manage load_demo`: fictional vendors and assessments for an empty database; never mixed with real data."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import loading as demo


class Command(BaseCommand):
    help = "Loads fictional demo data into an empty database, with one sign-in for each role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="say nothing where there is data already")
        parser.add_argument("--accounts", action="store_true", help="only print the demo sign-ins that are there")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            self._print_accounts()
            return
        if settings.PRODUCTION:
            raise CommandError("Demo data has a public password: it is never loaded in production.")
        if not demo.is_set_up():
            raise CommandError("This installation is not set up yet: run bin/manage set_up first.")
        if demo.is_empty():
            demo.load(timezone.localdate())
            self.stdout.write("Demo data loaded.")
        elif not options["if_empty"]:
            raise CommandError("There is data already: demo data goes into an empty database only.")

    def _print_accounts(self) -> None:
        password, people = demo.accounts()
        if not people:
            return
        self.stdout.write(f"Demo sign-ins, all with the password “{password}”:")
        for person in people:
            self.stdout.write(f"  {person.role:<12} {person.email}")
