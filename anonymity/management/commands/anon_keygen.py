"""Makes the vault's key file, once; it never replaces one."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from anonymity import vault


class Command(BaseCommand):
    help = "Create the key file of a new installation at ANON_KEYRING_FILE, readable by its owner only."
    requires_system_checks = ()  # they would refuse to run without the file that this makes

    def handle(self, **options: Any) -> None:
        try:
            path = vault.make_key_file()
        except FileExistsError:
            raise CommandError(
                f"{settings.ANON_KEYRING_FILE} exists and stays as it is: "
                "a new key would leave every anonymous thread without its owner."
            ) from None
        except OSError as fault:
            raise CommandError(f"Cannot write {fault.filename}: {fault.strerror}.") from None
        if options["verbosity"]:
            self.stdout.write(
                f"Wrote {path}. Keep a copy of it in other hands, and never beside a backup of the databases."
            )
