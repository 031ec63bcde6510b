"""Loads disciplines, jurisdictions and topics; may be run again at any time."""

from django.core.management.base import BaseCommand

from forum import reference


class Command(BaseCommand):
    help = "Load disciplines, jurisdictions and topics. Fields edited on this site keep their edit."

    def handle(self, **options) -> None:
        done = reference.load()
        self.stdout.write(
            f"{done.found} tags: {done.added} added, {done.changed} changed, {done.kept} kept as edited here."
        )
