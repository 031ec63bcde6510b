"""Rotates the vault's key by hand; the worker does so once a month."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from anonymity import vault
from forum.actions.renew import renew_key


class Command(BaseCommand):
    help = "Seal every row of the vault anew under a new key, and destroy keys whose days of grace are over."

    def handle(self, **options: Any) -> None:
        try:
            renew_key(now=timezone.now())
        except vault.AlreadyRotating as busy:
            raise CommandError(str(busy)) from None
        except vault.VaultUnavailable:
            raise CommandError("Nothing is lost; the line above says what is wrong.") from None
        self.stdout.write("Every row is sealed under a new key. Renew your copy of the key file.")
