"""Merging: of two threads that ask the same, one is kept. The other is closed, unlisted, and links to it.

No post moves: a persona lives inside one thread, and who replied there did so to that question.
"""

from datetime import datetime

from accounts.access import Refused
from accounts.models import Account
from forum import lifecycle
from forum.models import Happening, Kind, Thread
from forum.publishing import take_apart, tell, unlist
from forum.states import State
from moderation import audit
from moderation.rules import require_thread


class CannotMerge(Refused):
    pass


@audit.deed()
def merge(duplicate: Thread, kept: Thread, *, by: Account, now: datetime) -> None:
    """Close `duplicate` for `kept`; who wrote in it or follows it is told, and followers hear of `kept`.

    CannotMerge unless both are public and neither was merged, or when others were merged into `duplicate`.
    """
    require_thread(by, duplicate)
    require_thread(by, kept)
    both = Thread.objects.select_for_update(no_key=True).filter(pk__in=[duplicate.pk, kept.pk])
    found = both.order_by("pk").in_bulk()
    if len(found) < 2:
        raise CannotMerge("This is the very same thread. Please give the one that is to be kept.")
    duplicate, kept = found[duplicate.pk], found[kept.pk]
    _require(duplicate, kept)
    if duplicate.state == State.PUBLISHED:
        lifecycle.move(duplicate, State.CLOSED)
    Thread.objects.filter(pk=duplicate.pk).update(merged_into=kept)
    unlist(duplicate)
    audit.record("thread.merged", about=duplicate, by=by, now=now)
    tell(Happening.MERGED, duplicate.posts.get(kind=Kind.QUESTION), now=now)


def _require(duplicate: Thread, kept: Thread) -> None:
    for thread in (duplicate, kept):
        if not thread.is_readable:
            raise CannotMerge(f"“{thread.title}” is {thread.get_state_display()}. Both have to be public.")
        if thread.merged_into:
            raise CannotMerge(f"“{thread.title}” was merged into “{thread.merged_into.title}” already.")
    if duplicate.duplicates.exists():
        raise CannotMerge("Other threads were merged into this one, so it is this one that should be kept.")


@audit.deed()
def unmerge(duplicate: Thread, *, by: Account, now: datetime) -> None:
    """Take the two apart: it stands where it stood, and the notices of the merging are gone."""
    require_thread(by, duplicate)
    duplicate = Thread.objects.select_for_update(no_key=True).get(pk=duplicate.pk)
    if not duplicate.merged_into_id:
        raise CannotMerge("This thread is merged into none.")
    take_apart(duplicate)
    audit.record("thread.taken-apart", about=duplicate, by=by, now=now)
