"""Sealing: the few cryptographic steps of the scheme, and the ring of keys to take them with."""

import hmac
import os
from copy import copy
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.views.decorators.debug import sensitive_variables

CONTEXT = b"sounding-board/anon/v1/"  # part of every stored value: changing it loses every link
SECRET_BYTES = 32
REF_BYTES = 16
NONCE_BYTES = 12
PADDED_BYTES = 64  # one length for whatever is sealed, so that a length tells nothing
SEAL_BYTES = NONCE_BYTES + PADDED_BYTES + 16
HIGHEST_KID = 2**15 - 1  # what the column holds; a key each night lasts for 89 years
VERSION = b"\x01"
NOTE_BYTES = PADDED_BYTES - len(VERSION) - REF_BYTES  # always filled, with zeros behind a shorter note
DOES_NOT_OPEN = "A seal does not open: its row was changed, or its key is another one."


class Key(StrEnum):
    """What a sub-key is for. One purpose each: equal tags of two tables could be joined."""

    SEAL = "seal"
    THREAD = "thread"
    LIST = "list"
    SUSPENSION = "susp"
    RATE = "rate"
    BUS = "bus"
    CHECK = "check"
    INBOX = "inbox"


class Broken(Exception):
    """A stored value that the keys do not open, in a sentence for whoever runs this installation."""


class KeyRing:
    """Every active key, as the sub-keys made from it. Writing uses the primary, reading accepts all."""

    @sensitive_variables()
    def __init__(self, primary: int, secrets: dict[int, bytes]) -> None:
        self.primary = primary
        self.kids = (primary, *sorted(set(secrets) - {primary}))
        self._keys = {(kid, use): derive(secret, use) for kid, secret in secrets.items() for use in Key}

    def tag(self, use: Key, *parts: bytes, kid: int | None = None) -> bytes:
        """The tag of `parts` under one key, the primary unless told."""
        return mac(self._key(kid or self.primary, use), *parts)

    def tags(self, use: Key, *parts: bytes) -> list[bytes]:
        """The tags of `parts` under every active key, the primary's first."""
        return [mac(self._keys[kid, use], *parts) for kid in self.kids]

    def seal(self, ref: bytes, note: bytes = b"", *, table: str, row: bytes) -> bytes:
        """`ref` and a note sealed into a row under the primary key."""
        key = self._key(self.primary, Key.SEAL)
        return seal(key, ref, note, kid=self.primary, table=table, row=row)

    def unseal(self, sealed: bytes, *, kid: int, table: str, row: bytes) -> tuple[bytes, bytes]:
        """What was sealed into a row. Broken without its key, or when the row was changed."""
        return unseal(self._key(kid, Key.SEAL), sealed, kid=kid, table=table, row=row)

    def seal_text(self, text: bytes, *, use: Key, row: bytes) -> bytes:
        """`text` sealed under the primary key, whose number stands before it. 30 bytes longer."""
        nonce = os.urandom(NONCE_BYTES)
        body = AESGCM(self._key(self.primary, use)).encrypt(nonce, text, _bound_to(self.primary, use, row))
        return self.primary.to_bytes(2, "big") + nonce + body

    def unseal_text(self, sealed: bytes, *, use: Key, row: bytes) -> bytes | None:
        """The text in `sealed`; None when it is not this row's, was changed, or its key is gone."""
        kid, sealed = int.from_bytes(sealed[:2], "big"), sealed[2:]
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self._key(kid, use)).decrypt(nonce, body, _bound_to(kid, use, row))
        except (Broken, InvalidTag, ValueError):
            return None

    def led_by(self, kid: int) -> "KeyRing":
        """The same keys, writing with `kid`."""
        ring = copy(self)
        ring.primary = kid
        ring.kids = (kid, *sorted(set(self.kids) - {kid}))
        return ring

    def _key(self, kid: int, use: Key) -> bytes:
        if kid not in self.kids:
            raise Broken(f"Key {kid}, which the vault was written with, is not in the key file.")
        return self._keys[kid, use]

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self.kids)}>"


@sensitive_variables()
def derive(secret: bytes, purpose: Key) -> bytes:
    """The sub-key of a key ring's secret for one purpose."""
    return HKDF(SHA256(), SECRET_BYTES, salt=None, info=CONTEXT + purpose.encode()).derive(secret)


@sensitive_variables()
def mac(key: bytes, *parts: bytes) -> bytes:
    """A keyed tag of 128 bits: shorter ones would collide and break UNIQUE."""
    return hmac.digest(key, _framed(*parts), "sha256")[:16]


@sensitive_variables()
def seal(key: bytes, ref: bytes, note: bytes = b"", *, kid: int, table: str, row: bytes) -> bytes:
    """`ref` and a note sealed into one row of one table; in any other row they do not open."""
    if len(ref) != REF_BYTES:
        raise ValueError("A reference is 16 bytes.")
    if len(note) > NOTE_BYTES:
        raise ValueError("A note is longer than a seal has room for.")
    nonce = os.urandom(NONCE_BYTES)  # random, no counter: a restored backup would repeat a counter
    padded = (VERSION + ref + note).ljust(PADDED_BYTES, b"\0")
    return nonce + AESGCM(key).encrypt(nonce, padded, _bound_to(kid, table, row))


@sensitive_variables()
def unseal(key: bytes, sealed: bytes, *, kid: int, table: str, row: bytes) -> tuple[bytes, bytes]:
    """Reference and note in `sealed`. Broken when it is not this row's, or was tampered with."""
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        padded = AESGCM(key).decrypt(nonce, body, _bound_to(kid, table, row))
    except (InvalidTag, ValueError):
        raise Broken(DOES_NOT_OPEN) from None
    if len(padded) != PADDED_BYTES or padded[:1] != VERSION:
        raise Broken(DOES_NOT_OPEN)
    return padded[1 : 1 + REF_BYTES], padded[1 + REF_BYTES :]


def _bound_to(kid: int, table: str, row: bytes) -> bytes:
    return CONTEXT + _framed(numbered(kid), table.encode(), row)


def numbered(kid: int) -> bytes:
    """A key's number in as few bytes as hold it."""
    return kid.to_bytes((kid.bit_length() + 7) // 8, "big")


def _framed(*parts: bytes) -> bytes:
    """Every part behind its length: ("ab", "c") and ("a", "bc") must not meet."""
    return b"".join([len(part).to_bytes(2, "big") + part for part in parts])
