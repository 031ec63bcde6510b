"""Django's own, but quicker for the vault."""

from typing import Any

from django.core.management.commands import migrate

from anonymity.keycheck import VAULT


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Of the vault only what is in it: Django takes four seconds to do nothing about all other tables."""
        if options["database"] == VAULT and not options["app_label"]:
            options |= {"app_label": "anonymity", "run_syncdb": False}
        super().handle(*args, **options)
