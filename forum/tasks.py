"""What the worker does and when: sweeps over rows that are due, so a lost or doubled run costs nothing."""

from datetime import timedelta

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from anonymity import vault
from forum import rows, search
from forum.actions.flag import forget_flags
from forum.actions.renew import renew_key_when_due
from forum.digests.send import send_due
from forum.notices import fanout, reading
from forum.notices.mail import open_round, send_round
from moderation import intake

# What failed at night is tried again after 1, 3, 9, 27 and 81 minutes; the next minute tries a sweep again.
PATIENTLY = {"retries": 5, "retry_delay": 60, "retry_backoff": 3}


@db_periodic_task(crontab(minute="*"))
def tell_what_waits() -> None:
    while fanout.tell_all():
        pass


@db_periodic_task(crontab(minute="*"))
def end_holds() -> None:
    intake.end_holds(timezone.now())


@db_periodic_task(crontab(minute="*"))
def send_digests() -> None:
    """For half a minute at most: all else waits meanwhile, and what is left over is due in the next."""
    send_due(timezone.now, until=timezone.now() + timedelta(seconds=30))


@db_periodic_task(crontab(minute="*"))
def mail_notices() -> None:
    """A round that was opened a minute ago, then the next: for half a minute at most, like digests."""
    send_round(timezone.now, until=timezone.now() + timedelta(seconds=30))
    open_round(timezone.now())


@db_periodic_task(crontab(hour="3", minute="10"), **PATIENTLY)
def clear_what_is_over() -> None:
    """Words that were withdrawn leave the search index's files; used places of past days leave the vault; and
    flags go that were settled long ago."""
    search.purge()
    vault.forget_slots(timezone.now())
    forget_flags(timezone.now())


@db_periodic_task(crontab(hour="3", minute="20"), **PATIENTLY)
def level_the_rows() -> None:
    """What the database notes of a row by itself then tells no more than the night after its last change."""
    reading.seal_all_anew()
    rows.rewrite()


@db_periodic_task(crontab(hour="3", minute="40"), **PATIENTLY)
def renew_the_key() -> None:
    renew_key_when_due(now=timezone.now())
