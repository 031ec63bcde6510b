"""The key ring: the one module that reads and writes the key file. Only the vault imports it."""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from anonymity import keyfile
from anonymity.sealing import HIGHEST_KID, SECRET_BYTES, KeyRing

FORMAT = 1


class KeyFileError(Exception):
    """The key file cannot be used, in a sentence for whoever runs this installation."""


class AlreadyRotating(Exception):
    """Somebody else is changing the key file at this moment."""

    def __str__(self) -> str:
        return "The keys are being rotated by another process at this moment."


_loaded: tuple[tuple, KeyRing] | None = None


def current() -> KeyRing:
    """The key ring of this installation, read again when the file has changed. KeyFileError otherwise."""
    global _loaded
    path = key_file()
    try:
        version = keyfile.version(path)
    except OSError as fault:
        raise KeyFileError(_unreadable(path, fault)) from None
    if _loaded is None or _loaded[0] != version:
        _loaded = (version, read(path))
    return _loaded[1]


def key_file() -> Path:
    return Path(settings.ANON_KEYRING_FILE)


@sensitive_variables()
def read(path: Path) -> KeyRing:
    """The key ring in `path`. KeyFileError says what is wrong with the file, never what is in it."""
    return _parsed(_content(path))


@sensitive_variables()
def create(path: Path) -> None:
    """A new key file with one random key. FileExistsError rather than ever replacing one."""
    content = {"format": FORMAT, "primary": 1, "keys": {"1": _new_key(datetime.now(UTC))}}
    keyfile.create(path, json.dumps(content, indent=1))


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else changes the key file inside this block. AlreadyRotating when somebody is doing so.

    What a killed process left half-written is removed: it holds secrets.
    """
    path = key_file().resolve()
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as fault:
        raise KeyFileError(_unreadable(path, fault)) from None
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRotating from None
        for draft in path.parent.glob(f".{path.name}.*"):
            draft.unlink()
        yield
    finally:
        os.close(folder)


@sensitive_variables()
def add(now: datetime, *, above: int) -> int:
    """Write a new random key into the file, which nothing is written with yet; its number, over `above`."""
    content = _content(key_file())
    kid = max(above, *map(int, content["keys"])) + 1
    content["keys"][str(kid)] = _new_key(now)
    _replace(content)
    return kid


@sensitive_variables()
def promote(kid: int, now: datetime) -> None:
    """Make `kid` the primary key and retire all others, once."""
    content = _content(key_file())
    before = json.dumps(content)
    content["primary"] = kid
    for number, key in content["keys"].items():
        if int(number) != kid:
            key.setdefault("retired", _day(now).isoformat())
    content["keys"][str(kid)].pop("retired", None)
    if json.dumps(content) != before:
        _replace(content)


@sensitive_variables()
def destroy(*, retired_by: date, but: set[int]) -> None:
    """Remove the secrets retired on `retired_by` or before, except those of `but`."""
    content = _content(key_file())
    kept = {
        kid: key
        for kid, key in content["keys"].items()
        if "retired" not in key or date.fromisoformat(key["retired"]) > retired_by or int(kid) in but
    }
    if kept != content["keys"]:
        _replace({**content, "keys": kept})


@sensitive_variables()
def made_on(kid: int) -> date:
    return date.fromisoformat(_content(key_file())["keys"][str(kid)]["created"])


@sensitive_variables()
def unused(in_use: set[int]) -> int:
    """How many keys neither write, nor are in use, nor wait for their destruction."""
    content = _content(key_file())
    known = in_use | {content["primary"]}
    return sum(int(kid) not in known and "retired" not in key for kid, key in content["keys"].items())


@sensitive_variables()
def _new_key(now: datetime) -> dict[str, str]:
    secret = base64.b64encode(os.urandom(SECRET_BYTES)).decode()
    return {"secret": secret, "created": _day(now).isoformat()}


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


@sensitive_variables()
def _replace(content: dict) -> None:
    """Put `content` in the file's place, whole or not at all. KeyFileError where this may not be done."""
    _parsed(content)  # never a file that could not be read again
    path = key_file().resolve()
    try:
        owner = path.stat()
        draft = keyfile.draft(path, json.dumps(content, indent=1))
        if os.geteuid() == 0:  # root may rotate for the account that the board runs as
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(path)
        keyfile.sync_folder(path.parent)
    except OSError as fault:
        raise KeyFileError(
            f"The key file {path} cannot be replaced ({fault.strerror}). Rotate where its folder is yours."
        ) from None


@sensitive_variables()
def _content(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & keyfile.OTHERS_MAY:
                raise KeyFileError(f"Others may read the key file {path}. Run `chmod 600` on it.")
            content = file.read()
    except OSError as fault:
        raise KeyFileError(_unreadable(path, fault)) from None
    try:
        ring = json.loads(content)
        _parsed(ring)
    except (ValueError, KeyError, TypeError, AttributeError):
        # The parser's own error carries the text of the file, so it goes no further.
        raise KeyFileError(f"{path} is not a key file of this board. Restore its escrow copy.") from None
    return ring


@sensitive_variables()
def _parsed(ring: dict) -> KeyRing:
    secrets = {int(kid): base64.b64decode(key["secret"], validate=True) for kid, key in ring["keys"].items()}
    if ring["format"] != FORMAT or ring["primary"] not in secrets:
        raise ValueError
    if any(not 1 <= kid <= HIGHEST_KID or len(secret) != SECRET_BYTES for kid, secret in secrets.items()):
        raise ValueError
    for key in ring["keys"].values():
        date.fromisoformat(key["created"])
        date.fromisoformat(key.get("retired", key["created"]))
    return KeyRing(ring["primary"], secrets)


def _unreadable(path: Path, fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return (
            f"There is no key file at {path}. A new installation makes one with `manage.py anon_keygen`; "
            "an old one restores its own, or sets ANON_KEYRING_FILE to where it is."
        )
    return f"The key file {path} cannot be read ({fault.strerror}). It belongs to whoever runs the board."
