"""Notices by mail: one text whatever is new, at most one a half-hour and six a day, none in quiet hours,
and none to who has read it meanwhile.

Who is behind a persona is known to a round while it lasts, among all others that it concerns and in a
random order. Whom it mailed is noted in the vault, where nobody can tell whose note it is; before the
mail server gets the mail, so that a worker that is killed mails nobody twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.urls import reverse

from accounts.models import Account
from anonymity import vault
from forum.actions.notice_settings import give_everybody_settings
from forum.mailing import Handed, MailIsDown, hand_over, letter, make_sure_of
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
REFUSALS = 4  # in a row end these mails
FAILURES = 3  # in a row end a sweep
AT_ONCE = 500  # accounts looked up in one query

NO_MORE = "had theirs"  # the mail of this half-hour, or the last of the day

Clock = Callable[[], datetime]


class Concerned(NamedTuple):
    """For whom a round may hold something. What it is, each one's own inbox says."""

    accounts: set[int]
    addressees: int  # accounts told by name, personas and flags: as many as anybody can count


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


def open_round(now: datetime) -> None:
    """Open the round of this half-hour, if there is none. What is being written meanwhile is all there in a
    minute, so the worker sends a round when it comes again."""
    with suppress(vault.VaultUnavailable):
        if found := rounds.taken(now):
            rounds.keep(found.opened(now), now)


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
    concerned = _concerned(found, current, clock())
    finished, is_down = False, False
    try:
        finished = _send(concerned, found, current, clock, until, done)
    except MailIsDown:
        is_down = True
    noted = sum(count for end, count in done.items() if end not in (NO_MORE, Handed.FAILED))
    current = replace(current, noted=current.noted + noted)
    found, now = replace(found, open=current), clock()
    if is_down or (done[Handed.FAILED] and now < current.at + HALF_HOUR):
        return found, now + AGAIN_AFTER
    if not finished:
        return found, now
    vault.add_mail_notes(concerned.addressees - current.noted, current.at)
    return found.closed(), now


def _send(
    concerned: Concerned,
    found: Rounds,
    current: Round,
    clock: Clock,
    until: datetime | None,
    done: Counter[str],
) -> bool:
    """Whether everybody was thought of before the time was over."""
    failures = 0
    mail = get_connection()
    try:
        for letter in _letters(concerned, found, current, clock):
            if until is not None and clock() >= until:
                return False
            end = _handed(letter, mail, current)
            done[end] += 1
            failures = failures + 1 if end == Handed.FAILED else 0
            if failures == FAILURES:
                raise MailIsDown
    finally:
        mail.close()
    return True


def _concerned(found: Rounds, current: Round, now: datetime) -> Concerned:
    notices = _in(current).filter(pk__gt=_mailed_to_all_upto(found, now))
    by_name = notices.filter(account__isnull=False)
    mailed = dict(
        NoticeSettings.objects.filter(account__in=by_name.values("account")).values_list("account", "mail")
    )
    named = {
        account
        for account, happening in by_name.values_list("account", "event__happening").distinct()
        if concern_of(happening) in mailed.get(account, ())
    }
    sealed = notices.filter(account=None).values_list("persona", "flag")
    behind = {persona or flag for persona, flag in sealed.distinct()}
    return Concerned(named | vault.mail_accounts(behind), len(named) + len(behind))


def _mailed_to_all_upto(found: Rounds, now: datetime) -> int:
    """Older notices were mailed to everybody, or wait for the end of quiet hours that last still."""
    quiet = NoticeSettings.objects.exclude(quiet_from=F("quiet_to"))
    kinds = [
        NoticeSettings(),
        *(NoticeSettings(**kind) for kind in quiet.values("quiet_from", "quiet_to", "zone").distinct()),
    ]
    return min(found.mailed_upto(kind) for kind in kinds if not kind.is_quiet(now))


def _in(current: Round) -> NoticeQuerySet:
    return Notice.objects.filter(pk__lte=current.upto, event__hour__gte=current.at - STALE)


def _letters(concerned: Concerned, found: Rounds, current: Round, clock: Clock) -> Iterator[Letter]:
    """Who of them is to be mailed now, in a random order; looked up in batches, asked one by one."""
    shuffled = SystemRandom().sample(list(concerned.accounts), len(concerned.accounts))
    for start in range(0, len(shuffled), AT_ONCE):
        batch = shuffled[start : start + AT_ONCE]
        accounts, chosen = Account.objects.in_bulk(batch), NoticeSettings.objects.in_bulk(batch)
        confirmed = EmailAddress.objects.filter(
            user__in=batch, user__is_active=True, primary=True, verified=True
        )
        addresses = dict(confirmed.values_list("user", "email"))
        for owner in batch:
            if owner in addresses and _is_to_hear(accounts[owner], chosen[owner], found, current, clock()):
                yield Letter(accounts[owner], chosen[owner], addresses[owner])


def _is_to_hear(
    account: Account, chosen: NoticeSettings, found: Rounds, current: Round, now: datetime
) -> bool:
    """Whether the account's inbox holds something unread of which it wants mail, and of which it had none."""
    if chosen.is_quiet(now):
        return False
    mine = Inbox(account)
    mine.settings = chosen
    unread = mine.unread_notices & _in(current)
    wanted = happenings_of(chosen.mail)
    return unread.filter(event__happening__in=wanted, pk__gt=found.mailed_upto(chosen)).exists()


def _handed(letter: Letter, mail: BaseEmailBackend, current: Round) -> str:
    message = letter.message(current.at)
    make_sure_of(mail)
    if not vault.take_mail(letter.account, current.at):
        return NO_MORE
    end = hand_over(message, mail)
    if end == Handed.FAILED:
        vault.give_back_mail(letter.account, current.at)
    elif end == Handed.REFUSED:
        _note_refusal(letter.chosen)
    elif letter.chosen.refusals:
        NoticeSettings.objects.filter(pk=letter.chosen.pk).update(refusals=0)
    return end


def _note_refusal(chosen: NoticeSettings) -> None:
    ended = {"mail": [], "mail_end": MailEnd.BOUNCED} if chosen.refusals + 1 >= REFUSALS else {}
    NoticeSettings.objects.filter(pk=chosen.pk).update(refusals=chosen.refusals + 1, **ended)
