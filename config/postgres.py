"""A connection to PostgreSQL that gives up on a server which takes a statement and never answers."""

from typing import Any

import psycopg

PATIENCE = 5.0  # seconds; PostgreSQL's own limits are kept by the server, which is what hangs


class Impatient(psycopg.Connection):
    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, PATIENCE if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()  # an answer that comes late would be taken for that of the next statement
            raise psycopg.OperationalError("no answer") from None


def hurry(database: dict[str, Any]) -> None:
    """Give up early on this database from here on. For servers: rotation and backups take their time."""
    if pool := database["OPTIONS"].get("pool"):
        pool["connection_class"] = Impatient
