"""Files that hold a secret: for their owner only, there whole or not at all, noticed when they change."""

import os
from pathlib import Path

from django.views.decorators.debug import sensitive_variables

OTHERS_MAY = 0o077


@sensitive_variables()
def create(path: Path, text: str) -> None:
    """Make the file with its folder. FileExistsError rather than ever replacing one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = draft(path, text)
    try:
        # A link appears whole or not at all, and never over another file.
        os.link(made, path)
    finally:
        made.unlink()
    sync_folder(path.parent)


@sensitive_variables()
def draft(path: Path, text: str) -> Path:
    """`text` on disk beside `path`."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return made


def sync_folder(folder: Path) -> None:
    """A file's name must survive a power cut as well as its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def version(path: Path) -> tuple:
    """What is another after each change: a file may be replaced while the servers run. Or OSError."""
    found = path.stat()
    return path, found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
