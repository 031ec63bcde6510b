"""Deciding: publish, return with a note, or decline with a reason. A decision names the version it read."""

from datetime import datetime

from django.db import transaction

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity import bus
from anonymity.hour import hour_of
from forum import lifecycle
from forum.models import Happening, Kind, Post, Thread
from forum.publishing import make_public, tell
from forum.states import State
from moderation import audit
from moderation.actions.claim import AlreadyClaimed
from moderation.models import Decision, QueueItem, Verdict
from moderation.rules import may_decide


class TextChanged(Refused):
    pass


def publish(item: QueueItem, *, version: int, by: Account, now: datetime) -> None:
    """Make the text public as the moderator read it."""
    with transaction.atomic():
        post = _decide(item, Verdict.PUBLISH, version=version, by=by, now=now)
        make_public(post, now=now)


def return_to_author(item: QueueItem, note: str, *, version: int, by: Account, now: datetime) -> None:
    """Give the text back with a note of what to change."""
    with transaction.atomic():
        post = _decide(item, Verdict.RETURN, version=version, by=by, now=now, note=note)
        _turn_away(post, State.RETURNED, note)
        tell(Happening.RETURNED, post, now=now)


def decline(item: QueueItem, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Refuse the text with a reason that its author can read."""
    with transaction.atomic():
        post = _decide(item, Verdict.DECLINE, version=version, by=by, now=now, note=reason)
        _turn_away(post, State.DECLINED, reason)
        tell(Happening.DECLINED, post, now=now)


def _turn_away(post: Post, state: State, note: str) -> None:
    lifecycle.move(post, state, note=note)
    if post.kind == Kind.QUESTION:
        lifecycle.move(Thread.objects.get(pk=post.thread_id), state)


def _decide(
    item: QueueItem, verdict: Verdict, *, version: int, by: Account, now: datetime, note: str = ""
) -> Post:
    """Settle `item`, once. AlreadyClaimed unless `by` may take it now; TextChanged about an older text."""
    if not may_decide(by, item):
        raise NotAllowed("You are party to this thread, so a colleague decides about it.")
    # The thread first, as in withdrawing: in another order the two wait for each other on PostgreSQL.
    Thread.objects.select_for_update(no_key=True).get(pk=item.post.thread_id)
    free = QueueItem.objects.filter(pk=item.pk).claimable(by=by, now=now)
    if not free.update(decided=True, holder=None, held_until=None):
        raise AlreadyClaimed("A colleague is working on this item, or has decided about it.")
    post = Post.objects.select_for_update().get(pk=item.post_id)
    if post.version != version:
        raise TextChanged("The author changed this text meanwhile. Read the new one before you decide.")
    Decision.objects.create(item=item, verdict=verdict, note=note, version=version, by=by, hour=hour_of(now))
    audit.record(f"{Kind(post.kind).value}.{PAST[verdict]}", about=post, by=by, now=now)
    transaction.on_commit(bus.nudge_queue)
    return post


PAST = {Verdict.PUBLISH: "published", Verdict.RETURN: "returned", Verdict.DECLINE: "declined"}
