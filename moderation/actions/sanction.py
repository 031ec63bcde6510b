"""Sanctioning a member: a note, a warning, a pause from writing, or, by two moderators, a suspension.

Of personas nothing is known here: they are muted, or paused unseen, by `moderation.actions.silence`.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity import bus
from anonymity.hour import hour_of
from forum.models import Happening
from forum.notices.personal import tell_account
from moderation import audit, intake
from moderation.models import Measure, Sanction
from moderation.models.sanction import KEEPS_FROM_WRITING
from moderation.rules import may_sanction, may_second, require_apart, require_asker

DONE = {Measure.NOTE: "written-to", Measure.WARNING: "warned", Measure.PAUSE: "paused"}


class Settled(Refused):
    """A colleague was quicker, or it is over."""


@audit.deed()
def sanction(
    account: Account, measure: str, reason: str, *, hours: int | None = None, by: Account, now: datetime
) -> Sanction:
    """Give it at once and tell the member; a suspension waits for a second moderator, and nobody is told."""
    if not may_sanction(by, account):
        raise NotAllowed("About yourself a colleague decides.")
    require_apart(by, account)
    suspends, keeps = measure == Measure.SUSPENSION, measure in KEEPS_FROM_WRITING
    what = Sanction(
        account=account,
        measure=measure,
        reason=reason,
        by=by,
        hour=hour_of(now),
        agreed=None if suspends else True,
        hours=hours if keeps else None,
    )
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # of two clicks at once one waits here
    if same := _same(what):
        return same  # the same form once more
    if suspends:
        return _ask(what, now=now)
    what.until = what.hour + timedelta(hours=what.hours) if what.hours else None
    what.save(force_insert=True)
    audit.record(f"account.{DONE[Measure(measure)]}", by=by, about=account, now=now)
    tell_account(Happening.SANCTION, account, now=now)
    return what


def _same(what: Sanction) -> Sanction | None:
    """One that this moderator gave or asked for in the same words, for as long, within this hour."""
    names = ("account", "measure", "reason", "by", "hour", "agreed", "hours", "lifted_hour")
    return Sanction.objects.filter(**{name: getattr(what, name) for name in names}).first()


def _ask(asked: Sanction, *, now: datetime) -> Sanction:
    _require_no_role(asked.account)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        raise Settled("A suspension of this member waits for a second moderator already.") from None
    audit.record("account.suspension-asked", by=asked.by, about=asked.account, now=now)
    transaction.on_commit(bus.nudge_queue)
    return asked


def _require_no_role(account: Account) -> None:
    if account.is_moderator or account.is_administrator:
        raise NotAllowed("Who has a role can’t be suspended. An administrator takes the role away first.")


@audit.deed()
def agree(asked: Sanction, *, by: Account, now: datetime) -> None:
    """Put the suspension in force from now, and tell the member. Settled when it was decided meanwhile.

    NotAllowed, as when it was asked for, once the member has a role: then it can be refused.
    """
    _require_no_role(Account.objects.select_for_update(no_key=True).get(pk=asked.account_id))
    require_asker(asked.by_id)
    until = hour_of(now) + timedelta(hours=asked.hours or 0)
    _second(asked, True, by=by, until=until, hour=hour_of(now))
    audit.record("account.suspended", by=by, about=f"account {asked.account_id}", now=now)
    tell_account(Happening.SANCTION, asked.account, now=now)


@audit.deed()
def refuse(asked: Sanction, *, by: Account, now: datetime) -> None:
    """Let it be: who asked is told, and the member nothing."""
    _second(asked, False, by=by)
    audit.record("account.suspension-refused", by=by, about=f"account {asked.account_id}", now=now)
    tell_account(Happening.NOT_AGREED, asked.by, now=now)


def _second(asked: Sanction, agreed: bool, *, by: Account, **also: datetime) -> None:
    if not may_second(by, asked):
        raise NotAllowed("A suspension takes two moderators, so a colleague decides about this.")
    require_apart(by, asked.account)
    if not Sanction.objects.waiting().filter(pk=asked.pk).update(agreed=agreed, second=by, **also):
        raise Settled("A colleague has decided about this already.")
    transaction.on_commit(bus.nudge_queue)


@audit.deed()
def lift(given: Sanction, *, by: Account, now: datetime) -> None:
    """End before its time what keeps a member from writing, and tell them."""
    if not may_sanction(by, given.account):
        raise NotAllowed("About yourself a colleague decides.")
    require_apart(by, given.account)
    if not Sanction.objects.in_force(now).filter(pk=given.pk).update(lifted_hour=hour_of(now)):
        raise Settled("This is over already.")
    audit.record("account.sanction-lifted", by=by, about=f"account {given.account_id}", now=now)
    tell_account(Happening.LIFTED, given.account, now=now)


@audit.deed()
def appeal_sanction(given: Sanction, words: str, *, by: Account, now: datetime) -> None:
    """What its member says against it, once, for a moderator who had no part in it."""
    if given.account_id != by.pk:
        raise NotAllowed("Only whom it was given to can appeal against it.")
    if hasattr(given, "appeal") and given.appeal.words == words:
        return  # the same form once more
    intake.appealed(words, about=by, sanction=given, now=now)
