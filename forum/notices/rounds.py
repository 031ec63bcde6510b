"""Rounds of mails: at each half-hour one is opened, with all notices that were written by then.

So when a mail comes tells of no notice but that it was of the half-hour before (leak 58). No round is
opened before the last one is done.
"""

import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db.models import Max

from anonymity import vault
from forum.models import MailRound, Notice
from forum.models.notice_settings import NoticeSettings

HALF_HOUR = timedelta(minutes=30)
LEASE = timedelta(minutes=15)  # in which a worker does what it can of a round, or is given up
KEPT = 50  # as many as fit between two mornings
BOARD = 0  # the number of no account
PACKED = struct.Struct(f">{3 * (1 + KEPT)}Q")


@dataclass(frozen=True)
class Round:
    half_hour: int  # of all time
    upto: int  # the newest notice in it
    noted: int = 0  # mails of it that were noted in the vault

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.half_hour * HALF_HOUR.total_seconds(), UTC)


NONE = Round(0, 0)  # as it is packed


@dataclass(frozen=True)
class Rounds:
    """The one that is open, if any, and those that are done, the newest first."""

    open: Round | None = None
    done: tuple[Round, ...] = ()

    def opened(self, now: datetime) -> "Rounds":
        """With one for this half-hour, unless it had its own or the last one is not done."""
        half_hour = int(now.timestamp() // HALF_HOUR.total_seconds())
        if self.open or (self.done and self.done[0].half_hour >= half_hour):
            return self
        newest = Notice.objects.aggregate(newest=Max("pk"))["newest"] or 0
        return replace(self, open=Round(half_hour, newest))

    def closed(self) -> "Rounds":
        return Rounds(None, tuple(each for each in (self.open, *self.done) if each)[:KEPT])

    def mailed_upto(self, settings: NoticeSettings) -> int:
        """The newest notice of which that member could have been mailed in an earlier round."""
        heard = (each.upto for each in self.done if not settings.is_quiet(each.at))
        return next(heard, 0)


def taken(now: datetime) -> Rounds | None:
    """The rounds, for this worker until the lease ends or it keeps them; None while another has them."""
    row, _ = MailRound.objects.get_or_create(pk=1, defaults={"free_at": now})
    seal = bytes(row.seal)
    found = _unpacked(vault.unseal_reading(BOARD, seal) or b"")
    free = MailRound.objects.filter(pk=1, seal=seal, free_at__lte=now)
    return found if free.update(free_at=now + LEASE) else None


def keep(rounds: Rounds, free_at: datetime) -> None:
    """Write them down and leave them to whoever comes next, from `free_at` on."""
    each = [rounds.open or NONE, *rounds.done, *[NONE] * (KEPT - len(rounds.done))]
    packed = PACKED.pack(*(number for one in each for number in (one.half_hour, one.upto, one.noted)))
    MailRound.objects.filter(pk=1).update(seal=vault.seal_reading(BOARD, packed), free_at=free_at)


def _unpacked(packed: bytes) -> Rounds:
    """None so far, too, when what was sealed is not there or its key is gone."""
    if not packed:
        return Rounds()
    numbers = PACKED.unpack(packed)
    current, *done = (Round(*numbers[at : at + 3]) for at in range(0, len(numbers), 3))
    return Rounds(current if current != NONE else None, tuple(each for each in done if each != NONE))
