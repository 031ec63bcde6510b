"""Withdrawing: the author takes the thread back; a stub stays and the words go."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from forum import lifecycle
from forum.actions.compose import Author, require_opener
from forum.actions.edit import forget_edits
from forum.actions.flag import settle_all
from forum.models import Edit, Happening, Persona, Thread
from forum.publishing import take_apart, tell, unlist
from forum.states import WAITS, State
from forum.tagging import set_tags
from moderation import audit, intake

STUB = "Withdrawn by its author"
GONE = "The author withdrew the thread before this was read, so it was not published."
STUB_WORDS: dict[str, Any] = {
    "title": STUB,
    "slug": "withdrawn",
    **dict.fromkeys(("asking", "excerpt", "closed_because", "hidden_because"), ""),
}
NO_WORDS: dict[str, Any] = {
    "body": "",
    "html": "",
    "note": "",
    "red_flag": "",
    "contingent_on": "",
    "outcomes": [],
}


@audit.deed()
def withdraw(thread: Thread, *, by: Author, now: datetime) -> None:
    """Leave a stub: title, tags and all of the author's words are overwritten, others' words unlisted."""
    require_opener(thread, by)
    mine = Q(persona=by) if isinstance(by, Persona) else Q(author=by)
    lifecycle.move(thread, State.WITHDRAWN, **STUB_WORDS, merged_into=None)
    unlist(thread)
    for duplicate in thread.duplicates.all():
        take_apart(duplicate)
        audit.record("thread.taken-apart", about=duplicate, now=now)
    set_tags(thread, [])
    for post in intake.appealing(thread.posts.exclude(mine)):
        tell(Happening.GONE, post, now=now)
    intake.drop(thread.posts.all())
    intake.drop_redactions(thread)
    settle_all(thread.posts.all(), now=now)
    forget_edits(thread.posts.filter(mine))
    for edit in Edit.objects.filter(post__thread=thread, proposed=False, state__in=WAITS):
        lifecycle.move(edit, State.DECLINED, note=GONE)
        tell(Happening.EDIT_DECLINED, edit.post, now=now)
    Edit.objects.filter(post__thread=thread, proposed=True).delete()
    for post in thread.posts.filter(state__in=(*WAITS, State.RETURNED)).exclude(mine):
        lifecycle.move(post, State.DECLINED, note=GONE)
        tell(Happening.DECLINED, post, now=now)
    for post in thread.posts.filter(mine).exclude(state=State.WITHDRAWN):
        lifecycle.move(post, State.WITHDRAWN, **NO_WORDS)
    if isinstance(by, Persona) and by.has_no_link:  # a code that is found later proves nothing
        Persona.objects.filter(pk=by.pk).update(return_hash=None)
    audit.record("thread.withdrawn", about=thread, now=now)
