"""Takes Django's command of this name away: whoever runs it could open somebody's anonymous threads."""

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Refuses: nobody sets the password of somebody else."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email", nargs="?")
        parser.add_argument("--database")

    def handle(self, *args, **options) -> None:
        raise CommandError(
            "Nobody sets the password of somebody else here. The page “Forgot your password?” sends a link."
        )
