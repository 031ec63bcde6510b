"""Refuses what can't run here, in a sentence that says what to do."""

import sqlite3

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def full_text_search(**kwargs) -> list[CheckMessage]:
    """SQLite is the machine's own library, and may have been built without FTS5."""
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return []
    try:
        sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE words USING fts5(word)")
    except sqlite3.OperationalError:
        hint = "Use a Python whose SQLite has FTS5, or set DATABASE_URL to a PostgreSQL database."
        return [Error("This machine's SQLite can't search texts.", hint=hint, id="board.E001")]
    return []
