"""Notices by mail: one text whatever is new, at most one a half-hour and six a day, none in quiet hours,
and none to who has read it meanwhile.

Who is behind a persona is known to a round while it lasts, among all others that it concerns and in a
random order. Whom it mailed is noted in the vault, where nobody can tell whose note it is; before the
mail server gets the mail, so that a worker that is killed mails nobody twice.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Max
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import Account
from anonymity import vault
from forum.actions.notice_settings import give_everybody_settings
from forum.mailing import (
    FAILURES,
    FOR_NOW,
    REFUSALS,
    Clock,
    Handed,
    MailIsDown,
    addresses_of,
    hand_over,
    letter,
    make_sure_of,
)
from forum.models import Notice, NoticeSettings
from forum.models.notice import NoticeQuerySet
from forum.models.notice_settings import MailEnd, concern_of, happenings_of
from forum.notices import rounds
from forum.notices.inbox import Inbox
from forum.notices.rounds import HALF_HOUR, Round, Rounds
from forum.unsubscribe import link_of

SUBJECT = "Something new in your inbox"
STALE = timedelta(hours=25)  # what is older is mailed no more: a night of quiet hours is over by then
AGAIN_AFTER = timedelta(minutes=5)
AT_ONCE = 500  # accounts looked up in one query

NO_MORE = "had theirs"  # the mail of this half-hour, or the last of the day

QUIET = ("quiet_from", "quiet_to", "zone")
Quiet = tuple[int, int, str]
NO_QUIET: Quiet = (0, 0, "UTC")


class Told(NamedTuple):
    """For whom a round may hold something new. What it is, each one's own inbox says."""

    named: set[int]  # accounts told by name
    behind: set[UUID]  # personas and flags

    @property
    def addressees(self) -> int:
        return len(self.named) + len(self.behind)


class Letter(NamedTuple):
    account: Account
    chosen: NoticeSettings
    address: str

    def message(self, at: datetime) -> EmailMultiAlternatives:
        """Of one size whatever is new and how much (leaks 55, 62); its date is the round's (leak 56)."""
        context = {
            "inbox_url": settings.SITE_URL + reverse("forum:inbox"),
            "settings_url": settings.SITE_URL + reverse("forum:notice-settings"),
            "unsubscribe_url": link_of(self.chosen),
            "at_most": settings.MAILS_A_DAY,
        }
        subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{SUBJECT}"
        return letter(subject, "notices/mail", context, to=self.address, list_name="notices", date=at)


class Swept(NamedTuple):
    """How far a sweep came."""

    reached: int
    asked_all: bool = False
    waits: bool = False  # for the mail server


def open_round(now: datetime) -> None:
    """Open the round of this half-hour, if there is none. What is being written meanwhile is all there in a
    minute, so the worker sends a round when it comes again."""
    with suppress(vault.VaultUnavailable):
        if found := rounds.taken(now):
            opened = found.opened(now)
            if opened.open and not found.open:
                told = _told(opened, opened.open, now)
                opened = replace(opened, open=opened.open.told_to(told.addressees))
            rounds.keep(opened, now)


def send_round(clock: Clock, *, until: datetime | None = None) -> Counter[str]:
    """Send the mails of the open round, until the moment `until`; how many came to which end.

    What the mail server did not want now is tried again while the half-hour lasts; without a server, or
    with the vault out of order, the round waits for as long as that takes.
    """
    done: Counter[str] = Counter()
    with suppress(vault.VaultUnavailable):  # somebody takes it up when the lease is over
        if found := rounds.taken(clock()):
            rounds.keep(*_after_sending(found, clock, until, done))
    return done


def _after_sending(
    found: Rounds, clock: Clock, until: datetime | None, done: Counter[str]
) -> tuple[Rounds, datetime]:
    """How the rounds stand then, and from when on there is something to do for the next worker."""
    current = found.open
    if not current:
        return found, clock()
    give_everybody_settings()
    told = _told(found, current, clock())
    concerned = told.named | vault.mail_accounts(told.behind)
    swept = _send(concerned, found, current, clock, until, done)
    now = clock()
    current = replace(current, reached=swept.reached).told_to(told.addressees)
    found = replace(found, open=current.asked_all(now) if swept.asked_all else current)
    if swept.waits:
        return found, now + AGAIN_AFTER
    if not swept.asked_all:
        return found, now
    vault.fill_mail_notes(current.addressees, current.at)
    return found.closed(now), now


def _send(
    concerned: set[int],
    found: Rounds,
    current: Round,
    clock: Clock,
    until: datetime | None,
    done: Counter[str],
) -> Swept:
    """Go on where the last sweep ended: at the first who is to be tried again, if it met any."""
    reached, failures, again = current.reached, 0, False
    mail = get_connection()
    try:
        for turn, letter in _turns(concerned, found, current, clock):
            if until is not None and clock() >= until:
                return Swept(reached)
            end = _handed(letter, mail, found, current) if letter else ""
            if letter:
                done[end] += 1
            lasts = end in FOR_NOW and clock() < current.at + HALF_HOUR
            # One address that wants nothing now, for days maybe, says nothing of the others.
            failures = failures + 1 if end == Handed.FAILED else 0
            again = again or lasts
            if failures == FAILURES:
                return Swept(reached, waits=True)
            if not failures and not again:
                reached = turn
    except MailIsDown:
        return Swept(reached, waits=True)
    finally:
        mail.close()
    return Swept(reached, asked_all=True, waits=again)


