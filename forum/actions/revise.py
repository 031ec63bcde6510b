"""Revising: the author of a returned text changes it and submits it again."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from forum import lifecycle
from forum.actions.ask import describe
from forum.actions.compose import Author, Draft, Text, clean_body, hold_thread, kept, require_writer
from forum.models import Edit, Kind, Post, Urgency
from forum.silence import require_free_to_write
from forum.states import State
from moderation import audit, intake


@audit.deed()
def resubmit_question(post: Post, draft: Draft, *, by: Author, now: datetime) -> None:
    """Put a returned question before the moderators again. IllegalMove unless it was returned."""
    thread = hold_thread(post)
    _submit_again(post, draft.body, by=by, now=now, urgent=draft.urgency == Urgency.URGENT)
    lifecycle.move(thread, State.PENDING, out_of=[State.RETURNED])
    describe(thread, draft, by=by)


@transaction.atomic
def resubmit(post: Post, text: Text, *, by: Author, now: datetime) -> None:
    """Put any other returned text before the moderators again. IllegalMove unless it was returned."""
    hold_thread(post)
    _submit_again(post, text.body, by=by, now=now, **text.extra)


def _submit_again(
    post: Post, body: str, *, by: Author, now: datetime, urgent: bool = False, **extra: Any
) -> None:
    require_writer(post, by)
    require_free_to_write(by, now=now)
    if not Post.objects.filter(pk=post.pk, version=post.version).update(version=F("version") + 1):
        raise lifecycle.IllegalMove("This text was changed meanwhile. Reload the page to see how it stands.")
    text = {**kept(clean_body(body, by)), **extra}
    lifecycle.move(post, State.PENDING, out_of=[State.RETURNED], **text)
    Edit.objects.filter(post=post).delete()  # what a moderator proposed was about the words that are gone
    intake.enqueue(post, now=now, urgent=urgent)
    audit.record(f"{Kind(post.kind).value}.resubmitted", about=post, now=now)
