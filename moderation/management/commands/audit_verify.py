"""Says whether the record of what moderators did is whole."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moderation import audit_check
from moderation.audit_key import RecordClosed, fault


class Command(BaseCommand):
    help = "Check the seals of all audit events, their order and the published heads. Ends with 1 on a fault."
    requires_system_checks = ()  # which would refuse to look at what is out of order

    def handle(self, **options: Any) -> None:
        try:
            found = audit_check.verify()
        except RecordClosed:
            raise CommandError(fault() or "The key of the record can't be read.") from None
        if found.before:
            self.stdout.write(f"{found.before} events before the chain began, not sealed")
        for day in audit_check.restored_on():
            self.stdout.write(
                f"a backup was put back on {day}: what came after that backup is not in the record"
            )
        self.stdout.write(f"{found.sealed} events sealed and in order")
        if found.fault:
            raise CommandError(f"Event {found.fault.seq} is wrong: {found.fault.what}.")
        self.stdout.write(f"head {found.seq} {found.mac.hex()}")
