"""Whom an event concerns, and telling them: one notice each, at least one nudge.

Nobody is left out for having written the post: an absence would say who did.
"""

import logging
import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Account
from anonymity import bus, vault
from anonymity.hour import hour_of
from forum.models import (
    BY_MODERATORS,
    CONCERNS_AUTHOR,
    FLAG_OUTCOMES,
    Event,
    Flag,
    Follow,
    Happening,
    Notice,
    Persona,
    Post,
    ThreadTag,
)
from forum.models.follow import FollowQuerySet, Level

log = logging.getLogger(__name__)
AT_ONCE = 200  # more than these are told by the worker, so that no request waits for them
BATCH = 1000


def tell_soon(event: Event) -> None:
    """Tell now when few are concerned, so that open pages hear within the second; else the worker does.

    The post is kept already: whatever fails here is made up for by the next sweep.
    """
    if event.happening not in (*CONCERNS_AUTHOR, *FLAG_OUTCOMES):
        bus.nudge_thread(event.post.thread.public_id)
    _told(event, at_most=AT_ONCE)


def tell_all() -> int:
    """Tell the events that nobody was told of yet; how many of them that were told.

    One that fails waits for the next sweep and keeps none of the others.
    """
    events = list(Event.objects.untold().select_related("post__thread")[:BATCH])
    return sum(_told(event) for event in events)


def _told(event: Event, *, at_most: int | None = None) -> bool:
    try:
        if at_most is not None and any(each[: at_most + 1].count() > at_most for each in _crowds(event)):
            return False
        tell(event)
    except Exception as error:
        # Only the kind of error: its text could hold a row.
        log.error("an event waits for the next sweep: %s", type(error).__name__)
        return False
    return True


def _crowds(event: Event) -> Iterator[QuerySet]:
    """Those of a tag first: of them no more rows are read than are counted."""
    if event.happening not in (*CONCERNS_AUTHOR, *FLAG_OUTCOMES):
        yield _hearing_by_tag(event)
    yield accounts_concerned(event)


def tell(event: Event) -> None:
    """Write the notices of `event` and nudge their readers. Twice in a row writes nothing twice."""
    accounts = list(accounts_concerned(event))
    personas = list(personas_concerned(event))
    flags = list(Flag.objects.filter(settled_by=event))
    # In transactions of their own: one of them all would join readers by its number (T-XMIN).
    for batch in (
        [Notice(event=event, account=account) for account in accounts],
        [Notice(event=event, persona=persona) for persona in personas],
        [Notice(event=event, flag=flag) for flag in flags],
    ):
        Notice.objects.bulk_create(batch, ignore_conflicts=True, batch_size=BATCH)
    Event.objects.filter(pk=event.pk).update(told=True)
    vault.nudge_accounts(accounts)
    for sealed in [*personas, *flags]:
        vault.nudge(sealed.pk)


def tell_one(post: Post, happening: Happening, account: Account, *, now: datetime) -> None:
    """Tell one account alone, in the transaction of the deed; nudge it once that is kept."""
    event = Event.objects.create(happening=happening, post=post, hour=hour_of(now), told=True)
    Notice.objects.create(event=event, account=account)
    transaction.on_commit(lambda: vault.nudge_accounts([account]))


def tell_each(happening: Happening, told: list[tuple[uuid.UUID, Account]], *, now: datetime) -> None:
    """Tell of each of these posts one account, in the transaction of the deed, in two queries for a batch."""
    events = Event.objects.bulk_create(
        [Event(happening=happening, post_id=post, hour=hour_of(now), told=True) for post, _ in told],
        batch_size=BATCH,
    )
    notices = [Notice(event=event, account=account) for event, (_, account) in zip(events, told, strict=True)]
    Notice.objects.bulk_create(notices, batch_size=BATCH)
    transaction.on_commit(lambda: vault.nudge_accounts(list({account for _, account in told})))


def accounts_concerned(event: Event):
    """Accounts by name: the author of what was decided; else the thread's author and all followers."""
    post = event.post
    if event.happening in FLAG_OUTCOMES:
        return Account.objects.none()
    if event.happening in CONCERNS_AUTHOR:
        return Account.objects.filter(posts=post, is_active=True)
    wants = _by_tag(event) | _by_thread(event)
    if event.happening not in (Happening.THREAD, *BY_MODERATORS):
        wants &= ~Q(pk=post.author_id)  # a named author knows; a persona's account is not known here
    return Account.objects.filter(wants, is_active=True)


def _by_tag(event: Event) -> Q:
    """Followers of the thread's tags: of new threads all, of what is said in them those who watch. Whoever
    muted one of its tags hears of it by none."""
    muted = _follows_of_tags(event).filter(level=Level.MUTE)
    return _one_of(_hearing_by_tag(event)) & ~_one_of(muted)


def _hearing_by_tag(event: Event) -> FollowQuerySet:
    follows = _follows_of_tags(event)
    return follows.heard() if event.happening == Happening.THREAD else follows.watched()


def _follows_of_tags(event: Event) -> FollowQuerySet:
    tags = ThreadTag.objects.filter(content_object=event.post.thread_id).values("tag")
    return Follow.objects.filter(tag__in=tags)


def _by_thread(event: Event) -> Q:
    """Followers of the thread: of how it turned out, and of what becomes of it, all; of replies those who
    watch. Whoever wrote in it by name hears of everything; the inbox of who muted it shows none of that."""
    follows = Follow.objects.reaching(event.post.thread_id)
    if event.happening == Happening.THREAD:
        return _one_of(follows.heard())
    wants = _one_of(follows.watched() if event.happening == Happening.REPLY else follows.heard())
    wants |= Q(pk=event.post.thread.author_id)
    return wants | Q(
        pk__in=Post.objects.filter(thread=event.post.thread_id, author__isnull=False).values("author")
    )


def _one_of(follows: FollowQuerySet) -> Q:
    return Q(pk__in=follows.values("account"))


def personas_concerned(event: Event):
    """A muted one as well: it may write nothing more, and hears of what is said to it like before.

    Not one without a link, whose notices nobody could read.
    """
    told = Persona.objects.filter(notify=True)
    if event.happening in CONCERNS_AUTHOR:
        return told.filter(posts=event.post)
    if event.happening in (Happening.THREAD, *FLAG_OUTCOMES):
        return told.none()
    personas = told.filter(thread=event.post.thread_id)
    if event.happening in BY_MODERATORS or not event.post.persona_id:
        return personas
    return personas.exclude(pk=event.post.persona_id)
