"""Rounds of mails: at each half-hour one is opened, with all notices that were written by then.

So when a mail comes tells of no notice but that it was of the half-hour before (leak 58). No round is
opened before the last one is done.
"""

import struct
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.db.models import Max

from anonymity import vault
from forum.models import MailRound, Notice
from forum.models.notice_settings import NoticeSettings

HALF_HOUR = timedelta(minutes=30)
LEASE = timedelta(minutes=15)  # in which a worker does what it can of a round, or is given up
KEPT = 50  # as many as fit between two mornings
NEVER = datetime.max.replace(tzinfo=UTC)
BOARD = 0  # the number of no account
NUMBERS = 5  # of a round
PACKED = struct.Struct(f">{NUMBERS * (1 + KEPT)}Q")


@dataclass(frozen=True)
class Round:
    half_hour: int  # of all time
    upto: int  # the newest notice in it
    addressees: int = 0  # as many as anybody can count: so many mails are noted in the vault
    reached: int = 0  # whose turn it was last
    ended: int = 0  # second of all time: when all had been asked, whoever is tried again after that

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.half_hour * HALF_HOUR.total_seconds(), UTC)

    def told_to(self, addressees: int) -> "Round":
        """With the most that it ever had: of those who had their mail, some may not count later, when their
        quiet hours have begun."""
        return replace(self, addressees=max(self.addressees, addressees))

    def asked_all(self, now: datetime) -> "Round":
        return replace(self, ended=self.ended or int(now.timestamp()))

    def was_quiet_for(self, settings: NoticeSettings) -> bool:
        """Also where the member's quiet hours began while it lasted: it may have come too late for them."""
        return settings.is_quiet(self.at) or settings.is_quiet(datetime.fromtimestamp(self.ended, UTC))


NONE = Round(0, 0)  # as it is packed


@dataclass(frozen=True)
class Rounds:
    """The one that is open, if any, and those that are done, the newest first."""

    open: Round | None = None
    done: tuple[Round, ...] = ()
    lease: datetime = field(default=NEVER, compare=False)  # until when the worker that took them has them

    def opened(self, now: datetime) -> "Rounds":
        """With one for this half-hour, unless it had its own or the last one is not done."""
        half_hour = int(now.timestamp() // HALF_HOUR.total_seconds())
        if self.open or (self.done and self.done[0].half_hour >= half_hour):
            return self
        newest = Notice.objects.aggregate(newest=Max("pk"))["newest"] or 0
        return replace(self, open=Round(half_hour, newest))

    def closed(self, now: datetime) -> "Rounds":
        ended = [self.open.asked_all(now)] if self.open else []
        return replace(self, open=None, done=(*ended, *self.done)[:KEPT])

    def mailed_upto(self, settings: NoticeSettings) -> int:
        """The newest notice of which that member could have been mailed in an earlier round."""
        heard = (each.upto for each in self.done if not each.was_quiet_for(settings))
        return next(heard, 0)


def taken(now: datetime) -> Rounds | None:
    """The rounds, for this worker until the lease ends or it keeps them; None while another has them."""
    row, _ = MailRound.objects.get_or_create(pk=1, defaults={"free_at": now})
    seal = bytes(row.seal)
    found = _unpacked(vault.unseal_reading(BOARD, seal) or b"")
    free = MailRound.objects.filter(pk=1, seal=seal, free_at__lte=now)
    lease = now + LEASE
    return replace(found, lease=lease) if free.update(free_at=lease) else None


def keep(rounds: Rounds, free_at: datetime) -> None:
    """Write them down and leave them to whoever comes next, from `free_at` on.

    Not when the lease was over and somebody else took them: that one knows more.
    """
    each = [rounds.open or NONE, *rounds.done, *[NONE] * (KEPT - len(rounds.done))]
    packed = PACKED.pack(*(number for one in each for number in astuple(one)))
    mine = MailRound.objects.filter(pk=1, free_at=rounds.lease)
    mine.update(seal=vault.seal_reading(BOARD, packed), free_at=free_at)


def _unpacked(packed: bytes) -> Rounds:
    """None so far, too, when what was sealed is not there, of another version, or its key is gone."""
    if len(packed) != PACKED.size:
        return Rounds()
    numbers = PACKED.unpack(packed)
    current, *done = (Round(*numbers[at : at + NUMBERS]) for at in range(0, len(numbers), NUMBERS))
    return Rounds(current if current != NONE else None, tuple(each for each in done if each != NONE))
