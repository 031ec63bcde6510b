"""A second moderator agrees or refuses; a third may let the author be told later, as a court orders."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity.hour import hour_of
from breakglass.actions.record import note
from breakglass.actions.sweep import tell_author
from breakglass.models import Ground, State, UnmaskRequest
from breakglass.rules import may_agree_to_wait, may_decide
from moderation import audit

WAIT = timedelta(hours=24)
OPEN_FOR = timedelta(hours=72)
HOUR = timedelta(hours=1)


class Settled(Refused):
    """Somebody else was quicker, or it ran out."""


def approve(asked: UnmaskRequest, *, by: Account, now: datetime) -> None:
    """Agree that the two may open it: after a day, or at once where somebody is in danger; for three days."""
    danger = asked.ground == Ground.HARM
    start = hour_of(now if danger else now + WAIT + HOUR)  # the full hour after: never less than the day
    _decide(asked, State.APPROVED, by=by, now=now, not_before=start, expires=start + OPEN_FOR)


def refuse(asked: UnmaskRequest, *, by: Account, now: datetime) -> None:
    """Refuse: nobody learns anything, and the request is over."""
    _decide(asked, State.REFUSED, by=by, now=now)


@transaction.atomic
def _decide(asked: UnmaskRequest, state: State, *, by: Account, now: datetime, **times: datetime) -> None:
    if not may_decide(by, asked, now):
        raise NotAllowed(
            "It takes a moderator who did not ask, is no party to the thread, was appointed at least thirty "
            "days ago, and not by whoever asks."
        )
    free = UnmaskRequest.objects.filter(pk=asked.pk).decidable(now).exclude(third=by)
    if not free.update(state=state, second=by, **times):
        raise Settled("This request can't be decided now. Reload the page to see how it stands.")
    note(state.value, asked, by=by, now=now)


@transaction.atomic
def agree_to_wait(asked: UnmaskRequest, *, by: Account, now: datetime) -> None:
    """As a third moderator, agree that the author is told only when the court's days are over."""
    _refuse_own(asked, by)
    waiting = UnmaskRequest.objects.filter(pk=asked.pk).wishing_to_wait(now)
    tell_from = asked.hour + timedelta(days=asked.waits_days)
    if not waiting.update(third=by, tell_from=tell_from):
        raise Settled("This was settled meanwhile. Reload the page to see how it stands.")
    note("wait-agreed", asked, by=by, now=now)


@audit.deed()
def tell_now(asked: UnmaskRequest, *, by: Account, now: datetime) -> None:
    """As a third moderator, see no ground to wait: the author is told now and the request goes on."""
    _refuse_own(asked, by)
    if not UnmaskRequest.objects.filter(pk=asked.pk).wishing_to_wait(now).exists():
        raise Settled("This was settled meanwhile. Reload the page to see how it stands.")
    note("wait-refused", asked, by=by, now=now)
    tell_author(asked, now=now)


def _refuse_own(asked: UnmaskRequest, by: Account) -> None:
    if not may_agree_to_wait(by, asked):
        raise NotAllowed("A moderator who did not ask, and is no party to the thread, decides about this.")
