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
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Literal, ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import Error
from django.views.decorators.debug import sensitive_variables

from anonymity import bus, keycheck, keyring, pauses, rotation, rows, verification
from anonymity.keyring import AlreadyRotating, KeyFileError
from anonymity.models import Rate
from anonymity.sealing import REF_BYTES, Broken, Key, KeyRing

__all__ = ["AlreadyRotating"]  # what `rotate` may raise

log = logging.getLogger(__name__)

ATTEMPTS = 64
KEY_LASTS = timedelta(days=30)
NOBODY = bytes(REF_BYTES)  # whose notes fill up what is noted of a round
HALF_HOURS = 48  # of a day, in each of which an account gets one mail at most

Action = Literal["thread", "reply", "flag"]
P = ParamSpec("P")
R = TypeVar("R")


class Account(Protocol):
    @property
    def anon_ref(self) -> bytes | memoryview: ...


class Purpose(StrEnum):
    """Why a seal is opened. A test knows which function opens for which purpose."""

    OWN = "own"
    LIVE = "live"
    MAIL = "mail"
    SUSPEND = "suspend"
    if settings.ANON_BREAK_GLASS:
        BREAK_GLASS = "break-glass"


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
        except Error as fault:
            # By kind only: its text quotes the row it failed on.
            log.error("The vault is closed: %s", type(fault).__name__)
        raise VaultUnavailable

    return guarded


@act
def attach(account: Account, thread_id: UUID) -> UUID:
    """The account's persona in the thread, made on first use; or its flag, in what stands for a flagged post.

    Commits at once and by itself: call it before the main transaction begins. A link whose
    persona is never written harms nobody.
    """
    ref = _ref(account)
    for _ in range(ATTEMPTS):
        ring = _likely_ring()
        if persona_id := rows.persona_in(ring, ref, thread_id):
            return persona_id
        persona_id = uuid.uuid4()
        if rows.inserted(rows.new_link(ring, ref, thread_id, persona_id), ring):
            return persona_id
    raise VaultUnavailable


@act
def persona_for(account: Account, thread_id: UUID) -> UUID | None:
    """The account's persona in the thread, if it has one."""
    ref = _ref(account)
    return _steadily(lambda ring: rows.persona_in(ring, ref, thread_id))


@act
def personas_of(account: Account) -> list[UUID]:
    """Every persona of the account and every flag it sent, in an order that tells nothing. For its own pages,
    and for whether its flags hide at once."""
    ref = _ref(account)
    return _steadily(lambda ring: list(rows.personas(ring, ref)))


@act
def owns(account: Account, persona_id: UUID) -> bool:
    """Whether the persona is the account's. Another's and unknown are one answer: show both the same 404."""
    ref = _open(persona_id, Purpose.OWN)
    return ref is not None and hmac.compare_digest(ref, _ref(account))


@act
def take_slot(account: Account, action: Action, now: datetime) -> bool:
    """Use up one of the day's anonymous threads, replies or flags; False when none is left, or for all but
    flags while the account is paused.

    Ask first whether this very post was made already: a form sent twice uses one place.
    """
    ref, day = _ref(account), _day(now)
    # A failed insert means that another request took a place, or a rotation came between: so this ends.
    while True:
        ring = _likely_ring()
        places = rows.free_places(ring, ref, action, day, _limits()[action])
        paused = action != "flag" and pauses.last_day(pauses.log_of(ring, ref), day)
        if not places or paused:
            return False
        if rows.inserted(Rate(bucket=secrets.choice(places), day=day), ring):
            return True


@act
def paused_until(account: Account, now: datetime) -> date | None:
    """The last day of the account's pause, None without one. For its own pages only; `take_slot` decides."""
    ref, day = _ref(account), _day(now)
    return _steadily(lambda ring: pauses.last_day(pauses.log_of(ring, ref), day))


@act
def forget_slots(now: datetime) -> None:
    """Delete the places used on days that are over."""
    Rate.objects.filter(day__lt=_day(now)).delete()


@act
def suspend(persona_id: UUID, until: date, now: datetime) -> None:
    """Pause the anonymous posting of whoever the persona is, in every thread, to the end of the day `until`.

    The third pause within ninety days lasts longer, and nobody is told. Answer, work and rows
    are the same whether or not the author was paused before, or the persona is anybody's.
    """
    _enter_pause(persona_id, until, _day(now))


@act
def lift(persona_id: UUID, now: datetime) -> None:
    """Take back the pauses in force of whoever the persona is; without any, the same happens."""
    _enter_pause(persona_id, None, _day(now))


@act
def live_group(account: Account) -> str:
    """The group that the account's sockets join, whether or not it ever wrote anonymously."""
    return _groups(keyring.current(), _ref(account))[0]


