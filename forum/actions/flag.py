"""Flagging: any member reports a public post, and nobody learns who it was.

The vault links a flag to its member as it links a persona to its author; what follows holds nothing of the
account, and no page that others see differs by what the vault knows (leak 13).
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet

from accounts.access import Refused, TooMany
from accounts.models import Account
from anonymity import vault
from anonymity.hour import hour_of
from forum import lifecycle
from forum.models import FLAG_OUTCOMES, Event, Flag, Happening, Kind, Post, Reason, Thread
from forum.models.flag import WORDS_MAX
from forum.publishing import hide_reply, tell, unlist
from forum.states import READABLE, State
from forum.text.normalise import clean_for_persona
from moderation import audit, intake

ENOUGH = 3  # different members whose flags hide a text without a privacy flag
MISTAKEN = 3  # dismissed flags with which a member's privacy flag hides nothing by itself any more
REMEMBERED = timedelta(days=90)
BY_FLAGS = "Somebody flagged it, so it is hidden until a moderator has looked at it."


class Meanwhile(Refused):
    """The text is no longer what was flagged."""


def flag(
    post: Post, reason: Reason, words: str = "", *, at_once: bool = False, account: Account, now: datetime
) -> None:
    """Put `post` before the moderators, hidden from now on where the rules say so.

    `at_once`: whoever flags is sure that somebody can be recognised. A second flag by the same member
    before it is decided replaces the first. TooMany beyond the day's share; VaultUnavailable writes nothing.
    """
    words = clean_for_persona(words)[:WORDS_MAX]  # three dots of a persona need more room than one sign
    place = place_of(post)
    flag_id = vault.attach(account, place)
    if Flag.objects.open().filter(pk=flag_id, reason=reason, words=words).exists():
        return  # the same form once more
    if not vault.take_slot(account, "flag", now):
        raise TooMany(f"You can send {settings.FLAGS_A_DAY} flags a day. Please come back tomorrow.")
    # Asked in every case. A flag that hides nothing may be the choice of who sent it, which is kept nowhere.
    believed = mistaken_flags(account, now=now) < MISTAKEN
    with audit.deed():
        _receive(post, Flag(id=flag_id, place=place, post=post, reason=reason, words=words))
        audit.record("post.flagged", about=post, now=now)
        intake.flagged(post, urgent=reason == Reason.IDENTIFIES, now=now)
        if (at_once and believed) or Flag.objects.open().filter(post=post).count() >= ENOUGH:
            _hide(post, now=now)


def mistaken_flags(account: Account, *, now: datetime) -> int:
    """How many of the account's flags moderators dismissed lately. Counted from them and kept nowhere."""
    dismissed = {"settled_by__happening": Happening.DISMISSED, "settled_by__hour__gte": now - REMEMBERED}
    return Flag.objects.filter(pk__in=vault.personas_of(account), **dismissed).count()


def place_of(post: Post) -> uuid.UUID:
    """What the vault tags a member's flag of `post` with: another after each decision about flags of it."""
    decided = Event.objects.filter(post=post, happening__in=FLAG_OUTCOMES).count()
    return uuid.uuid5(post.pk, f"flag {decided}")


def settle(post: Post, outcome: Happening, *, now: datetime) -> None:
    """End the open flags of `post`; whoever sent them hears how. Their words go."""
    event = tell(outcome, post, now=now)
    Flag.objects.open().filter(post=post).update(settled_by=event, words="")


def settle_all(posts: QuerySet[Post], *, now: datetime) -> None:
    """The same for texts that were taken back before anybody decided."""
    for post in posts.filter(flags__in=Flag.objects.open()).distinct():
        settle(post, Happening.TAKEN_BACK, now=now)


def forget_flags(now: datetime) -> None:
    """Delete flags that were settled long ago; the vault lets go of their links when its key is renewed."""
    Flag.objects.filter(settled_by__hour__lt=hour_of(now - REMEMBERED)).delete()


def _receive(post: Post, received: Flag) -> None:
    """Keep the flag, or what is new in it. Meanwhile when the text is not to be read, or was decided on."""
    # The thread first, as in deciding: a flag and a decision come one after the other.
    Thread.objects.select_for_update(no_key=True).get(pk=post.thread_id)
    if not Post.objects.published().filter(pk=post.pk).exists() or place_of(post) != received.place:
        raise Meanwhile("This has changed meanwhile, so nothing was sent. Please look at the thread again.")
    changed = {"reason": received.reason, "words": received.words, "version": F("version") + 1}
    if not Flag.objects.open().filter(pk=received.pk).update(**changed):
        received.save(force_insert=True)


def _hide(post: Post, *, now: datetime) -> None:
    if post.kind == Kind.QUESTION:
        thread = Thread.objects.get(pk=post.thread_id)
        why = {"hidden_because": BY_FLAGS, "hidden_by_flags": True}
        lifecycle.move(thread, State.HIDDEN, out_of=READABLE, **why)
        unlist(thread)
        audit.record("thread.hidden-by-flags", about=thread, now=now)
    else:
        hide_reply(post, BY_FLAGS)
        audit.record("post.hidden-by-flags", about=post, now=now)
    tell(Happening.HIDDEN, post, now=now)
