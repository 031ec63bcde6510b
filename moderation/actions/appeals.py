"""Deciding about appeals: whether what another moderator decided stands.

Whoever took part in that decision decides no more about it, and nobody learns from this whose appeal it is.
"""

from datetime import datetime

from accounts.models import Account
from anonymity.hour import hour_of
from forum.models import Happening, Post
from forum.notices.personal import tell_account
from forum.publishing import tell
from forum.states import State
from moderation import audit, intake
from moderation.actions.claim import CLAIM_LASTS
from moderation.actions.decide import move_text, settle_item
from moderation.models import Appeal, QueueItem, Sanction, Verdict


@audit.deed()
def uphold_decision(item: QueueItem, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Let the decision stand, with a reason that whoever appealed reads."""
    post = settle_item(item, Verdict.STAND, version=version, by=by, now=now, note=reason)
    _tell(Appeal.objects.get(item=item), post, now=now)


@audit.deed()
def grant(item: QueueItem, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Agree with the appeal: a declined text waits again, held by `by`; a sanction ends.

    Words that were removed are gone, so of those it says only that they should have stayed.
    """
    post = settle_item(item, Verdict.GRANT, version=version, by=by, now=now, note=reason)
    appeal = Appeal.objects.get(item=item)
    if appeal.decision:
        _put_back(post, urgent=appeal.decision.item.urgent, by=by, now=now)
    elif appeal.sanction:
        given = Sanction.objects.filter(pk=appeal.sanction.pk, lifted_hour=None)
        given.update(lifted_hour=hour_of(now))
    _tell(appeal, post, now=now)


def _put_back(post: Post, *, urgent: bool, by: Account, now: datetime) -> None:
    """IllegalMove when the text is declined no longer. Who declined it the first time is kept from it."""
    move_text(post, State.PENDING, out_of=[State.DECLINED], note="")
    intake.enqueue(post, now=now, urgent=urgent)
    again = QueueItem.objects.waiting().filter(post=post, kind=post.kind)
    again.update(holder=by, held_until=now + CLAIM_LASTS)


def _tell(appeal: Appeal, post: Post, *, now: datetime) -> None:
    if appeal.sanction:
        tell_account(Happening.ANSWERED, appeal.sanction.account, now=now)
    else:
        tell(Happening.APPEAL, post, now=now)
