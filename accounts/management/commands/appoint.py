"""Appoints by hand: how the first moderators and administrators come to be."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.access import Refused
from accounts.actions.appoint import ROLES, appoint
from accounts.models import Account


class Command(BaseCommand):
    help = "Make an account moderator, verified clinician or administrator; member takes these away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="of an account that has signed up")
        parser.add_argument("role", choices=ROLES)
        parser.add_argument("--discipline", action="append", default=[], metavar="SLUG")
        parser.add_argument("--jurisdiction", action="append", default=[], metavar="CODE")
        parser.add_argument("--credential", default="", metavar="TEXT", help="as shown, for example LPC")

    def handle(self, *, email: str, role: str, discipline, jurisdiction, credential: str, **options) -> None:
        account = Account.objects.filter(email=email.lower()).first()
        if account is None:
            raise CommandError(f"Nobody has signed up as {email}.")
        practice = {"disciplines": discipline, "jurisdictions": jurisdiction, "credential": credential}
        try:
            appoint(account, role, now=timezone.now(), **practice)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{account.display_name} is now: {role}.")
