"""The vault: the only door to who wrote an anonymous post.

It does acts rather than telling names. Nothing that it learns is stored, logged, cached or
passed on beyond the call; and when it is out of order it raises VaultUnavailable, and no
caller may then fall back to a name.
"""

import hmac
import logging
import secrets
import uuid
from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from functools import wraps
from typing import Literal, ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.views.decorators.debug import sensitive_variables

from anonymity import bus, keyring, rows
from anonymity.keyring import KeyFileError
from anonymity.models import KeyCheck, Link, Rate
from anonymity.sealing import REF_BYTES, Broken, Key, KeyRing

log = logging.getLogger(__name__)

ATTEMPTS = 64

Action = Literal["thread", "reply"]
P = ParamSpec("P")
R = TypeVar("R")


class Account(Protocol):
    @property
    def anon_ref(self) -> bytes | memoryview: ...


class Purpose(StrEnum):
    """Why a seal is opened. A test knows which function opens for which purpose."""

    OWN = "own"
    LIVE = "live"


class VaultUnavailable(Exception):
    """Key or database is out of order. Answer 503 and do nothing else: never fall back to a name."""

    status = 503

    def __str__(self) -> str:
        return "Anonymous posts can't be sealed just now, so nothing was sent. Please try again in a while."


def act(function: Callable[P, R]) -> Callable[P, R]:
    """One act of the vault: failures leave it as VaultUnavailable; error reports see no variable."""

    @sensitive_variables()
    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (KeyFileError, Broken) as fault:
            log.error("The vault is closed: %s", fault)
        except DatabaseError as fault:
            # By kind only: its text quotes the row it failed on.
            log.error("The vault is closed: %s", type(fault).__name__)
        raise VaultUnavailable

    return guarded


@act
def attach(account: Account, thread_id: UUID) -> UUID:
    """The account's persona in the thread, made on first use.

    Commits at once and by itself: call it before the main transaction begins. A link whose
    persona is never written harms nobody.
    """
    ring, ref = _ring(), _ref(account)
    for _ in range(ATTEMPTS):
        if persona_id := rows.persona_in(ring, ref, thread_id):
            return persona_id
        persona_id = uuid.uuid4()
        if rows.inserted(rows.new_link(ring, ref, thread_id, persona_id)):
            return persona_id
    raise VaultUnavailable


@act
def persona_for(account: Account, thread_id: UUID) -> UUID | None:
    """The account's persona in the thread, if it has one."""
    return rows.persona_in(_ring(), _ref(account), thread_id)


@act
def personas_of(account: Account) -> list[UUID]:
    """Every persona of the account, in an order that tells nothing. For its own pages only."""
    return list(rows.personas(_ring(), _ref(account)))


@act
def owns(account: Account, persona_id: UUID) -> bool:
    """Whether the persona is the account's. Another's and unknown are one answer: show both the same 404."""
    ref = _open(persona_id, Purpose.OWN)
    return ref is not None and hmac.compare_digest(ref, _ref(account))


@act
def take_slot(account: Account, action: Action, now: datetime) -> bool:
    """Use up one of the day's anonymous threads or replies; False when none is left or the account is paused.

    Ask first whether this very post was made already: a form sent twice uses one place.
    """
    ring, ref, day = _ring(), _ref(account), now.astimezone(UTC).date()
    limit = {"thread": settings.THREADS_A_DAY, "reply": settings.REPLIES_A_DAY}[action]
    if rows.paused(ring, ref, day):
        return False
    # A failed insert means that another request took a place, so this ends.
    while places := rows.free_places(ring, ref, action, day, limit):
        if rows.inserted(Rate(bucket=secrets.choice(places), day=day)):
            return True
    return False


@act
def forget_slots(now: datetime) -> None:
    """Delete the places used on days that are over."""
    Rate.objects.filter(day__lt=now.astimezone(UTC).date()).delete()


