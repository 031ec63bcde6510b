"""Updating: the author comes back and says how it turned out."""

from datetime import datetime

from forum.actions.compose import Author, Text, require_opener
from forum.actions.reply import submit
from forum.models import Kind, Post, Thread


def post_update(thread: Thread, text: Text, *, by: Author, now: datetime) -> Post:
    """The author's update with its outcomes; a moderator reads it first."""
    require_opener(thread, by)
    return submit(thread, Kind.UPDATE, text, by=by, now=now)
