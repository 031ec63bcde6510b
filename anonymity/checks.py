"""System checks of the key file: usable, private, in a safe place, and the one of this data."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections

from anonymity import keycheck, vault


@register("anonymity", Tags.security)
def key_file_is_usable(**kwargs: Any) -> list[CheckMessage]:
    fault = vault.key_fault()
    return [Error(fault, id="anonymity.E001")] if fault else []


@register("anonymity", Tags.security)
def key_file_is_out_of_reach(**kwargs: Any) -> list[CheckMessage]:
    path = Path(settings.ANON_KEYRING_FILE).resolve()
    hint = "Set ANON_KEYRING_FILE to a place of its own, such as /etc/sounding-board/anon-keyring.json."
    return [
        Error(f"The key file {path} lies in {place}.", hint=hint, id="anonymity.E002")
        for place in exposed_places(path)
    ]


@register("anonymity", Tags.security)
def key_file_fits_the_data(**kwargs: Any) -> list[CheckMessage]:
    """With the key file of other data, or an old one, authors would silently lose their threads.

    A database that is down stops no start: anonymous posting answers 503 until it is back.
    """
    try:
        if vault.key_fault() or not _has_tables():
            return []
        return _misfits()
    except DatabaseError as fault:
        kind = type(fault).__name__
        return [Warning(f"The vault's database does not answer ({kind}).", id="anonymity.W005")]


def _misfits() -> list[CheckMessage]:
    hint = "Restore the newest copy of this vault's key file; without it anonymous threads have no owner."
    if not vault.fits_data():
        fault = "The key file belongs to other data, or to an earlier state of it."
        return [Error(fault, hint=hint, id="anonymity.E003")]
    if vault.lacks_keys():
        return [Error("Rows of the vault need keys that the key file lacks.", hint=hint, id="anonymity.E004")]
    return []


def exposed_places(path: Path) -> Iterator[str]:
    for name in ("MEDIA_ROOT", "STATIC_ROOT", "STATICFILES_DIRS"):
        setting = getattr(settings, name, None) or ()
        for folder in [setting] if isinstance(setting, str | Path) else setting:
            if path.is_relative_to(Path(folder).resolve()):
                yield f"{name}, where the web server hands out files"
    if not settings.DEBUG and _would_be_committed(path):
        yield "a git work tree that does not ignore it"


def _would_be_committed(path: Path) -> bool:
    tree = next((folder for folder in path.parents if (folder / ".git").exists()), None)
    if tree is None:
        return False
    ask = ["git", "-C", str(tree), "check-ignore", "-q", str(path)]
    try:
        answer = subprocess.run(ask, capture_output=True, check=False)  # noqa: S603  our own settings
    except OSError:  # no git here to ask
        return True
    return answer.returncode != 0


def _has_tables() -> bool:
    return {"vault_keycheck", "vault_link", "vault_block"} <= set(
        connections[keycheck.VAULT].introspection.table_names()
    )
