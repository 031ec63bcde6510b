"""Sends the digests that are due now, as the worker does each minute."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from forum.digests.send import send_due


class Command(BaseCommand):
    help = "Send the digests that are due, and say how many came to which end."

    def handle(self, **options: Any) -> None:
        done = send_due(timezone.now)
        ends = ", ".join(f"{count} {end}" for end, count in sorted(done.items()))
        self.stdout.write(f"{ends}." if ends else "No digest is due.")
