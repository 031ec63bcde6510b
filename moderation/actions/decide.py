"""Deciding: publish, return with a note, or decline with a reason; or holding what needs longer.

A decision names the version it read.
"""

from datetime import datetime
from typing import Any

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
from moderation.actions.claim import AlreadyClaimed, taken_up, who_has
from moderation.models import Decision, QueueItem, Verdict
from moderation.models.queue import FLAG
from moderation.rules import Party, may_decide


class TextChanged(Refused):
    pass


def publish(item: QueueItem, *, version: int, by: Account, now: datetime) -> None:
    """Make the text public as the moderator read it."""
    with audit.deed():
        post = settle_item(item, Verdict.PUBLISH, version=version, by=by, now=now)
        make_public(post, now=now)


def return_to_author(item: QueueItem, note: str, *, version: int, by: Account, now: datetime) -> None:
    """Give the text back with a note of what to change."""
    with audit.deed():
        post = settle_item(item, Verdict.RETURN, version=version, by=by, now=now, note=note)
        _move(post, State.RETURNED, note=note)
        tell(Happening.RETURNED, post, now=now)


def decline(item: QueueItem, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Refuse the text with a reason that its author can read."""
    with audit.deed():
        post = settle_item(item, Verdict.DECLINE, version=version, by=by, now=now, note=reason)
        _move(post, State.DECLINED, note=reason)
        tell(Happening.DECLINED, post, now=now)


def hold(item: QueueItem, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Leave the text in the queue with what moderators should know of it; nobody has it claimed.

    Held already, it gets the new reason. The author sees that it is held, never why.
    """
    with audit.deed():
        post = _take(item, "held", version=version, by=by, now=now, hold_reason=reason)
        if post.state != State.HELD and item.kind != FLAG:
            _move(post, State.HELD)
    item.refresh_from_db()


def _move(post: Post, state: State, **also: Any) -> None:
    lifecycle.move(post, state, **also)
    if post.kind == Kind.QUESTION:
        lifecycle.move(Thread.objects.get(pk=post.thread_id), state)


def settle_item(
    item: QueueItem, verdict: Verdict, *, version: int, by: Account, now: datetime, note: str = ""
) -> Post:
    """Settle `item`, once. NotAllowed with a verdict that is none for its kind."""
    if (item.kind == FLAG) != (verdict in ABOUT_FLAGS):
        raise NotAllowed("This can't be decided so. Please open it from the queue again.")
    settled = {"decided": True, "hold_reason": "", "handover_note": ""}
    post = _take(item, PAST[verdict], version=version, by=by, now=now, **settled)
    Decision.objects.create(item=item, verdict=verdict, note=note, version=version, by=by, hour=hour_of(now))
    return post


def _take(item: QueueItem, past: str, *, version: int, by: Account, now: datetime, **change: Any) -> Post:
    """Make `change` to the item and end its claim. The text is returned locked.

    AlreadyClaimed unless `by` may take the item now; TextChanged when its text is not that of `version`.
    """
    if not may_decide(by, item):
        raise Party
    # The thread first, as in withdrawing: in another order the two wait for each other on PostgreSQL.
    Thread.objects.select_for_update(no_key=True).get(pk=item.post.thread_id)
    free = QueueItem.objects.filter(pk=item.pk).claimable(by=by, now=now)
    if not free.update(holder=None, held_until=None, **taken_up(item, now), **change):
        raise AlreadyClaimed(who_has(item, now=now))
    post = Post.objects.select_for_update().get(pk=item.post_id)
    item.post = post
    if item.version != version:
        raise TextChanged(CHANGED_FLAGS if item.kind == FLAG else CHANGED_TEXT)
    audit.record(f"{item.kind}.{past}", about=post, by=by, now=now)
    transaction.on_commit(bus.nudge_queue)
    return post


PAST = {
    Verdict.PUBLISH: "published",
    Verdict.RETURN: "returned",
    Verdict.DECLINE: "declined",
    Verdict.UPHOLD: "upheld",
    Verdict.DISMISS: "dismissed",
}
ABOUT_FLAGS = (Verdict.UPHOLD, Verdict.DISMISS)
CHANGED_TEXT = "The author changed this text meanwhile. Read the new one before you decide."
CHANGED_FLAGS = "Somebody flagged this meanwhile, or its text was changed. Read it anew before you decide."
