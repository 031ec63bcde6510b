"""Withdrawing: the author takes the thread back; a stub stays and the words go."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from forum import lifecycle, search
from forum.actions.compose import Author, require_opener
from forum.models import Happening, Persona, Thread
from forum.publishing import tell
from forum.states import State
from forum.tagging import set_tags, unlist_under_tags
from moderation import audit, intake

STUB = "Withdrawn by its author"
GONE = "The author withdrew the thread before this was read, so it was not published."
NO_WORDS = {"body": "", "html": "", "note": "", "red_flag": "", "contingent_on": "", "outcomes": []}


@transaction.atomic
def withdraw(thread: Thread, *, by: Author, now: datetime) -> None:
    """Leave a stub: title, tags and all of the author's words are overwritten, others' words unlisted."""
    require_opener(thread, by)
    mine = Q(persona=by) if isinstance(by, Persona) else Q(author=by)
    lifecycle.move(thread, State.WITHDRAWN, title=STUB, slug="withdrawn", asking="", excerpt="")
    unlist_under_tags(thread)
    set_tags(thread, [])
    thread.marks.all().delete()
    intake.drop(thread.posts.all())
    for post in thread.posts.filter(state__in=(State.PENDING, State.HELD)).exclude(mine):
        lifecycle.move(post, State.DECLINED, note=GONE)
        tell(Happening.DECLINED, post, now=now)
    for post in thread.posts.filter(mine).exclude(state=State.WITHDRAWN):
        lifecycle.move(post, State.WITHDRAWN, **NO_WORDS)
    search.forget(thread)
    audit.record("thread.withdrawn", about=thread, now=now)
