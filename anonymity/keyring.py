"""The key ring: the one module that reads and writes the key file. Only the vault imports it."""

import base64
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from anonymity.sealing import SECRET_BYTES, KeyRing

FORMAT = 1
OTHERS_MAY = 0o077


class KeyFileError(Exception):
    """The key file cannot be used, in a sentence for whoever runs this installation."""


_loaded: tuple[tuple, KeyRing] | None = None


def current() -> KeyRing:
    """The key ring of this installation, read again when the file has changed. KeyFileError otherwise."""
    global _loaded
    path = key_file()
    try:
        found = path.stat()
    except OSError as fault:
        raise KeyFileError(_unreadable(path, fault)) from None
    # Rotation replaces the file while the servers run: size and inode tell it from a touched one.
    version = (path, found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
    if _loaded is None or _loaded[0] != version:
        _loaded = (version, read(path))
    return _loaded[1]


def key_file() -> Path:
    return Path(settings.ANON_KEYRING_FILE)


@sensitive_variables()
def read(path: Path) -> KeyRing:
    """The key ring in `path`. KeyFileError says what is wrong with the file, never what is in it."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & OTHERS_MAY:
                raise KeyFileError(f"Others may read the key file {path}. Run `chmod 600` on it.")
            content = file.read()
    except OSError as fault:
        raise KeyFileError(_unreadable(path, fault)) from None
    try:
        return _parsed(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        # The parser's own error carries the text of the file, so it goes no further.
        raise KeyFileError(f"{path} is not a key file of this board. Restore its escrow copy.") from None


@sensitive_variables()
def create(path: Path) -> None:
    """A new key file with one random key. FileExistsError rather than ever replacing one."""
    secret = base64.b64encode(os.urandom(SECRET_BYTES)).decode()
    keys = {"1": {"secret": secret, "created": datetime.now(UTC).date().isoformat()}}
    content = json.dumps({"format": FORMAT, "primary": 1, "keys": keys}, indent=1)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link appears whole or not at all, and never over another file.
        os.link(draft, path)
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A file's name must survive a power cut as well as its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@sensitive_variables()
def _parsed(ring: dict) -> KeyRing:
    secrets = {int(kid): base64.b64decode(key["secret"], validate=True) for kid, key in ring["keys"].items()}
    if ring["format"] != FORMAT or ring["primary"] not in secrets:
        raise ValueError
    if any(not 1 <= kid <= 255 or len(secret) != SECRET_BYTES for kid, secret in secrets.items()):
        raise ValueError
    return KeyRing(ring["primary"], secrets)


def _unreadable(path: Path, fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return (
            f"There is no key file at {path}. A new installation makes one with `manage.py anon_keygen`; "
            "an old one restores its own, or sets ANON_KEYRING_FILE to where it is."
        )
    return f"The key file {path} cannot be read ({fault.strerror}). It belongs to whoever runs the board."
