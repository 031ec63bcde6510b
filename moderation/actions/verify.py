"""Verifying a clinician: taking a look-up on, noting what a board said, checking again each year."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.access import NotAllowed
from accounts.actions.verify import AGAIN_BEFORE_THE_END, count_anew, settle
from accounts.models import COUNTS, Account, Verification
from accounts.models.account import today
from anonymity import bus
from anonymity.hour import hour_of
from forum.models import Happening
from forum.notices.personal import tell_account
from moderation import audit
from moderation.actions.claim import CLAIM_LASTS, AlreadyClaimed
from moderation.rules import may_verify, require_apart


@dataclass(frozen=True)
class Found:
    """What a moderator looked up, and what the register said on that day."""

    board: str
    licence_type: str
    on: date
    result: str


def take(asked: Verification, *, by: Account, now: datetime) -> None:
    """Hold `asked` for `by`, or renew the hold. AlreadyClaimed when a colleague checks it or has."""
    _require(by, asked.account)
    held_already = asked.holder_at(now) == by
    with transaction.atomic():
        free = Verification.objects.filter(pk=asked.pk).claimable(by=by, now=now)
        if not free.update(holder=by, held_until=now + CLAIM_LASTS):
            raise AlreadyClaimed(who_checks(asked, now=now))
        if not held_already:
            audit.record("verification.claimed", by=by, about=asked, now=now)
            transaction.on_commit(bus.nudge_queue)
    asked.refresh_from_db()


def put_back(asked: Verification, *, by: Account, now: datetime) -> None:
    """Give up the hold, if it is `by`'s."""
    with transaction.atomic():
        if Verification.objects.filter(pk=asked.pk, holder=by).update(holder=None, held_until=None):
            audit.record("verification.released", by=by, about=asked, now=now)
            transaction.on_commit(bus.nudge_queue)


@audit.deed()
def note_check(asked: Verification, found: Found, *, by: Account, now: datetime) -> None:
    """Note what was found, once: it counts for a year, or ends what counted so far. The member is told.

    AlreadyClaimed unless `by` holds it.
    """
    _require(by, asked.account)
    # Of two who check a member at once, in two disciplines, the second counts what the first has noted.
    account = Account.objects.select_for_update(no_key=True).get(pk=asked.account_id)
    held = Verification.objects.waiting().filter(pk=asked.pk, holder=by, held_until__gt=now)
    if not held.update(holder=None, held_until=None):
        raise AlreadyClaimed(who_checks(asked, now=now))
    asked.board, asked.licence_type = found.board, found.licence_type
    settle(asked, found.result, on=found.on, by=by)
    asked.save()
    count_anew(account)
    kind = "account.verified" if found.result in COUNTS else "account.not-verified"
    audit.record(kind, by=by, about=account, now=now)
    tell_account(Happening.CHECKED, account, now=now)
    transaction.on_commit(bus.nudge_queue)


def check_again(checked: Verification, *, by: Account, now: datetime) -> Verification:
    """Put a licence before the moderators before its year is over; what waits already stays."""
    _require(by, checked.account)
    with transaction.atomic():
        if again := _put_again(checked, now=now):
            audit.record("verification.reopened", by=by, about=again, now=now)
            transaction.on_commit(bus.nudge_queue)
            return again
    return Verification.objects.waiting().get(account=checked.account_id, discipline=checked.discipline_id)


def put_what_ends_again(now: datetime) -> int:
    """The yearly check: what ends within a month waits at the desk; how many came to wait."""
    soon = Verification.objects.in_force(today(now)).filter(
        valid_until__lte=today(now) + AGAIN_BEFORE_THE_END
    )
    waiting = set(Verification.objects.waiting().values_list("account", "discipline"))
    ends = [each for each in soon if (each.account_id, each.discipline_id) not in waiting]
    return sum(bool(_put_again(each, now=now)) for each in ends)


def end_what_is_over(now: datetime) -> int:
    """Tell those whose year is over, each once; how many. It counts no longer since its last day."""
    over = Verification.objects.filter(valid_until__lt=today(now)).select_related("account")
    return sum(_end(each, now=now) for each in over)


@audit.deed()
def _end(over: Verification, *, now: datetime) -> bool:
    account = Account.objects.select_for_update(no_key=True).get(pk=over.account_id)
    if not Verification.objects.filter(pk=over.pk, valid_until__lt=today(now)).update(valid_until=None):
        return False
    count_anew(account)
    audit.record("verification.ended", about=over, now=now)
    tell_account(Happening.ENDED, account, now=now)
    return True


def _put_again(checked: Verification, *, now: datetime) -> Verification | None:
    again = Verification(
        account_id=checked.account_id,
        discipline_id=checked.discipline_id,
        jurisdiction_id=checked.jurisdiction_id,
        board=checked.board,
        licence_type=checked.licence_type,
        again=True,
        hour=hour_of(now),
    )
    try:
        with transaction.atomic():
            again.save(force_insert=True)
    except IntegrityError:  # one waits already
        return None
    return again


def who_checks(asked: Verification, *, now: datetime) -> str:
    """A sentence that says why `asked` is not the reader's to check."""
    found = Verification.objects.select_related("holder", "checked_by").filter(pk=asked.pk).first()
    if found is None:
        return "This waits no longer: the member took it back."
    if found.checked_on:
        by = found.checked_by.display_name if found.checked_by else "Somebody"
        return f"{by} has checked this already."
    if holder := found.holder_at(now):
        return f"{holder.display_name} is checking this."
    return "Your hold on this has run out. Take it again to note what you found."


def _require(by: Account, account: Account) -> None:
    if not may_verify(by, account):
        raise NotAllowed("Nobody verifies themself, so a colleague checks this.")
    require_apart(by, account)
