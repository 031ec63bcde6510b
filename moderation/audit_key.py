"""The key of the record, in a file of its own, and what it seals an event with.

Whoever has only the databases can't seal an event, so neither change nor remove one unseen. The vault's key
file is no place for this key: rotation destroys what is in there, and this one has to last.
"""

import hmac
import json
import os
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from accounts.access import Refused
from anonymity import keyfile

if TYPE_CHECKING:
    from moderation.models import AuditEvent

SECRET_BYTES = 32


class RecordClosed(Refused):
    """The key can't be used, so nothing can be recorded, and what can't be recorded is not done."""

    status = 503

    def __str__(self) -> str:
        return "This can’t be put on record at this moment, so nothing was done. Please try again later."


_loaded: tuple[tuple, bytes] | None = None


def seal(event: "AuditEvent") -> bytes:
    """HMAC-SHA256 over the event's number, the seal of the event before, and its canonical content.

    RecordClosed without a key.
    """
    return sealed_as(event, event.seq)


@sensitive_variables()
def sealed_as(event: "AuditEvent", seq: int) -> bytes:
    """What the seal of `event` would be at the number `seq`."""
    return hmac.digest(_key(), seq.to_bytes(8) + bytes(event.prev or b"") + _content(event), "sha256")


def create() -> Path:
    """Make the key file. FileExistsError rather than ever replacing one."""
    path = _path()
    keyfile.create(path, os.urandom(SECRET_BYTES).hex())
    return path


def fault() -> str | None:
    """What is wrong with the key file, in a sentence for whoever runs this installation."""
    path = _path()
    try:
        content, mode = path.read_bytes(), path.stat().st_mode
    except FileNotFoundError:
        return (
            f"There is no key of the record at {path}. "
            "A new installation makes one with `manage.py anon_keygen`; "
            "an old one restores its own, or sets AUDIT_KEY_FILE to where it is."
        )
    except OSError as error:
        return f"The key of the record, {path}, cannot be read ({error.strerror})."
    if mode & keyfile.OTHERS_MAY:
        return f"Others may read the key of the record, {path}. Run `chmod 600` on it."
    return None if _parsed(content) else f"{path} is no key of the record. Restore its copy."


@sensitive_variables()
def _key() -> bytes:
    global _loaded
    path = _path()
    try:
        version = keyfile.version(path)
    except OSError:
        raise RecordClosed from None
    if _loaded is None or _loaded[0] != version:
        if fault():
            raise RecordClosed
        _loaded = (version, _parsed(path.read_bytes()))
    return _loaded[1]


def _parsed(content: bytes) -> bytes:
    """The key, or nothing where `content` is none."""
    try:
        key = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        return b""
    return key if len(key) == SECRET_BYTES else b""


def _path() -> Path:
    return Path(settings.AUDIT_KEY_FILE)


def _content(event: "AuditEvent") -> bytes:
    """The account's number stays with a tombstone, and so does the seal of what it did."""
    content = {
        "about": event.about,
        "by": event.by_id,
        "hour": event.hour.astimezone(UTC).isoformat(),
        "kind": event.kind,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
