"""The full-text index over forum_searchentry: FTS5 kept by triggers on SQLite, a stored column on PostgreSQL.

A later migration that makes SQLite rebuild forum_searchentry has to create the triggers again: they go with
the old table.
"""

from django.db import migrations

# The table holds the words once; FTS5 keeps only its index of them.
SQLITE = [
    """
    CREATE VIRTUAL TABLE forum_searchindex USING fts5(
        title, words, content='forum_searchentry', content_rowid='id',
        tokenize='porter unicode61 remove_diacritics 2'
    )
    """,
    "INSERT INTO forum_searchindex(forum_searchindex) VALUES ('rebuild')",
    """
    CREATE TRIGGER forum_searchentry_added AFTER INSERT ON forum_searchentry BEGIN
        INSERT INTO forum_searchindex(rowid, title, words) VALUES (new.id, new.title, new.words);
    END
    """,
    """
    CREATE TRIGGER forum_searchentry_removed AFTER DELETE ON forum_searchentry BEGIN
        INSERT INTO forum_searchindex(forum_searchindex, rowid, title, words)
        VALUES ('delete', old.id, old.title, old.words);
    END
    """,
    """
    CREATE TRIGGER forum_searchentry_changed AFTER UPDATE ON forum_searchentry BEGIN
        INSERT INTO forum_searchindex(forum_searchindex, rowid, title, words)
        VALUES ('delete', old.id, old.title, old.words);
        INSERT INTO forum_searchindex(rowid, title, words) VALUES (new.id, new.title, new.words);
    END
    """,
]
UNDO_SQLITE = [
    "DROP TRIGGER forum_searchentry_added",
    "DROP TRIGGER forum_searchentry_removed",
    "DROP TRIGGER forum_searchentry_changed",
    "DROP TABLE forum_searchindex",
]

# Its parser takes <words>, word/word and &word; for markup and paths, and drops all that follows <script>.
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE TEXT SEARCH CONFIGURATION board_english (COPY = english)",
    """
    ALTER TEXT SEARCH CONFIGURATION board_english
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem
    """,
    """
    ALTER TABLE forum_searchentry ADD COLUMN indexed tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('board_english', translate(title, '<>/&', '    ')), 'A')
        || setweight(to_tsvector('board_english', translate(words, '<>/&', '    ')), 'B')
    ) STORED
    """,
    "CREATE INDEX forum_searchentry_indexed ON forum_searchentry USING gin (indexed)",
]
UNDO_POSTGRESQL = [
    "DROP INDEX forum_searchentry_indexed",
    "ALTER TABLE forum_searchentry DROP COLUMN indexed",
    "DROP TEXT SEARCH CONFIGURATION board_english",
]


def run(sqlite, postgresql):
    def apply(apps, schema_editor):
        for statement in {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return apply


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]

    operations = [migrations.RunPython(run(SQLITE, POSTGRESQL), run(UNDO_SQLITE, UNDO_POSTGRESQL))]
