"""A machine whose SQLite can't search is told so before anything else fails."""

import sqlite3

from django.conf import settings
from django.core.checks import run_checks


def test_a_sqlite_without_full_text_search_is_refused_in_a_sentence(db, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")

    class Poor:
        def execute(self, sql: str) -> None:
            raise sqlite3.OperationalError("no such module: fts5")

    assert "board.E001" not in [found.id for found in run_checks()]
    monkeypatch.setattr("forum.search.checks.sqlite3.connect", lambda name: Poor())
    assert "board.E001" in [found.id for found in run_checks()]
