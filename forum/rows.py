"""Plain rows of all that a visitor's page shows, to tell whether it has changed since it was rendered.

Django takes longer to write the SQL of such a query than a database to answer it, so the busiest are written
once, and rows stay as the database gives them: they are compared, never shown.
"""

from functools import cache

from django.db import connection
from django.db.models import QuerySet

from forum.models import Post, Thread, ThreadTag

POSTS = 50  # on one page of a thread
BLANK = "to be filled in"  # known by its identity


class Statement:
    """The SQL of a queryset of values, with BLANK where each use has a text of its own."""

    def __init__(self, queryset: QuerySet) -> None:
        self.sql, self.parameters = queryset.query.sql_with_params()

    def rows(self, text: str = "") -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [text if each is BLANK else each for each in self.parameters])
            return cursor.fetchall()


def rows_of_thread(public_id: str, start: int) -> list:
    """The thread in whatever state, its tags, and its published posts from position `start`."""
    statements = _thread_from_the_start() if start <= 1 else _thread_from(start)
    return [statement.rows(public_id) for statement in statements]


@cache
def _thread_from_the_start() -> list[Statement]:
    return _thread_from(1)


def _thread_from(start: int) -> list[Statement]:
    threads = Thread.objects.at(BLANK)
    posts = Post.objects.published().filter(thread__public_id=BLANK).order_by("position")
    if start > 1:
        posts = posts.filter(position__gte=start)
    return [
        Statement(threads.as_rows()),
        Statement(ThreadTag.objects.chosen_rows(threads.values("pk"))),
        Statement(posts.as_rows()[: POSTS + 1]),
    ]
