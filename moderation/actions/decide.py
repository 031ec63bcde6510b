"""Deciding: publish, return with a note, or decline with a reason; or holding what needs longer.

A decision names the version it read.
"""

from collections.abc import Container
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity import bus
from anonymity.hour import hour_of
from forum import lifecycle
from forum.models import Edit, Happening, Kind, Post, Thread
from forum.publishing import make_public, reword, tell
from forum.states import State
from moderation import audit
from moderation.actions.claim import AlreadyClaimed, taken_up, who_has
from moderation.models import Decision, QueueItem, Verdict
from moderation.models.queue import APPEAL, EDIT, FLAG
from moderation.rules import may_decide, require_item


class TextChanged(Refused):
    pass


def publish(item: QueueItem, *, version: int, by: Account, now: datetime) -> bool:
    """Make the text public as the moderator read it. Where two have to agree, the first is noted: False then.

    NotAllowed when both would be the same.
    """
    with audit.deed():
        _lock(item)
        if item.takes_two and not _has_first(item, by=by, version=version):
            agreed = {"agreed_by": by, "agreed_version": version}
            _take(item, "agreed", version=version, by=by, now=now, **agreed)
            return False
        post = settle_item(item, Verdict.PUBLISH, version=version, by=by, now=now)
        if edit := about_edit(item):
            reword(post, edit.wording, now=now)
            tell(Happening.EDITED, post, now=now)
        else:
            make_public(post, now=now)
        return True


def _has_first(item: QueueItem, *, by: Account, version: int) -> bool:
    """Whether a colleague of `by`, who may still decide about it, has agreed to that version already."""
    agreed = QueueItem.objects.select_related("agreed_by").filter(pk=item.pk, agreed_version=version).first()
    first: Account | None = agreed.agreed_by if agreed else None
    if first == by:
        raise NotAllowed("You have agreed to this already, so a second moderator has to.")
    return first is not None and may_decide(first, item)


@audit.deed()
def take_agreement_back(item: QueueItem, *, by: Account, now: datetime) -> None:
    """Agree no longer, as long as nobody has decided. NotAllowed for anybody but the first of the two."""
    _lock(item)
    agreed = QueueItem.objects.waiting().filter(pk=item.pk, agreed_by=by)
    if not agreed.update(agreed_by=None, agreed_version=None):
        raise NotAllowed("You have not agreed to this, or a colleague has decided about it meanwhile.")
    audit.record(f"{item.kind}.not-agreed-after-all", about=item.post, by=by, now=now)
    transaction.on_commit(bus.nudge_queue)


def return_to_author(item: QueueItem, note: str, *, version: int, by: Account, now: datetime) -> None:
    """Give the text back with a note of what to change."""
    with audit.deed():
        post = settle_item(item, Verdict.RETURN, version=version, by=by, now=now, note=note)
        bring(item, State.RETURNED, note=note)
        tell(Happening.EDIT_RETURNED if item.kind == EDIT else Happening.RETURNED, post, now=now)


def decline(item: QueueItem, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Refuse the text with a reason that its author can read."""
    with audit.deed():
        post = settle_item(item, Verdict.DECLINE, version=version, by=by, now=now, note=reason)
        bring(item, State.DECLINED, note=reason)
        tell(Happening.EDIT_DECLINED if item.kind == EDIT else Happening.DECLINED, post, now=now)


def hold(item: QueueItem, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Leave the text in the queue with what moderators should know of it; nobody has it claimed.

    Held already, it gets the new reason. The author sees that it is held, never why.
    """
    with audit.deed():
        _take(item, "held", version=version, by=by, now=now, hold_reason=reason)
        waits = item.post if item.is_text else about_edit(item)
        if waits and waits.state != State.HELD:
            bring(item, State.HELD)
    item.refresh_from_db()


def about_edit(item: QueueItem) -> Edit | None:
    """The edit that `item` is about. None when it is about something else."""
    return item.edit if item.kind == EDIT else None


def bring(item: QueueItem, state: State, *, out_of: Container[State] = tuple(State), **also: Any) -> None:
    """Bring what `item` is about to `state`: the edit, or the text itself."""
    if edit := about_edit(item):
        lifecycle.move(edit, state, out_of=out_of, **also)
    else:
        move_text(item.post, state, out_of=out_of, **also)


def move_text(post: Post, state: State, *, out_of: Container[State] = tuple(State), **also: Any) -> None:
    """Bring a text to `state`, and with a question its thread."""
    lifecycle.move(post, state, out_of=out_of, **also)
    if post.kind == Kind.QUESTION:
        lifecycle.move(Thread.objects.get(pk=post.thread_id), state, out_of=out_of)


def settle_item(
    item: QueueItem, verdict: Verdict, *, version: int, by: Account, now: datetime, note: str = ""
) -> Post:
    """Settle `item`, once, and return its text. NotAllowed with a verdict that is none for its kind."""
    if verdict not in VERDICTS.get(item.kind, ABOUT_TEXTS):
        raise NotAllowed("This can't be decided so. Please open it from the queue again.")
    _take(item, PAST[verdict], version=version, by=by, now=now, decided=True)
    Decision.objects.create(item=item, verdict=verdict, note=note, version=version, by=by, hour=hour_of(now))
    return item.post


def _take(item: QueueItem, past: str, *, version: int, by: Account, now: datetime, **change: Any) -> None:
    """Make `change` to the item and end its claim; its text is then locked.

    AlreadyClaimed unless `by` may take the item now; TextChanged when its text is not that of `version`.
    """
    require_item(by, item)
    _lock(item)
    free = QueueItem.objects.filter(pk=item.pk).claimable(by=by, now=now)
    if not free.update(holder=None, held_until=None, **taken_up(item, now), **change):
        raise AlreadyClaimed(who_has(item, now=now))
    if item.post_id:
        item.post = Post.objects.select_for_update(no_key=True).get(pk=item.post_id)
    if item.version != version:
        raise TextChanged(CHANGED_FLAGS if item.kind == FLAG else CHANGED_TEXT)
    audit.record(f"{item.kind}.{past}", about=item.about, by=by, now=now)
    transaction.on_commit(bus.nudge_queue)


def _lock(item: QueueItem) -> None:
    """The thread first, as in withdrawing: in another order the two wait for each other on PostgreSQL."""
    if item.post_id:
        Thread.objects.select_for_update(no_key=True).only("pk").get(pk=item.post.thread_id)


PAST = {
    Verdict.PUBLISH: "published",
    Verdict.RETURN: "returned",
    Verdict.DECLINE: "declined",
    Verdict.PROPOSE: "reworded",
    Verdict.UPHOLD: "upheld",
    Verdict.DISMISS: "dismissed",
    Verdict.STAND: "upheld",
    Verdict.GRANT: "granted",
}
ABOUT_EDITS = (Verdict.PUBLISH, Verdict.RETURN, Verdict.DECLINE)
ABOUT_TEXTS = (*ABOUT_EDITS, Verdict.PROPOSE)
ABOUT_FLAGS = (Verdict.UPHOLD, Verdict.DISMISS)
VERDICTS = {EDIT: ABOUT_EDITS, FLAG: ABOUT_FLAGS, APPEAL: (Verdict.STAND, Verdict.GRANT)}
CHANGED_TEXT = "The author changed this text meanwhile. Read the new one before you decide."
CHANGED_FLAGS = "Somebody flagged this meanwhile, or its text was changed. Read it anew before you decide."