def _told(found: Rounds, current: Round, now: datetime) -> Told:
    mailed_upto = _mailed_upto(found, now)
    notices = _in(current).filter(pk__gt=min(mailed_upto.values()))
    by_name = notices.filter(account__isnull=False)
    settings = NoticeSettings.objects.filter(account__in=by_name.values("account"))
    chosen = {
        account: (mail, mailed_upto.get(_clock_of(*quiet)))
        for account, mail, *quiet in settings.values_list("account", "mail", *QUIET)
    }
    named = set()
    newest = by_name.values_list("account", "event__happening").annotate(newest=Max("pk"))
    for account, happening, notice in newest.order_by():
        mail, upto = chosen.get(account, ((), None))
        if upto is not None and notice > upto and concern_of(happening) in mail:
            named.add(account)
    sealed = notices.filter(account=None).values_list("persona", "flag")
    return Told(named, {persona or flag for persona, flag in sealed.distinct()})


def _mailed_upto(found: Rounds, now: datetime) -> dict[Quiet, int]:
    """By quiet hours that do not last at present, up to which notice all who chose them were mailed."""
    quiet = NoticeSettings.objects.exclude(quiet_from=F("quiet_to")).values_list(*QUIET).distinct()
    kinds = {each: NoticeSettings(**dict(zip(QUIET, each, strict=True))) for each in (NO_QUIET, *quiet)}
    return {each: found.mailed_upto(kind) for each, kind in kinds.items() if not kind.is_quiet(now)}


def _clock_of(quiet_from: int, quiet_to: int, zone: str) -> Quiet:
    return NO_QUIET if quiet_from == quiet_to else (quiet_from, quiet_to, zone)


def _in(current: Round) -> NoticeQuerySet:
    return Notice.objects.filter(pk__lte=current.upto, event__hour__gte=current.at - STALE)


def _turns(
    concerned: set[int], found: Rounds, current: Round, clock: Clock
) -> Iterator[tuple[int, Letter | None]]:
    """Those whose turn was not yet, with the letter to whoever is to be mailed now; looked up in batches,
    asked one by one."""
    turns = sorted((_turn(account, current), account) for account in concerned)
    left = turns[bisect_right(turns, current.reached, key=itemgetter(0)) :]
    for start in range(0, len(left), AT_ONCE):
        batch = [account for _, account in left[start : start + AT_ONCE]]
        accounts, chosen = Account.objects.in_bulk(batch), NoticeSettings.objects.in_bulk(batch)
        addresses = addresses_of(batch)
        for turn, owner in left[start : start + AT_ONCE]:
            is_to_hear = owner in addresses and _is_to_hear(
                accounts[owner], chosen[owner], found, current, clock()
            )
            yield turn, Letter(accounts[owner], chosen[owner], addresses[owner]) if is_to_hear else None


def _turn(account: int, current: Round) -> int:
    """Random to whoever has not the installation's secret, another in each round, and the same in all sweeps
    of one."""
    mac = salted_hmac("forum.notices.turn", f"{current.half_hour} {account}", algorithm="sha256")
    return int.from_bytes(mac.digest()[:8], "big")


def _is_to_hear(
    account: Account, chosen: NoticeSettings, found: Rounds, current: Round, now: datetime
) -> bool:
    """Whether the account's inbox holds something unread of which it wants mail, and of which it had none."""
    if chosen.is_quiet(now) or chosen.is_quiet(current.at):  # of the latter the next round mails
        return False
    mine = Inbox(account)
    if not account.anonymous_pages_are_shut(now):
        mine.personas = vault.personas_of(account)  # an inbox would do without them, a round waits
    return _holds_something(mine, chosen, found, current)


def _holds_something(mine: Inbox, chosen: NoticeSettings, found: Rounds, current: Round) -> bool:
    mine.settings = chosen
    unread = mine.unread_notices & _in(current)
    wanted = happenings_of(chosen.mail)
    return unread.filter(event__happening__in=wanted, pk__gt=found.mailed_upto(chosen)).exists()


def _handed(letter: Letter, mail: BaseEmailBackend, found: Rounds, current: Round) -> str:
    message = letter.message(current.at)
    make_sure_of(mail)
    if not NoticeSettings.objects.filter(pk=letter.chosen.pk, mail_end=letter.chosen.mail_end).exists():
        return NO_MORE  # ended while the sweep went on
    if not vault.take_mail(letter.account, current.at):
        return NO_MORE
    end = hand_over(message, mail)
    if end in FOR_NOW:
        vault.give_back_mail(letter.account, current.at)
    elif (end == Handed.REFUSED or letter.chosen.refusals) and _concerns_its_name(letter, found, current):
        _note_refusals(letter.chosen, letter.chosen.refusals + 1 if end == Handed.REFUSED else 0)
    return end


def _concerns_its_name(letter: Letter, found: Rounds, current: Round) -> bool:
    """Whether its name alone would have brought that mail. Refusals of others are not counted: beside an
    account that nobody told of anything, the count would say that it has a persona."""
    by_name = Inbox(letter.account)
    by_name.personas = []
    return _holds_something(by_name, letter.chosen, found, current)


def _note_refusals(chosen: NoticeSettings, count: int) -> None:
    ended = {"mail": [], "mail_end": MailEnd.BOUNCED} if count >= REFUSALS else {}
    NoticeSettings.objects.filter(pk=chosen.pk).update(refusals=count, **ended)
