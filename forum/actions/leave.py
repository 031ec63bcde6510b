"""Leaving the board: the deed of a member, and the last of it in the night.

Of the account's anonymous threads nothing is known here, and no row of theirs is written (T-DIFF).
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import DatabaseError
from django.db.models import Q

from accounts.access import Refused
from accounts.actions.leave import clear_files, close, end_sessions, lock
from accounts.models import Account
from forum import lifecycle
from forum.actions.edit import forget_edits
from forum.actions.withdraw import NO_WORDS, withdraw
from forum.models import Kind, Post, Thread
from forum.states import State
from moderation import audit, intake

log = logging.getLogger(__name__)

UNSEEN = (State.PENDING, State.HELD, State.RETURNED, State.DECLINED)


@audit.deed()
def leave(account: Account, *, keep_name: bool, now: datetime) -> None:
    """Lock the account and take back what no reader has seen. LastAdministrator leaves all as it was."""
    lock(account, keep_name=keep_name, now=now)
    take_back(account, now=now)
    intake.stand_down(account, now=now)
    audit.record("account.left", about=account, now=now)


def finish(accounts: Iterable[Account], *, now: datetime) -> None:
    """Close those whose links are cut. Who can't be closed, or a run that was killed: the next one's."""
    accounts = list(accounts)
    if not accounts:
        return
    end_sessions(accounts)
    for account in accounts:
        try:
            with audit.deed():
                take_back(account, now=now)  # what was on its way while the account was locked
                close(account)
        except (DatabaseError, Refused) as fault:  # one must not keep the others
            log.error("an account can't be closed yet: %s", type(fault).__name__)
    clear_files()


def take_back(account: Account, *, now: datetime) -> None:
    """Withdraw what the account wrote under its name and nobody but moderators has read, appeals among it."""
    written = Post.objects.written_by(account)
    unseen, edited = written.filter(state__in=UNSEEN), written.exclude(edit=None)
    # The threads first, as in deciding: what a moderator publishes at this moment stays.
    threads = Thread.objects.select_for_update(no_key=True)
    touched = Q(pk__in=unseen.values("thread")) | Q(pk__in=edited.values("thread"))
    for thread in threads.filter(touched).order_by("pk"):
        if thread.author_id == account.pk and thread.state in UNSEEN:
            withdraw(thread, by=account, now=now)
    for post in edited.filter(edit__proposed=False):
        audit.record("edit.withdrawn", about=post, now=now)
    forget_edits(written)
    intake.drop(unseen)
    intake.drop_appeals(written)
    for post in unseen:
        lifecycle.move(post, State.WITHDRAWN, **NO_WORDS)
        audit.record(f"{Kind(post.kind).value}.withdrawn", about=post, now=now)
