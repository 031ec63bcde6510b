"""Which key the vault is written with, and that the key file holds it: its one row of `vault_keycheck`.

The database says it and not the file, so that a rotation switches keys in the very moment in
which its rows become readable, and a writer that has not heard of it yet writes nothing.
"""

import hmac
from collections.abc import Callable

from django.db import IntegrityError, connections, transaction

from anonymity.models import KeyCheck
from anonymity.sealing import Broken, Key, KeyRing, numbered

VAULT = "vault"
LOCK = 40_503  # any number: PostgreSQL's advisory locks belong to one database, and this one is the vault's


_found: tuple[KeyRing, KeyRing] | None = None  # the file's ring, and as it was led


def leading(read: Callable[[], KeyRing]) -> KeyRing:
    """The key ring, led by the key that the vault is written with. Broken when it lacks that key.

    The first use of a fresh vault writes down the key's check value.
    """
    check = _check()
    ring = read()  # after the row: a key is in the file before the vault is written with it
    if check is None:
        _begin(ring)
        return leading(read)
    if check.kid not in ring.kids:
        if known() != {check.kid}:  # a rotation was committed between the two looks
            return leading(read)
        raise Broken(f"The key file lacks key {check.kid}, the vault's present one. Restore its newest copy.")
    if not hmac.compare_digest(bytes(check.mac), _value(ring, check.kid)):
        raise Broken("The key file belongs to other data. Restore the one this vault was written with.")
    return ring.led_by(check.kid)


def likely(read: Callable[[], KeyRing]) -> KeyRing:
    """What `leading` found last, without a look at the database while the file is the same.

    Rows are found by their tags under every key of the file, whichever leads; a row is inserted, and a list
    believed, only after `still_leads`.
    """
    global _found
    ring = read()
    found = _found
    if found is None or found[0] is not ring:
        _found = found = (ring, leading(read))
    return found[1]


def is_fresh() -> bool:
    return _check() is None


def known() -> set[int]:
    return set(KeyCheck.objects.values_list("kid", flat=True))


def still_leads(ring: KeyRing) -> bool:
    """Whether no rotation was committed since `ring` began to lead, and the vault is the one it was."""
    global _found
    rows = {(kid, bytes(mac)) for kid, mac in KeyCheck.objects.values_list("kid", "mac")}
    leads = rows == {(ring.primary, _value(ring, ring.primary))}
    if not leads:
        _found = None
    return leads


def replace(ring: KeyRing) -> None:
    """From the end of this transaction on, the vault is written with the primary key of `ring`."""
    KeyCheck.objects.all().delete()
    KeyCheck.objects.create(kid=ring.primary, mac=_value(ring, ring.primary))


def hold_off_rotation() -> None:
    """Until the end of this transaction no rotation begins. SQLite has one writer at a time anyway."""
    _lock("SELECT pg_advisory_xact_lock_shared(%s)")


def hold_off_writers() -> None:
    """Until the end of this transaction nobody else writes."""
    _lock("SELECT pg_advisory_xact_lock(%s)")


def _lock(statement: str) -> None:
    if connections[VAULT].vendor == "postgresql":
        with connections[VAULT].cursor() as cursor:
            cursor.execute(statement, [LOCK])


def _check() -> KeyCheck | None:
    return KeyCheck.objects.order_by("-kid").first()


def _begin(ring: KeyRing) -> None:
    """When another process is faster, its key is the one that counts."""
    try:
        with transaction.atomic(using=VAULT, durable=True):
            KeyCheck.objects.create(kid=ring.primary, mac=_value(ring, ring.primary))
    except IntegrityError:
        pass


def _value(ring: KeyRing, kid: int) -> bytes:
    return ring.tag(Key.CHECK, numbered(kid), kid=kid)
