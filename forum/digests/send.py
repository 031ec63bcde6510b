"""Sending what is due. Each period's digest is sent once, or noted as uncertain: never twice, never empty.

Before the mail server gets one, the row says that it does, and has moved on to the next period. So whoever
is killed in between leaves a row that nobody sends again, and that the next sweep finds and reports.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F

from accounts.models.account import today
from anonymity.hour import hour_of
from forum.digests.contents import Window
from forum.digests.followed import followed_by
from forum.digests.letter import Letter
from forum.digests.schedule import next_due
from forum.mailing import (
    FAILURES,
    FOR_NOW,
    REFUSALS,
    Clock,
    Handed,
    MailIsDown,
    addresses_of,
    hand_over,
    make_sure_of,
)
from forum.models import Digest
from forum.models.digest import About, Every, Last

log = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(minutes=15)  # in which a batch is sent, or left
SETTLES = timedelta(minutes=10)  # after its end, an hour's threads are all in the database
AGAIN_AFTER, AT_MOST_AFTER = timedelta(minutes=5), timedelta(hours=6)
UNREAD = timedelta(days=90)
WINDOWS = 8  # kept; most digests of a sweep cover the same one

TAKEN = "taken"  # by another worker: counted beside what became of a digest


class Due(NamedTuple):
    """A digest with what it says and to which address; "" for an account that has none confirmed."""

    digest: Digest
    letter: Letter
    address: str


def send_due(clock: Clock, *, until: datetime | None = None) -> Counter[str]:
    """Make and send every digest that is due, until the moment `until`; how many came to which end.

    A mail server that is away ends the sweep; what was due is tried again, with growing patience.
    """
    done: Counter[str] = Counter({Last.UNCERTAIN.value: note_uncertain(clock())})
    windows: dict[datetime, Window] = {}
    mail = get_connection()
    try:
        while (until is None or clock() < until) and (batch := _take(clock())):
            failures = 0
            for place, due in enumerate(_made(batch, windows, clock)):
                if until is not None and clock() >= until:
                    _leave(batch[place:], clock())
                    break
                end = _try(due, mail, clock())
                done[Handed.FAILED if end in FOR_NOW else end] += 1
                failures = failures + 1 if end == Handed.FAILED else 0
                if failures == FAILURES:
                    raise MailIsDown
    except MailIsDown:
        done[Handed.FAILED] += _put_off(batch, clock())
    finally:
        mail.close()
    return +done


def note_uncertain(now: datetime) -> int:
    """Settle those that somebody was handing over when they stopped; how many. They are not sent again."""
    left = Digest.objects.filter(handing=True, try_at__lte=now)
    count = left.update(handing=False, try_at=F("due"), tries=0, last=Last.UNCERTAIN, last_on=today(now))
    if count:
        log.warning("digests that the mail server may or may not have: %d", count)
    return count


@transaction.atomic
def _take(now: datetime) -> list[Digest]:
    """The next that are due, those of one window together, for this worker alone until the lease ends."""
    skip = connection.features.has_select_for_update_skip_locked
    free = Digest.objects.due(now).select_for_update(skip_locked=skip)
    batch = sorted(free.order_by("try_at")[:BATCH], key=lambda digest: digest.told_hour)
    for digest in batch:
        digest.try_at = now + LEASE
    Digest.objects.filter(pk__in=[digest.pk for digest in batch]).update(try_at=now + LEASE)
    return batch


def _made(batch: list[Digest], windows: dict[datetime, Window], clock: Clock) -> Iterator[Due]:
    """What each of a batch says, in as many queries however many these are."""
    accounts = [digest.pk for digest in batch]
    followed = followed_by(accounts)
    addresses = addresses_of(accounts)
    for digest in batch:
        window = _window(windows, digest.told_hour, max(digest.told_hour, hour_of(clock() - SETTLES)))
        theirs = followed[digest.pk]
        contents = window.seen_by(None if digest.about == About.ALL else theirs.tags, theirs)
        is_last = today(clock()) - digest.seen_week > UNREAD
        yield Due(digest, Letter(digest, contents, window, is_last), addresses.get(digest.pk, ""))


def _window(windows: dict[datetime, Window], since: datetime, until: datetime) -> Window:
    window = windows.get(since)
    if window is None or window.until != until:
        if len(windows) >= WINDOWS:
            windows.pop(next(iter(windows)))
        window = windows[since] = Window(since, until)
    return window


def _try(due: Due, mail: BaseEmailBackend, now: datetime) -> str:
    """Deal with one; a row of which nothing can be made, say of a zone that is no more, stops no other."""
    try:
        return _deal_with(due, mail, now)
    except MailIsDown:
        raise
    except Exception as fault:
        log.error("a digest can't be made: %s", type(fault).__name__)
        _put_off([due.digest], now)
        return Handed.FAILED


def _deal_with(due: Due, mail: BaseEmailBackend, now: datetime) -> str:
    """Send one, or leave it out; what became of it."""
    digest, letter, address = due
    then = next_due(digest.every, digest.weekday, digest.at_hour, digest.zone, after=now)
    ahead = {"due": then, "told_hour": letter.window.until}
    mine = Digest.objects.filter(pk=digest.pk, try_at=digest.try_at, handing=False).exclude(every=Every.OFF)
    if not letter.contents or not address:
        mine.update(**ahead, try_at=then, tries=0, last=Last.EMPTY, last_on=today(now))
        return Last.EMPTY
    message = letter.addressed(address)
    make_sure_of(mail)
    if not mine.update(**ahead, handing=True):
        return TAKEN
    handed = hand_over(message, mail)
    moved_on = Digest.objects.filter(pk=digest.pk, handing=True)
    if handed in FOR_NOW:
        # Unless the member chose anew meanwhile.
        back = {"due": digest.due, "told_hour": digest.told_hour, "try_at": now + _patience(digest)}
        moved_on.filter(due=then).update(**back, tries=F("tries") + 1)
        moved_on.update(handing=False)
        return handed  # of one address that is put off, nothing follows for the others
    end = Last(handed)
    refusals = digest.refusals + 1 if end == Last.REFUSED else 0
    if refusals == REFUSALS:
        end = Last.BOUNCED
    elif letter.is_last and end == Last.SENT:
        end = Last.STOPPED
    off = {"every": Every.OFF} if end in (Last.BOUNCED, Last.STOPPED) else {}
    noted = {"tries": 0, "refusals": refusals, "last": end, "last_on": today(now)}
    moved_on.update(**noted, **off, handing=False, try_at=F("due"))
    return end


def _leave(batch: list[Digest], now: datetime) -> None:
    """To the next sweep, as if nobody had taken them: their lease, which is one, ends now."""
    left = Digest.objects.filter(
        pk__in=[digest.pk for digest in batch], try_at=batch[0].try_at, handing=False
    )
    left.update(try_at=now)


def _put_off(batch: list[Digest], now: datetime) -> int:
    """Leave what is left of a batch for later, each with its own growing patience."""
    count = 0
    for digest in batch:
        mine = Digest.objects.filter(pk=digest.pk, try_at=digest.try_at, handing=False)
        count += mine.update(try_at=now + _patience(digest), tries=F("tries") + 1)
    return count


def _patience(digest: Digest) -> timedelta:
    return min(AGAIN_AFTER * 2**digest.tries, AT_MOST_AFTER)
