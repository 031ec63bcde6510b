"""Search on PostgreSQL: a stored tsvector with ts_rank."""

from collections.abc import Sequence

from django.db import connection

from forum.search.terms import Term

# The newest matches first, so that a common word reads no further than the pool; of these the best post of
# each thread. {query} is made of the constants below, {threads} is SQL by Django; all values are parameters.
PAGE = """
WITH pool AS MATERIALIZED (
    SELECT entry.id, entry.thread_id, entry.indexed FROM forum_searchentry AS entry
    WHERE entry.indexed @@ ({query}) AND entry.id <= %s AND EXISTS ({threads})
    ORDER BY entry.id DESC LIMIT %s
), best AS (
    SELECT DISTINCT ON (thread_id) id, thread_id, score
    FROM (SELECT id, thread_id, ts_rank(indexed, ({query})) AS score FROM pool) AS ranked
    ORDER BY thread_id, score DESC, id DESC
), page AS (
    SELECT id, thread_id, score FROM best ORDER BY score DESC, id DESC LIMIT %s OFFSET %s
)
SELECT page.thread_id, ts_headline('board_english', entry.words, ({query}), %s), (SELECT max(id) FROM pool)
FROM page JOIN forum_searchentry AS entry ON entry.id = page.id
ORDER BY page.score DESC, page.id DESC
"""
TERM = "phraseto_tsquery('board_english', %s)"
PREFIX = "to_tsquery('board_english', %s)"
HEADLINE = 'StartSel="{}", StopSel="{}", MaxWords=32, MinWords=16'


def page(
    terms: list[Term],
    threads: tuple[str, tuple],
    *,
    any_term: bool,
    newest: int,
    pool: int,
    size: int,
    offset: int,
    marks: tuple[str, str],
) -> list[Sequence]:
    """Thread id, snippet and newest entry of the pool, for each of the best threads."""
    (query, values), (threads_sql, threads_params) = expression(terms, any_term=any_term), threads
    with connection.cursor() as cursor:
        cursor.execute(
            PAGE.format(query=query, threads=threads_sql),
            [*values, newest, *threads_params, pool, *values, size, offset, *values, HEADLINE.format(*marks)],
        )
        return cursor.fetchall()


def expression(terms: list[Term], *, any_term: bool) -> tuple[str, list[str]]:
    """SQL that makes the tsquery, and its parameters: PostgreSQL reads each term as plain text."""
    wanted = [term for term in terms if not term.is_excluded]
    excluded = [term for term in terms if term.is_excluded]
    parts = (" || " if any_term else " && ").join(PREFIX if term.is_prefix else TERM for term in wanted)
    query = f"({parts})" + "".join(f" && !!{TERM}" for _ in excluded)
    return query, [f"'{term.text}':*" if term.is_prefix else term.text for term in [*wanted, *excluded]]


def purge() -> None:
    """Give back the space of deleted rows and of what their words left in the index."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM forum_searchentry")
