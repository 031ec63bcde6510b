"""The file that `backup` writes and `restore` reads: one database and a manifest, for its owner only."""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "database"
CHUNK = 1 << 20


class Unusable(Exception):
    """An archive that cannot be written or read, in a sentence for whoever runs this installation."""


@dataclass(frozen=True)
class Manifest:
    """What an archive holds, and what it takes to use it."""

    holds: str  # the alias of the database
    vendor: str
    made_on: str
    migrations: list[tuple[str, str]]
    keys: list[int]  # the numbers of the vault's keys that its rows need, never a key
    sha256: str
    format: int = FORMAT


def write(path: Path, manifest: Manifest, database: Path) -> None:
    """Pack both into `path`, whole or not at all. Unusable rather than replacing a file."""
    described = json.dumps(asdict(manifest), indent=1).encode()
    try:
        with _new(path) as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            archive.addfile(_member(MANIFEST, len(described)), BytesIO(described))
            with database.open("rb") as content:
                archive.addfile(_member(DATABASE, database.stat().st_size), content)
    except FileExistsError:
        raise Unusable(f"{path} exists and stays as it is.") from None
    except OSError as fault:
        raise Unusable(f"Cannot write {path}: {fault.strerror}.") from None


def read(path: Path, into: Path) -> Manifest:
    """The manifest of the archive `path`, its database unpacked to `into`. Unusable unless whole."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            manifest = _manifest(archive)
            with into.open("xb") as file:
                content = archive.extractfile(DATABASE)
                for chunk in iter(lambda: content.read(CHUNK) if content else b"", b""):
                    file.write(chunk)
    except FileNotFoundError:
        raise Unusable(f"There is no file {path}.") from None
    except (OSError, EOFError, tarfile.TarError, KeyError, ValueError, TypeError):
        raise Unusable(f"{path} is damaged, or no backup of this board.") from None
    if manifest.sha256 != checksum(into):
        raise Unusable(f"{path} is damaged: its database is not what was packed.")
    return manifest


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _new(path: Path) -> Iterator[IO[bytes]]:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # appears whole, and never over another file
    finally:
        draft.unlink(missing_ok=True)


def _member(name: str, size: int) -> tarfile.TarInfo:
    """Without an owner, and without the second in which it was made."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _manifest(archive: tarfile.TarFile) -> Manifest:
    file = archive.extractfile(MANIFEST)
    described = json.load(file) if file else {}
    if described["format"] != FORMAT:
        raise ValueError
    described["migrations"] = [(app, name) for app, name in described["migrations"]]
    return Manifest(**described)
