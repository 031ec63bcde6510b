"""Backups and their return: the main database and the vault in archives of their own, never a key (T-BACKUP).

An archive with both would show, to whoever also comes by the key file, all that the vault keeps apart.
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from anonymity import vault
from config import archive, stores
from config.archive import Manifest, Unusable
from moderation import audit_check

MAIN, VAULT = "default", "vault"


def back_up(alias: str, path: Path) -> None:
    """Write one database into a new archive. Unusable says why not."""
    with TemporaryDirectory(dir=_folder(path), prefix=".backup-") as folder:
        copied = Path(folder) / "database"
        keys = _copied(alias, copied)
        manifest = Manifest(
            holds=alias,
            vendor=connections[alias].vendor,
            made_on=datetime.now(UTC).date().isoformat(),
            migrations=sorted(_loader(alias).applied_migrations),
            keys=keys,
            sha256=archive.checksum(copied),
        )
        archive.write(path, manifest, copied)


def restore(path: Path) -> str:
    """Replace the database that the archive holds; which. Unusable leaves everything as it was."""
    with TemporaryDirectory(dir=_folder(path), prefix=".restore-") as folder:
        copied = Path(folder) / "database"
        manifest = archive.read(path, into=copied)
        _refuse_what_does_not_fit(manifest)
        stores.check(manifest.holds, copied)
        stores.put_back(manifest.holds, copied)
    call_command("migrate", database=manifest.holds, interactive=False, verbosity=0)
    if manifest.holds == VAULT and not vault.fits_data():
        raise Unusable(
            "The vault is restored, but the key file belongs to other data. Restore that of its day."
        )
    if manifest.holds == MAIN:
        audit_check.note_restored(datetime.now(UTC))
    return manifest.holds


def _copied(alias: str, to: Path) -> list[int]:
    """Copy the database; the numbers of the keys it needs, which no rotation may change meanwhile."""
    while True:
        keys = vault.keys_needed() if alias == VAULT else set()
        stores.copy(alias, to)
        if alias != VAULT or keys == vault.keys_needed():
            return sorted(keys)


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.holds not in connections:
        raise Unusable(f"This board has no database called {manifest.holds!r}.")
    vendor = connections[manifest.holds].vendor
    if manifest.vendor != vendor:
        raise Unusable(f"This backup is one of {manifest.vendor}, and the board runs on {vendor}.")
    loader = _loader(manifest.holds)
    if not set(manifest.migrations) <= set(loader.disk_migrations) | set(loader.replacements):
        raise Unusable("This backup was made by a newer version of the board. Upgrade the board first.")
    if manifest.holds == VAULT and (fault := vault.key_fault()):
        raise Unusable(fault)
    if gone := vault.keys_lacking(manifest.keys):
        numbers = ", ".join(map(str, sorted(gone)))
        raise Unusable(
            f"The key file lacks key {numbers}, which this backup of the vault needs. A replaced key is "
            "destroyed after ANON_KEY_GRACE days; an older copy of the key file may still hold it."
        )


def _loader(alias: str) -> MigrationLoader:
    return MigrationLoader(connections[alias])


def _folder(path: Path) -> Path:
    if not path.parent.is_dir():
        raise Unusable(f"There is no folder {path.parent}.")
    return path.parent