def nudge(persona_id: UUID) -> None:
    """Tell the open pages of the persona's author, or of who sent the flag, to ask for news. An unknown one
    meets silence.

    A vault out of order costs the author a sign on the screen, never the replier the reply.
    """
    with suppress(VaultUnavailable):
        bus.send_all(_groups_behind(persona_id), bus.NOTICE)


def nudge_accounts(accounts: Iterable[Account]) -> None:
    """Tell the open pages of these accounts to ask for news, by the same frame."""
    with suppress(VaultUnavailable):
        bus.send_all(_groups_of(accounts), bus.NOTICE)


@act
def mail_accounts(persona_ids: Iterable[UUID]) -> set[int]:
    """The accounts behind personas and flags, for the round of mails alone, which adds those that are told by
    name and forgets them all. No statement names one of them: all accounts are looked through."""
    _ring()  # is the vault's, so what does not open is one damaged row, and stops nobody else's mail
    refs = set()
    for persona_id in persona_ids:
        try:
            refs.add(_open(persona_id, Purpose.MAIL))
        except Broken as fault:
            log.error("Nobody is mailed of a row that is out of order: %s", fault)
    if not refs - {None}:
        return set()
    everybody = get_user_model().objects.only("anon_ref").iterator()
    return {account.pk for account in everybody if _ref(account) in refs}


@act
def take_mail(account: Account, at: datetime) -> bool:
    """Use up the account's one mail of this half-hour; False when it is used, or the day's share is."""
    ref, day = _ref(account), _day(at)
    while True:
        ring = _likely_ring()
        free = rows.free_places(ring, ref, "mail", day, HALF_HOURS)
        place = rows.place_tags(ring, ref, "mail", day, [_half_hour(at)])[0][0]
        if place not in free or HALF_HOURS - len(free) >= settings.MAILS_A_DAY:
            return False
        if rows.inserted(Rate(bucket=place, day=day), ring):
            return True


@act
def give_back_mail(account: Account, at: datetime) -> None:
    """The mail server did not want that one now: it may be tried again."""
    tags = rows.place_tags(_ring(), _ref(account), "mail", _day(at), [_half_hour(at)])[0]
    Rate.objects.filter(bucket__in=tags).delete()


@act
def fill_mail_notes(total: int, at: datetime) -> None:
    """Add notes of mails to nobody, each by itself like any other, until those of this half-hour are `total`,
    also when that is asked again. Their number then depends on what anybody can see alone, not on whether who
    is told behind a persona is also told by name."""
    ring, day, half_hour = _ring(), _day(at), _half_hour(at)
    used = {bytes(tag) for tag in Rate.objects.filter(day=day).values_list("bucket", flat=True)}
    refs = map(_ref, get_user_model().objects.only("anon_ref").iterator())
    noted = (rows.place_tags(ring, ref, "mail", day, [half_hour])[0] for ref in refs)
    lacking = total - sum(not used.isdisjoint(tags) for tags in noted)
    for turn in range(1, lacking + 1):
        is_there = False
        while not is_there:
            ring = _likely_ring()
            tags = rows.place_tags(ring, NOBODY, "mail", day, [half_hour + turn * HALF_HOURS])[0]
            before = Rate.objects.filter(bucket__in=tags)
            is_there = before.exists() or rows.inserted(Rate(bucket=tags[0], day=day), ring)


@act
def seal_reading(row: int, reading: bytes) -> bytes:
    """What the account of that number has read, for its own row: its personas' notices are among that. Under
    0, how far notices were mailed."""
    return keyring.current().seal_text(reading, use=Key.INBOX, row=row.to_bytes(8, "big"))


@act
def unseal_reading(row: int, sealed: bytes) -> bytes | None:
    """None for what is no seal of that row, or one whose key is gone."""
    return keyring.current().unseal_text(sealed, use=Key.INBOX, row=row.to_bytes(8, "big"))


def openings() -> dict[str, int]:
    """How often this process opened a seal, by purpose: never whose."""
    return {purpose.value: _opened[purpose] for purpose in Purpose}


@act
def rotate(threads: Mapping[UUID, UUID], *, leaving: Iterable[Account] = (), now: datetime) -> None:
    """Seal and tag every row anew under a new key. AlreadyRotating when another process does.

    `threads` are all personas and flags that exist, each with its thread or place: what is linked to none is
    let go.
    The links of the accounts `leaving` are cut; delete these afterwards, so that a run that was
    killed is made up for. The old key stays in the file for ANON_KEY_GRACE.
    """
    gone = {_ref(account) for account in leaving}
    with keyring.alone():
        while True:
            before = _ring().primary
            keyring.promote(before, now)  # a run that was killed may have ended here
            # In the file before any row needs it; primary there after all rows have it.
            kid = keyring.add(now, above=before)
            ring = keyring.current().led_by(kid)
            done = rotation.resealed(
                ring, before=before, threads=threads, leaving=gone, limits=_limits(), day=_day(now)
            )
            if done:
                break
        keyring.promote(kid, now)


