"""Search on SQLite: FTS5 with bm25."""

from collections.abc import Sequence

from django.db import connection

from forum.search.asked import MARKS, Asked
from forum.search.terms import Term

PAGES_AT_ONCE = 400  # of the index, that one step of `purge` rewrites while others wait to write

# The newest matches first, since FTS5 walks them that way for nothing; of these the best post of each thread.
# A walk asks the index once. To look rows up one by one would begin a prefix anew for each: 20 ms at 200,000.
PAGE = """
WITH pool AS MATERIALIZED (
    SELECT entry.id, entry.thread_id, bm25(forum_searchindex, 4.0, 1.0) AS score
    FROM forum_searchindex CROSS JOIN forum_searchentry AS entry ON entry.id = forum_searchindex.rowid
    WHERE forum_searchindex MATCH %s AND forum_searchindex.rowid <= %s {near} AND EXISTS ({threads})
    ORDER BY forum_searchindex.rowid DESC LIMIT %s
), page AS MATERIALIZED (
    SELECT id, thread_id, min(score) AS score FROM pool
    GROUP BY thread_id ORDER BY score, id DESC LIMIT %s OFFSET %s
)
SELECT page.thread_id, snippet(forum_searchindex, 1, %s, %s, '…', 32), (SELECT max(id) FROM pool)
FROM forum_searchindex CROSS JOIN page ON page.id = forum_searchindex.rowid
WHERE forum_searchindex MATCH %s AND forum_searchindex.rowid >= (SELECT min(id) FROM page)
ORDER BY page.score, page.id DESC
"""
# Where a common word meets a rare tag, this spares asking for the thread of each post that has the word.
NEAR = """
    AND +forum_searchindex.rowid IN (
        SELECT near.id FROM forum_threadtag JOIN forum_searchentry AS near
        ON near.thread_id = forum_threadtag.content_object_id WHERE forum_threadtag.tag_id = %s
    )
"""


def page(asked: Asked) -> list[Sequence]:
    """Thread id, snippet and newest entry of the pool, for each of the best threads."""
    wanted = expression(asked.terms, any_term=asked.any_term)
    near, tag = (NEAR, [asked.few_under]) if asked.few_under else ("", [])
    pool = [wanted, asked.newest, *tag, *asked.values, asked.pool]
    with connection.cursor() as cursor:
        cursor.execute(
            PAGE.format(near=near, threads=asked.threads),
            [*pool, asked.size, asked.offset, *MARKS, wanted],
        )
        return cursor.fetchall()


def expression(terms: list[Term], *, any_term: bool) -> str:
    """A query in FTS5's language. Every term is quoted, and none contains a quote."""
    wanted = [f'"{term.text}"{"*" * term.is_prefix}' for term in terms if not term.is_excluded]
    excluded = [f' NOT "{term.text}"' for term in terms if term.is_excluded]
    return f"({(' OR ' if any_term else ' AND ').join(wanted)}){''.join(excluded)}"


def purge() -> None:
    """Merge the index into one piece, where no deleted word remains, and empty the write-ahead log."""
    with connection.cursor() as cursor:
        pages, changes = -PAGES_AT_ONCE, 2  # a negative number begins, positive ones go on
        while changes > 1:  # fewer say that nothing was left to do
            before = _total_changes(cursor)
            cursor.execute(
                "INSERT INTO forum_searchindex(forum_searchindex, rank) VALUES ('merge', %s)", [pages]
            )
            changes, pages = _total_changes(cursor) - before, PAGES_AT_ONCE
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _total_changes(cursor) -> int:
    return cursor.execute("SELECT total_changes()").fetchone()[0]
