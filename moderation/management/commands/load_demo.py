"""Loads the demonstration; a second time does nothing."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from forum.demo import LOGINS, PASSWORD
from moderation.demo.load import load


class Command(BaseCommand):
    help = "Load invented threads, people and log-ins, to try the board out. remove_demo takes them away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accept-known-passwords",
            action="store_true",
            help="Load even where DEBUG is off: anybody could then sign in as a demo moderator.",
        )

    def handle(self, *, accept_known_passwords: bool, verbosity: int, **options) -> None:
        if not (settings.DEBUG or accept_known_passwords):
            raise CommandError(
                "This site is not for trying out (DEBUG is off), and the passwords of the demonstration are "
                "known to everybody. If that is what you want, add --accept-known-passwords."
            )
        threads = load(now=timezone.now())
        if not verbosity:
            return
        self.stdout.write(f"{threads} invented threads loaded." if threads else "It was loaded already.")
        for role, email in LOGINS.items():
            self.stdout.write(f"  {role:<15}{email}")
        self.stdout.write(f"  password       {PASSWORD}")
