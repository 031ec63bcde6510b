"""Closing a thread, so that it takes no more posts; and hiding one, so that only moderators read it."""

from datetime import datetime

from accounts.access import NotAllowed
from accounts.models import Account
from forum import lifecycle
from forum.models import Happening, Kind, Thread
from forum.publishing import list_again, tell, unlist
from forum.states import READABLE, State
from moderation import audit
from moderation.rules import require_thread


@audit.deed()
def close(thread: Thread, reason: str, *, by: Account, now: datetime) -> None:
    """Let it be read and take no more posts, but its author's update. Every reader sees the reason."""
    require_thread(by, thread)
    lifecycle.move(thread, State.CLOSED, out_of=[State.PUBLISHED], closed_because=reason)
    _record(thread, Happening.CLOSED, by=by, now=now)


@audit.deed()
def reopen(thread: Thread, *, by: Account, now: datetime) -> None:
    require_thread(by, thread)
    thread = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    if thread.merged_into_id:
        raise NotAllowed("It was merged into another thread. Take the two apart instead.")
    lifecycle.move(thread, State.PUBLISHED, out_of=[State.CLOSED], closed_because="")
    _record(thread, Happening.REOPENED, by=by, now=now)


@audit.deed()
def hide(thread: Thread, reason: str, *, by: Account, now: datetime) -> None:
    """Take it out of every list, feed and search at once. Its author alone is told, with the reason.

    What flags have hidden stays so, for this reason.
    """
    require_thread(by, thread)
    by_flags = Thread.objects.filter(pk=thread.pk, state=State.HIDDEN, hidden_by_flags=True)
    if not by_flags.update(hidden_because=reason, hidden_by_flags=False):
        lifecycle.move(thread, State.HIDDEN, out_of=READABLE, hidden_because=reason)
        unlist(thread)
    _record(thread, Happening.HIDDEN, by=by, now=now)


@audit.deed()
def unhide(thread: Thread, *, by: Account, now: datetime) -> None:
    """Show it again as it was before: open, or closed."""
    require_thread(by, thread)
    thread.refresh_from_db(fields=["closed_because", "merged_into"])
    before = State.CLOSED if thread.closed_because or thread.merged_into_id else State.PUBLISHED
    lifecycle.move(thread, before, out_of=[State.HIDDEN], hidden_because="", hidden_by_flags=False)
    list_again(thread)
    _record(thread, Happening.SHOWN, by=by, now=now)


def _record(thread: Thread, happening: Happening, *, by: Account, now: datetime) -> None:
    audit.record(f"thread.{happening.value}", about=thread, by=by, now=now)
    tell(happening, thread.posts.get(kind=Kind.QUESTION), now=now)
