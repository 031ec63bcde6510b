"""Django's own, but quicker for the vault, and into a file that keeps no free pages."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from anonymity.keycheck import VAULT


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Of the vault only what is in it: Django takes four seconds to do nothing about all other tables."""
        if options["database"] == VAULT:
            leave_no_free_pages()
            if not options["app_label"]:
                options |= {"app_label": "anonymity", "run_syncdb": False}
        super().handle(*args, **options)


def leave_no_free_pages() -> None:
    """Asked for before a file of SQLite has its first table, and kept in it. Whoever asks again writes: among
    the pragmas of each connection it would let every page of a member wait for the disk."""
    vault = connections[VAULT]
    if vault.vendor == "sqlite" and not vault.introspection.table_names():
        with vault.cursor() as cursor:
            cursor.execute("PRAGMA auto_vacuum=FULL")
