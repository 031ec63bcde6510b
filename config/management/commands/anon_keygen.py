"""Makes the key files of the vault and of the moderators' record, each once; it never replaces one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from anonymity import vault
from moderation import audit_check, audit_key


class Command(BaseCommand):
    help = "Create the key files of a new installation, ANON_KEYRING_FILE and AUDIT_KEY_FILE."
    requires_system_checks = ()  # they would refuse to run without the file that this makes

    def handle(self, **options: Any) -> None:
        made = [path for make in (vault.make_key_file, make_record_key) if (path := once(make))]
        if not made:
            raise CommandError(
                f"{settings.ANON_KEYRING_FILE} exists and stays as it is: "
                "a new key would leave every anonymous thread without its owner."
            )
        if options["verbosity"]:
            for path in made:
                self.stdout.write(
                    f"Wrote {path}. "
                    "Keep a copy of it in other hands, and never beside a backup of the databases."
                )


def once(make: Callable[[], str]) -> str | None:
    """Where the file is that `make` has made; None where there is one."""
    try:
        return make()
    except FileExistsError:
        return None
    except OSError as fault:
        raise CommandError(f"Cannot write {fault.filename}: {fault.strerror}.") from None
    except DatabaseError as fault:
        kind = type(fault).__name__
        raise CommandError(
            f"The database does not answer ({kind}); the key depends on what it holds."
        ) from None


def make_record_key() -> str:
    """A record that is sealed already needs the key it was sealed with."""
    if settings.AUDIT_KEY_FILE.exists() or audit_check.has_begun():
        raise FileExistsError
    return str(audit_key.create())
