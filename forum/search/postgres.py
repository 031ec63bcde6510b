"""Search on PostgreSQL: a stored tsvector with ts_rank."""

from collections.abc import Sequence

from django.db import connection

from forum.search.asked import MARKS, Asked
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
SELECT page.thread_id,
    translate(ts_headline('board_english', translate(entry.words, %s, %s), ({query}), %s), %s, %s),
    (SELECT max(id) FROM pool)
FROM page JOIN forum_searchentry AS entry ON entry.id = page.id
ORDER BY page.score DESC, page.id DESC
"""
TERM = "phraseto_tsquery('board_english', %s)"
PREFIX = "to_tsquery('board_english', %s)"
SIGNS, STAND_INS = "<>/&", "\x04\x05\x06\x07"  # that the parser must not see, and for a while doesn't
HEADLINE = 'StartSel="{}", StopSel="{}", MaxWords=32, MinWords=16'


def page(asked: Asked) -> list[Sequence]:
    """Thread id, snippet and newest entry of the pool, for each of the best threads."""
    query, words = expression(asked.terms, any_term=asked.any_term)
    pool = [*words, asked.newest, *asked.values, asked.pool]
    snippet = [SIGNS, STAND_INS, *words, HEADLINE.format(*MARKS), STAND_INS, SIGNS]
    with connection.cursor() as cursor:
        cursor.execute(
            PAGE.format(query=query, threads=asked.threads),
            [*pool, *words, asked.size, asked.offset, *snippet],
        )
        return cursor.fetchall()


def expression(terms: list[Term], *, any_term: bool) -> tuple[str, list[str]]:
    """SQL that makes the tsquery, and its parameters: PostgreSQL reads each term as plain text."""
    wanted = [term for term in terms if not term.is_excluded]
    excluded = [term for term in terms if term.is_excluded]
    parts = (" || " if any_term else " && ").join(PREFIX if term.is_prefix else TERM for term in wanted)
    query = f"({parts})" + "".join(f" && !!{TERM}" for _ in excluded)
    return query, [_as_typed(term) for term in [*wanted, *excluded]]


def _as_typed(term: Term) -> str:
    if term.is_prefix:  # one word without any signs
        return f"'{term.text}':*"
    return term.text.translate({ord(sign): " " for sign in SIGNS})


def purge() -> None:
    """Give back the space of deleted rows and of what their words left in the index."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM forum_searchentry")
