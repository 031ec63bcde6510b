"""Being verified: a member asks, a moderator looks the licence up, and what was found counts for a year."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.access import NotAllowed, Refused
from accounts.models import COUNTS, Account, Result, Verification
from accounts.models.account import today
from anonymity import bus
from anonymity.hour import hour_of
from moderation import audit, intake

LASTS = timedelta(days=365)
AGAIN_BEFORE_THE_END = timedelta(days=30)


class AskedAlready(Refused):
    pass


@transaction.atomic
def ask_for_verification(account: Account, *, now: datetime, **what: Any) -> Verification:
    """Put it before the moderators. AskedAlready while one of that discipline waits; not while suspended."""
    if intake.is_suspended(account, now=now):
        raise NotAllowed("You are suspended at present, so you can’t ask to be verified until that is over.")
    asked = Verification(account=account, hour=hour_of(now), **what)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        raise AskedAlready("This already waits for a moderator.") from None
    audit.record("verification.submitted", about=asked, now=now)
    transaction.on_commit(bus.nudge_queue)
    return asked


@transaction.atomic
def take_back(asked: Verification, *, now: datetime) -> None:
    """What a member asked for and nobody has checked yet is forgotten."""
    if Verification.objects.waiting().filter(pk=asked.pk, again=False).delete()[0]:
        audit.record("verification.withdrawn", about=asked, now=now)
        transaction.on_commit(bus.nudge_queue)


def vouch_for(account: Account, *, now: datetime) -> None:
    """As after a check, in each of its disciplines, by whoever runs this installation."""
    day = today(now)
    for discipline in account.disciplines.all():
        place = account.jurisdictions.first()
        checked = Verification(account=account, discipline=discipline, jurisdiction=place, hour=hour_of(now))
        settle(checked, Result.ACTIVE, on=day, by=None)
        checked.save(force_insert=True)
    count_anew(account)
    account.verified_until = account.verified_until or day + LASTS  # who practises nothing so far
    account.save(update_fields=["verified_until"])


def settle(checked: Verification, result: str, *, on: date, by: Account | None) -> None:
    """Note what was found, unsaved. Nothing that was found before in that discipline counts any longer."""
    checked.result, checked.checked_on, checked.checked_by = result, on, by
    checked.valid_until = on + LASTS if result in COUNTS else None
    checked.holder = checked.held_until = None
    of_discipline = Verification.objects.filter(account=checked.account_id, discipline=checked.discipline_id)
    of_discipline.update(valid_until=None)


def count_anew(account: Account) -> None:
    """Make the account's end of verification the last of those that count."""
    ends = account.verifications.aggregate(last=Max("valid_until"))
    account.verified_until = ends["last"]
    account.save(update_fields=["verified_until"])
