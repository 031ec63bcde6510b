"""Copying a whole database in use and putting a copy back: SQLite by itself, PostgreSQL by its tools.

A copy holds no sessions: each is a key to somebody's account for two weeks.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from time import monotonic

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from config.archive import Unusable

DEBIAN = Path("/usr/lib/postgresql")  # which keeps one folder for each version
PATIENCE = 30  # seconds for a site that is up to let go of what it holds


def copy(alias: str, to: Path) -> None:
    """The database as it is at one moment, in the file `to`."""
    database = connections[alias]
    if database.vendor == "sqlite":
        _copy_sqlite(database, to)
    else:
        left_out = ["--exclude-table-data=django_session"] if alias == "default" else []
        _run(database, "pg_dump", "--format=custom", "--compress=0", *left_out, f"--file={to}")


def check(alias: str, copied: Path) -> None:
    """Unusable unless the copy can be read to its end."""
    if connections[alias].vendor == "sqlite":
        try:
            with closing(sqlite3.connect(copied)) as file:
                sound = file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise Unusable("The database in this backup is damaged.")
    else:
        _tool("pg_restore", "--file=/dev/null", str(copied))


def put_back(alias: str, copied: Path) -> None:
    """Replace all that the database holds by the copy, at once or not at all."""
    database = connections[alias]
    if database.vendor == "sqlite":
        _put_back_sqlite(database, copied)
    else:
        _put_back_postgres(database, copied)


def _copy_sqlite(database: BaseDatabaseWrapper, to: Path) -> None:
    name = database.settings_dict["NAME"]
    with closing(sqlite3.connect(name, timeout=60)) as live, closing(sqlite3.connect(to)) as copied:
        live.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        copied.execute("PRAGMA secure_delete=ON")
        if copied.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_session'").fetchone():
            copied.execute("DELETE FROM django_session")
        copied.commit()


def _put_back_sqlite(database: BaseDatabaseWrapper, copied: Path) -> None:
    """Page by page into the file in use: whoever has it open reads the old content, then the new."""
    database.close()
    give_up = monotonic() + PATIENCE

    def waited(status: int, *_: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and monotonic() > give_up:
            raise Unusable("The database is in use and nothing was changed; stop the site and try again.")

    name = database.settings_dict["NAME"]
    with closing(sqlite3.connect(copied)) as backup, closing(sqlite3.connect(name)) as live:
        live.execute("PRAGMA secure_delete=ON")
        backup.backup(live, progress=waited)
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _put_back_postgres(database: BaseDatabaseWrapper, copied: Path) -> None:
    """One transaction, tables that the copy does not know included."""
    script, before = copied.with_suffix(".sql"), copied.with_suffix(".before")
    quoted = [database.ops.quote_name(table) for table in database.introspection.table_names()]
    drops = [f"SET lock_timeout = '{PATIENCE}s';", *(f"DROP TABLE {table} CASCADE;" for table in quoted)]
    before.write_text("\n".join(drops))
    owners = ["--no-owner", "--no-privileges"]
    _tool("pg_restore", "--clean", "--if-exists", *owners, f"--file={script}", str(copied))
    database.close()
    files = [f"--file={before}", f"--file={script}"]
    _run(database, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *files)


def _run(database: BaseDatabaseWrapper, tool: str, *arguments: str) -> None:
    """A tool of PostgreSQL on this database. Its password is in no list of processes."""
    given, environment = database.client.settings_to_cmd_args_env(database.settings_dict, [])
    _tool(tool, *arguments, *given[1:], environment=environment)


def _tool(tool: str, *arguments: str, environment: dict[str, str] | None = None) -> None:
    command = [_found(tool), *arguments]
    done = subprocess.run(  # noqa: S603  our own settings
        command, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})}
    )
    if done.returncode:
        # Its further lines quote rows.
        said = next((line for line in done.stderr.splitlines() if "rror:" in line or "ERROR:" in line), "")
        raise Unusable(f"{tool} ended with code {done.returncode} and nothing was changed. {said}".strip())


def _found(tool: str) -> str:
    """The newest there is: an older pg_dump refuses a newer server."""
    installed = sorted(DEBIAN.glob(f"*/bin/{tool}"), key=lambda path: float(path.parts[-3]))
    if found := (str(installed[-1]) if installed else shutil.which(tool)):
        return found
    raise Unusable(f"{tool} is not installed; on Debian or Ubuntu: apt-get install postgresql-client")