@act
def live_group(account: Account) -> str:
    """The group that the account's sockets join, whether or not it ever wrote anonymously."""
    return _groups(_ring(), _ref(account))[0]


def nudge(persona_id: UUID) -> None:
    """Tell the open pages of the persona's author to ask for news. An unknown persona meets silence.

    A vault out of order costs the author a sign on the screen, never the replier the reply.
    """
    with suppress(VaultUnavailable):
        bus.send_all(_groups_behind(persona_id), bus.NOTICE)


def nudge_accounts(accounts: Iterable[Account]) -> None:
    """Tell the open pages of these accounts to ask for news, by the same frame."""
    with suppress(VaultUnavailable):
        bus.send_all(_groups_of(accounts), bus.NOTICE)


def openings() -> dict[str, int]:
    """How often this process opened a seal, by purpose: never whose."""
    return {purpose.value: _opened[purpose] for purpose in Purpose}


def make_key_file() -> str:
    """Create the key file of a new installation and tell where. FileExistsError when there is one."""
    path = keyring.key_file()
    keyring.create(path)
    return str(path)


def key_fault() -> str | None:
    """What is wrong with the key file, in a sentence; None when it can be used."""
    try:
        keyring.read(keyring.key_file())
    except KeyFileError as fault:
        return str(fault)
    return None


def fits_data() -> bool:
    """Whether the key file is the one that this vault was written with. A fresh vault fits any."""
    return not KeyCheck.objects.exists() or _matches(keyring.current())


_trusted: KeyRing | None = None
_opened: Counter[Purpose] = Counter()


def _ring() -> KeyRing:
    """The key ring, compared once with the data."""
    global _trusted
    ring = keyring.current()
    if ring is not _trusted:
        _confirm(ring)
        _trusted = ring
    return ring


def _confirm(ring: KeyRing) -> None:
    """The first use of a fresh vault writes down the key's check value; later, other keys are refused.

    A key that the data does not know is not taken for new: rotation writes its own key's value.
    """
    if not KeyCheck.objects.exists():
        # When another process is faster, its key is the one that counts.
        rows.inserted(KeyCheck(kid=ring.primary, mac=_check_value(ring, ring.primary)))
    if not _matches(ring):
        raise KeyFileError("The key file belongs to other data. Restore the one this vault was written with.")


def _matches(ring: KeyRing) -> bool:
    known = {kid: bytes(value) for kid, value in KeyCheck.objects.values_list("kid", "mac")}
    return ring.primary in known and all(
        hmac.compare_digest(known[kid], _check_value(ring, kid)) for kid in ring.kids if kid in known
    )


def _check_value(ring: KeyRing, kid: int) -> bytes:
    return ring.tag(Key.CHECK, bytes([kid]), kid=kid)


def _ref(account: Account) -> bytes:
    """The account's secret reference. Nothing outside this function reads it."""
    ref = bytes(account.anon_ref)
    if len(ref) != REF_BYTES:
        raise ValueError("An account's anon_ref is 16 bytes.")
    return ref


def _open(persona_id: UUID, purpose: Purpose) -> bytes | None:
    """Whose the persona is, as a reference; None for an unknown one."""
    ring = _ring()
    link = Link.objects.filter(persona=persona_id.bytes).first()
    if link is None:
        return None
    _opened[purpose] += 1
    return rows.opened(ring, link)


@act
def _groups_behind(persona_id: UUID) -> list[str]:
    ref = _open(persona_id, Purpose.LIVE)
    return _groups(_ring(), ref) if ref else []


@act
def _groups_of(accounts: Iterable[Account]) -> list[str]:
    ring = _ring()
    return [group for account in accounts for group in _groups(ring, _ref(account))]


def _groups(ring: KeyRing, ref: bytes) -> list[str]:
    """Under every key: a socket stays in the group of the key that was primary when it connected."""
    return ["n." + b32encode(tag).decode()[:26] for tag in ring.tags(Key.BUS, ref)]
