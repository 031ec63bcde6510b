"""Writes backups; see config/backup.py for what is in them and what never is."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from config.archive import Unusable
from config.backup import MAIN, VAULT, back_up


class Command(BaseCommand):
    help = "Back up the main database to FILE, or the vault alone with --vault. Never the key file."
    requires_system_checks = ()  # the main database can be saved whatever is wrong with the key file

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--vault", action="store_true", help="the vault alone, for a place of its own")

    def handle(self, *, file: Path, vault: bool, **options: Any) -> None:
        try:
            back_up(VAULT if vault else MAIN, file)
        except Unusable as fault:
            raise CommandError(str(fault)) from None
        except Error as fault:  # by kind only: its text may quote a row
            raise CommandError(f"The database does not answer ({type(fault).__name__}).") from None
        if options["verbosity"]:
            self.stdout.write(f"Wrote {file}.")
