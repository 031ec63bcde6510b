"""Mails the notices that nobody has read so far, as the worker does at each half-hour."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from forum.notices import fanout
from forum.notices.mail import open_round, send_round


class Command(BaseCommand):
    help = "Send the notice mails of this half-hour, and say how many came to which end."

    def handle(self, **options: Any) -> None:
        while fanout.tell_all():
            pass
        open_round(timezone.now())
        done = send_round(timezone.now)
        ends = ", ".join(f"{count} {end}" for end, count in sorted(done.items()))
        self.stdout.write(f"{ends}." if ends else "No notice is to be mailed in this half-hour.")
