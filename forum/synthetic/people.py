"""Synthetic accounts: nobody can sign in to them, and their addresses lead nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.actions.verify import LASTS
from accounts.models import Account
from accounts.models.account import today
from forum.models import Facet, Tag
from forum.synthetic.prose import Skewed

DOMAIN = "synthetic.invalid"
MODERATORS, VERIFIED = 0.02, 0.3  # shares of the accounts; there is always a moderator
CREDENTIALS = ["LPC", "LCSW", "PhD", "PsyD", "LMFT", "RN", "MD", "MBACP"]
BATCH = 2000


@dataclass(frozen=True)
class Person:
    """An account with what the standing of its replies is made of."""

    account: Account
    disciplines: list[Tag]
    jurisdictions: list[Tag]


class People:
    """The synthetic accounts by role; of each role the first write most."""

    def __init__(self, people: list[Person]) -> None:
        moderators = [person for person in people if person.account.is_moderator]
        verified = [person for person in people if person.account.is_verified]
        self.moderators, self.clinicians = Skewed(moderators), Skewed(verified or moderators)
        self.members = Skewed([person for person in people if not person.account.is_moderator] or moderators)
        self.has_clinicians = bool(verified)


def add_people(count: int, rng: Random) -> None:
    """Add `count` accounts: moderators, verified clinicians and members in a fixed mixture."""
    first = Account.objects.filter(email__endswith=f"@{DOMAIN}").count() + 1
    disciplines, jurisdictions = (Skewed(list(Tag.objects.of(facet).order_by("pk"))) for facet in PRACTICE)
    numbers = range(first, first + count)
    for start in range(0, count, BATCH):
        with transaction.atomic():
            made = Account.objects.bulk_create(_accounts(numbers[start : start + BATCH], first, count, rng))
            _join(Account.disciplines.through, made, disciplines, rng)
            _join(Account.jurisdictions.through, made, jurisdictions, rng)


PRACTICE = (Facet.DISCIPLINE, Facet.JURISDICTION)


def _accounts(numbers: range, first: int, count: int, rng: Random) -> Iterator[Account]:
    moderators = first + max(1, int(count * MODERATORS))
    verified = moderators + int(count * VERIFIED)
    for number in numbers:
        yield Account(
            email=f"synthetic-{number}@{DOMAIN}",
            display_name=f"Synthetic {number}",
            password=make_password(None),
            credential=rng.choice(CREDENTIALS) if number < verified else "",
            is_moderator=number < moderators,
            verified_until=today(timezone.now()) + LASTS if moderators <= number < verified else None,
            is_demo=True,
        )


def _join(through, accounts: list[Account], tags: Skewed, rng: Random) -> None:
    through.objects.bulk_create(through(account=account, tag=tags.pick(rng)) for account in accounts)


def all_people() -> People:
    """Every synthetic account there is, in three queries."""
    accounts = Account.objects.filter(email__endswith=f"@{DOMAIN}").order_by("pk")
    accounts = accounts.prefetch_related("disciplines", "jurisdictions")
    return People(
        [Person(each, list(each.disciplines.all()), list(each.jurisdictions.all())) for each in accounts]
    )
