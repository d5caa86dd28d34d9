"""`bin/manage first_token`: the token that the first page of an empty installation asks for."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from accounts.founding import tokens


class Command(BaseCommand):
    help = "Makes the token with which an empty installation gets its first organisation; an earlier one is dead."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="say nothing where somebody is there already")

    def handle(self, *args: Any, **options: Any) -> None:
        token = tokens.make(timezone.now())
        if token is not None:
            page = settings.BASE_URL + reverse("start")
            self.stdout.write("No organisation is here yet. Make the first one, and its administrator:")
            self.stdout.write(f"  Page         {page}")
            self.stdout.write(f"  First token  {token}")
            self.stdout.write("The token works once. bin/manage first_token makes another one, and ends this one.")
        elif not options["if_empty"]:
            raise CommandError("Somebody is here already: the first token opens an empty installation only.")
