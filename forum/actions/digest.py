"""Choosing a digest, and what else happens to an account's."""

from datetime import datetime

from django.db import transaction

from accounts.models import Account
from anonymity.hour import hour_of
from forum.digests.schedule import next_due
from forum.models import Digest
from forum.models.digest import CHOSEN, Last, week_of
from forum.unsubscribe import renew_link


def digest_of(account: Account, *, now: datetime) -> Digest:
    """The account's, or one that is off and not yet saved."""
    found = Digest.objects.filter(account=account).first()
    if found is None:
        found = Digest(account=account, told_hour=hour_of(now), due=now, try_at=now, seen_week=week_of(now))
        renew_link(found)
    return found


@transaction.atomic
def choose_digest(chosen: Digest, *, now: datetime) -> None:
    """Keep what a member chose. One that was off tells of what is published from this hour on.

    The next is due on a later day than the last one that was sent, whatever was chosen.
    """
    Account.objects.select_for_update(no_key=True).get(pk=chosen.pk)  # of two clicks at once one waits here
    before = Digest.objects.select_for_update().filter(pk=chosen.pk).first()
    kept = [*CHOSEN, "due", "try_at", "seen_week"]
    if before is None or not before.is_on:
        chosen.told_hour, chosen.tries, chosen.refusals = hour_of(now), 0, 0
        kept += ["told_hour", "tries", "refusals"]
    chosen.due = next_due(chosen.every, chosen.weekday, chosen.at_hour, chosen.zone, after=now)
    while before and before.last_on and before.last != Last.EMPTY and chosen.due.date() <= before.last_on:
        chosen.due = next_due(chosen.every, chosen.weekday, chosen.at_hour, chosen.zone, after=chosen.due)
    chosen.try_at, chosen.seen_week = chosen.due, week_of(now)
    if before is None:
        chosen.save(force_insert=True)
    else:
        chosen.save(update_fields=kept)


def was_here(account: Account, *, now: datetime) -> None:
    """Somebody signed in. Of when, the week is kept and no more."""
    Digest.objects.filter(account=account, seen_week__lt=week_of(now)).update(seen_week=week_of(now))