@act
def destroy_old_keys(now: datetime) -> None:
    """Remove the secrets that were replaced ANON_KEY_GRACE ago, unless a row needs them."""
    with keyring.alone():
        _ring()  # only ever the keys of this very vault
        keyring.destroy(retired_by=_day(now) - settings.ANON_KEY_GRACE, but=rows.kids_in_use())


@act
def key_is_due(now: datetime) -> bool:
    """Whether the key is older than a month, so that it is time to rotate."""
    return keyring.made_on(_ring().primary) <= _day(now) - KEY_LASTS


@act
def verify() -> verification.Findings:
    """Open every row and compare its tags; counts only."""
    unused = keyring.unused(rows.kids_in_use())
    return _steadily(lambda ring: verification.findings(ring, unused))


if settings.ANON_BREAK_GLASS:  # without it there is no such act

    @act
    def name_behind(persona_id: UUID) -> str | None:
        """The display name of the persona's author, to be shown once to two moderators; None for nobody's.

        All accounts are looked through, whatever the seal says, so that no statement names the one that is
        looked for and the work for a persona without an author is the same.
        """
        ref = _open(persona_id, Purpose.BREAK_GLASS) or secrets.token_bytes(REF_BYTES)
        name = None
        for account in get_user_model().objects.only("anon_ref", "display_name").iterator():
            if hmac.compare_digest(_ref(account), ref):
                name = account.display_name
        return name


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
    try:
        return keycheck.is_fresh() or bool(keycheck.leading(keyring.current))
    except Broken:
        return False


def lacks_keys() -> bool:
    """Whether rows were written with keys that the key file no longer holds."""
    return bool(keys_lacking(keys_needed()))


def keys_needed() -> set[int]:
    """The numbers of the keys that some row needs."""
    return rows.kids_in_use()


def keys_lacking(kids: Iterable[int]) -> set[int]:
    """Which of the keys are not in the key file."""
    wanted = set(kids)
    return wanted - set(keyring.current().kids) if wanted else wanted


_opened: Counter[Purpose] = Counter()


def _ring() -> KeyRing:
    """The key ring, led by the key that the vault is written with at this moment."""
    return keycheck.leading(keyring.current)


def _likely_ring() -> KeyRing:
    """The same without asking the database, for acts that make sure of it later."""
    return keycheck.likely(keyring.current)


def _steadily(read: Callable[[KeyRing], R]) -> R:
    """What `read` finds, once no rotation was committed meanwhile: half of it would be of other tags."""
    while True:
        ring = _likely_ring()
        try:
            found = read(ring)
        except Broken:
            if keycheck.still_leads(ring):
                raise
        else:
            if keycheck.still_leads(ring):
                return found


def _limits() -> dict[str, int]:
    return {
        "thread": settings.THREADS_A_DAY,
        "reply": settings.REPLIES_A_DAY,
        "flag": settings.FLAGS_A_DAY,
        "mail": HALF_HOURS,
    }


def _half_hour(at: datetime) -> int:
    """Of the day's, by number."""
    at = at.astimezone(UTC)
    return 2 * at.hour + at.minute // 30


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _ref(account: Account) -> bytes:
    """The account's secret reference. Nothing outside this function reads it."""
    ref = bytes(account.anon_ref)
    if len(ref) != REF_BYTES:
        raise ValueError("An account's anon_ref is 16 bytes.")
    return ref


def _open(persona_id: UUID, purpose: Purpose) -> bytes | None:
    """Whose the persona is, as a reference; None for an unknown one."""
    ref = _steadily(lambda ring: rows.ref_behind(ring, persona_id))
    _opened[purpose] += ref is not None
    return ref


def _enter_pause(persona_id: UUID, until: date | None, day: date) -> None:
    """One more entry in the author's log; in nobody's, for a persona without an author."""
    ref = _open(persona_id, Purpose.SUSPEND) or secrets.token_bytes(REF_BYTES)
    for _ in range(ATTEMPTS):
        ring = _likely_ring()
        log_of = pauses.log_of(ring, ref)
        entry = pauses.next_entry(log_of, day, until)
        if rows.inserted(pauses.row(ring, ref, entry, place=len(log_of)), ring):
            return
    raise VaultUnavailable


@act
def _groups_behind(persona_id: UUID) -> list[str]:
    ref = _open(persona_id, Purpose.LIVE)
    return _groups(keyring.current(), ref) if ref else []


@act
def _groups_of(accounts: Iterable[Account]) -> list[str]:
    ring = keyring.current()
    return [group for account in accounts for group in _groups(ring, _ref(account))]


def _groups(ring: KeyRing, ref: bytes) -> list[str]:
    """Under every key: a socket stays in the group of the key that was primary when it connected."""
    return ["n." + b32encode(tag).decode()[:26] for tag in ring.tags(Key.BUS, ref)]
