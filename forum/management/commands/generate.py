"""manage.py generate: synthetic load for measurements."""

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.models import Account
from forum.models import Tag
from forum.synthetic.load import LONG, SHORT, Made, generate
from forum.synthetic.people import DOMAIN


class Command(BaseCommand):
    help = "Adds synthetic threads, marked as demonstration data. Run again to add more."

    def add_arguments(self, parser):
        parser.add_argument("--threads", type=int, default=1000)
        parser.add_argument("--posts", type=int, default=10000, help="of all kinds, questions included")
        parser.add_argument("--users", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1, help="for the same texts again")

    def handle(self, *, threads, posts, users, seed, **options):
        if threads < 1 or users < 0 or posts < threads:
            raise CommandError("Every thread has a question: ask for at least as many posts as threads.")
        if not users and not Account.objects.filter(email__endswith=f"@{DOMAIN}").exists():
            raise CommandError("The threads need authors: add --users.")
        if not Tag.objects.exists():
            call_command("load_reference", stdout=self.stdout)
        made = generate(
            threads=threads, posts=posts, users=users, seed=seed, now=timezone.now(), progress=self.say
        )
        self.say(made)
        self.stdout.write("\nAnonymous posts have personas that nobody owns: the vault was not written to.")
        for size, public_id in ((SHORT, made.short), (LONG, made.long)):
            if public_id:
                self.stdout.write(f"A thread of {size} posts: /threads/{public_id}/")

    def say(self, made: Made) -> None:
        self.stdout.write(
            f"\r{made.threads:,} threads, {made.posts:,} posts, {made.users:,} accounts", ending=""
        )
        self.stdout.flush()
