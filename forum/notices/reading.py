"""What an account has read of its inbox: one sealed value on the account's own row.

On the notices themselves it would say whose persona is whose, without any key: those of the name and of
its personas turn read together (leak 22). A seal that is missing or does not open means: nothing was read.
"""

import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Account
from anonymity import vault

KEPT = 64  # notices that are read one by one; with more, all older than the oldest of them count as read
PACKED = struct.Struct(f">{1 + KEPT}Q")  # one size whatever was read
ACCOUNTS_AT_ONCE = 500


@dataclass(frozen=True)
class Reading:
    """Which notices are read: all up to a number, and some above it.

    The number moves only when the others are too many: a notice with a lower one may still be on its way.
    """

    upto: int = 0
    above: tuple[int, ...] = ()

    def __contains__(self, notice: int) -> bool:
        return notice <= self.upto or notice in self.above

    def with_these(self, notices: Iterable[int]) -> "Reading":
        read = sorted({*self.above, *notices})
        upto = max([self.upto, *read[:-KEPT]])
        return Reading(upto, tuple(notice for notice in read[-KEPT:] if notice > upto))


def reading_of(account: Account) -> Reading:
    """Nothing, too, while the vault is out of order: that only shows more as new."""
    try:
        packed = vault.unseal_reading(account.pk, bytes(account.inbox_seal or b""))
        upto, *above = PACKED.unpack(packed or b"")
    except (vault.VaultUnavailable, struct.error):
        return Reading()
    return Reading(upto, tuple(notice for notice in above if notice))


def sealed(account_id: int, reading: Reading) -> bytes:
    """`reading` for the row of that account; in another it does not open. Or VaultUnavailable."""
    packed = PACKED.pack(reading.upto, *reading.above, *[0] * (KEPT - len(reading.above)))
    return vault.seal_reading(account_id, packed)


def note_read(account: Account, notices: Iterable[int]) -> None:
    """Add `notices` to what `account` has read. Of two tabs at once the UPDATE sends one back.

    While the vault is out of order they stay unread.
    """
    notices = list(notices)
    with suppress(vault.VaultUnavailable):
        _note_read(account, notices)


def _note_read(account: Account, notices: list[int]) -> None:
    while True:
        before, after = account.inbox_seal, sealed(account.pk, reading_of(account).with_these(notices))
        if Account.objects.filter(pk=account.pk, inbox_seal=before).update(inbox_seal=after):
            account.inbox_seal = after
            return
        account.refresh_from_db(fields=["inbox_seal"])


@transaction.atomic
def seal_all_anew() -> None:
    """Change every seal and nothing of what it says, so that the dumps of two nights tell of no reader."""
    last = 0
    everybody = Account.objects.select_for_update(no_key=True).only("pk", "inbox_seal").order_by("pk")
    while accounts := list(everybody.filter(pk__gt=last)[:ACCOUNTS_AT_ONCE]):
        for account in accounts:
            account.inbox_seal = sealed(account.pk, reading_of(account))
        Account.objects.bulk_update(accounts, ["inbox_seal"])
        last = accounts[-1].pk
