"""Removes the demonstration; what members wrote in threads of their own stays."""

from django.core.management.base import BaseCommand

from moderation.demo.remove import remove


class Command(BaseCommand):
    help = "Remove the invented threads and people that load_demo or generate made."

    def handle(self, **options) -> None:
        self.stdout.write(f"{remove()} threads removed.")
