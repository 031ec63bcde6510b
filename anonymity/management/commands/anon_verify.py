"""Says in counts whether the vault is whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from anonymity import vault


class Command(BaseCommand):
    help = "Open every row of the vault and compare its tags. Prints counts only."

    def handle(self, **options: Any) -> None:
        try:
            found = vault.verify()
        except vault.VaultUnavailable:
            raise CommandError("The vault is closed; the line above says why.") from None
        for what, amount in found._asdict().items():
            self.stdout.write(f"{what.replace('_', ' '):<12} {amount}")
        if not found.sound:
            raise CommandError("The vault is not whole. Restore a backup with the key file of its day.")
