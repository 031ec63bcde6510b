"""Puts a backup back in place."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from config.archive import Unusable
from config.backup import VAULT, restore


class Command(BaseCommand):
    help = "Replace the database that FILE is a backup of. What was written since then is lost."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *, file: Path, yes: bool, **options: Any) -> None:
        if not (yes or agreed()):
            raise CommandError("Nothing was changed.")
        try:
            held = restore(file)
        except Unusable as fault:
            raise CommandError(str(fault)) from None
        except Error as fault:  # by kind only: its text may quote a row
            raise CommandError(f"The database does not answer ({type(fault).__name__}).") from None
        if options["verbosity"]:
            what = "The vault is" if held == VAULT else "The main database is"
            self.stdout.write(f"{what} as it was. Restart the site's processes.")


def agreed() -> bool:
    try:
        return input("Everything written since this backup will be lost. Type yes: ") == "yes"
    except EOFError:  # nobody there to ask
        return False
