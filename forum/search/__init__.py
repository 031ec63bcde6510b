"""Full-text search of published posts, on SQLite or PostgreSQL, whichever the board runs on."""

from forum.search.index import forget, index, purge
from forum.search.query import Hit, Results, find

__all__ = ["Hit", "Results", "find", "forget", "index", "purge"]
