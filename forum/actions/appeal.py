"""Appealing: the author of a text asks that another moderator look at what was decided about it.

It is put before the moderators with the text, whose author it does not name: a persona's is like any other.
"""

from datetime import datetime
from typing import Any

from accounts.access import NotAllowed
from forum.actions.compose import Author, clean_body, written_by
from moderation import intake


def appeal(decided: Any, words: str, *, by: Author, now: datetime) -> None:
    """Appeal against one of `intake.decided_about`, once. Also who is silenced may: it is no post."""
    if not written_by(decided.post, by):
        raise NotAllowed("Only its author can appeal against what was decided about a text.")
    words = clean_body(words, by)
    if decided.appeal and decided.appeal.words == words:
        return  # the same form once more
    intake.appealed(words, about=decided.post, post=decided.post, now=now, **decided.against)
