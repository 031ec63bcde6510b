"""Past the triggers that keep the moderators' record, as somebody who owns the database could go."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.postgresql.base import DatabaseOperations as Postgres
from django.db.backends.sqlite3.base import DatabaseOperations as SQLite

TABLE = "moderation_auditevent"
ON_SQLITE = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{TABLE}'"
FREE, GUARD = (f"ALTER TABLE {TABLE} {what} TRIGGER USER" for what in ("DISABLE", "ENABLE"))


@contextmanager
def unguarded() -> Iterator[None]:
    """Inside, rows of the record can be changed and deleted."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(ON_SQLITE)
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else their events would still be pending
            cursor.execute(FREE)
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(GUARD)


def let_tests_empty_the_record() -> None:
    """What Django does after a test that committed, and `flush` does, empties every table."""
    for operations in (SQLite, Postgres):
        _let_pass(operations)


def _let_pass(operations: type) -> None:
    flush = operations.execute_sql_flush

    def unguarded_flush(self, sql_list: list[str]) -> None:
        if not any(TABLE in sql for sql in sql_list):
            return flush(self, sql_list)
        with unguarded():
            return flush(self, sql_list)

    operations.execute_sql_flush = unguarded_flush
