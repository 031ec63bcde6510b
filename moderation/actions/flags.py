"""Deciding about flags: upheld or dismissed, and what becomes of the text; never a word of who sent them.

Whoever wrote the text under their name, or asked the thread so, does not decide. Who flagged it may: of
that nobody knows, and a moderator who were kept from it would be known.
"""

from datetime import datetime

from django.db.models import TextChoices

from accounts.models import Account
from forum.actions.flag import settle
from forum.models import Happening, Kind, Post, Thread
from forum.publishing import hide_reply, show_reply, tell
from forum.states import State
from moderation import audit
from moderation.actions.decide import settle_item
from moderation.actions.threads import close, hide, unhide
from moderation.models import QueueItem, Verdict
from moderation.rules import require_posts


class Then(TextChoices):
    """What becomes of a text that was flagged with good reason."""

    HIDE = "hide", "It stays hidden, or is hidden now: nobody but moderators and its author reads it"
    CLOSE = "close", "The thread is closed: it can be read, and takes no more posts"
    KEEP = "keep", "Nothing more: what was wrong is put right, and it can be read"


@audit.deed()
def uphold(item: QueueItem, then: str, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Agree with the flags. AlreadyClaimed, TextChanged as with any decision."""
    post = settle_item(item, Verdict.UPHOLD, version=version, by=by, now=now, note=reason)
    if then == Then.HIDE:
        _hide(post, reason, by=by, now=now)
    else:
        _show_again(post, by=by, now=now)
    if then == Then.CLOSE:
        close(Thread.objects.get(pk=post.thread_id), reason, by=by, now=now)
    settle(post, Happening.UPHELD, now=now)


@audit.deed()
def dismiss(item: QueueItem, reason: str, *, version: int, by: Account, now: datetime) -> None:
    """Leave the text as it is, and show it again where the flags had hidden it."""
    post = settle_item(item, Verdict.DISMISS, version=version, by=by, now=now, note=reason)
    _show_again(post, by=by, now=now)
    settle(post, Happening.DISMISSED, now=now)


@audit.deed()
def show(post: Post, *, by: Account, now: datetime) -> None:
    """Show a hidden reply again. IllegalMove when it is not hidden."""
    require_posts(by, [post])
    show_reply(post)
    audit.record("post.shown", about=post, by=by, now=now)
    tell(Happening.SHOWN, post, now=now)


def _hide(post: Post, reason: str, *, by: Account, now: datetime) -> None:
    if post.kind == Kind.QUESTION:
        hide(Thread.objects.get(pk=post.thread_id), reason, by=by, now=now)
        return
    if post.state == State.HIDDEN:
        Post.objects.filter(pk=post.pk).update(note=reason)
    else:
        hide_reply(post, reason)
    audit.record("post.hidden", about=post, by=by, now=now)
    tell(Happening.HIDDEN, post, now=now)


def _show_again(post: Post, *, by: Account, now: datetime) -> None:
    """Undo what the flags did, and nothing that a moderator did."""
    if post.kind != Kind.QUESTION:
        if post.state == State.HIDDEN:
            show(post, by=by, now=now)
        return
    thread = Thread.objects.get(pk=post.thread_id)
    if thread.state == State.HIDDEN and thread.hidden_by_flags:
        unhide(thread, by=by, now=now)
