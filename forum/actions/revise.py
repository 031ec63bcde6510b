"""Revising: the author of a returned text changes it and submits it again."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.access import NotAllowed
from forum import lifecycle
from forum.actions.ask import describe
from forum.actions.compose import Author, Draft, Text, clean_body
from forum.models import Kind, Persona, Post, Thread, Urgency
from forum.silence import require_free_here, require_free_name
from forum.states import State
from forum.text.markdown import RENDERER_VERSION, render
from moderation import audit, intake


@audit.deed()
def resubmit_question(post: Post, draft: Draft, *, by: Author, now: datetime) -> None:
    """Put a returned question before the moderators again. IllegalMove unless it was returned."""
    thread = Thread.objects.get(pk=post.thread_id)
    _submit_again(post, draft.body, by=by, now=now, urgent=draft.urgency == Urgency.URGENT)
    lifecycle.move(thread, State.PENDING, out_of=[State.RETURNED])
    describe(thread, draft, by=by)


@transaction.atomic
def resubmit(post: Post, text: Text, *, by: Author, now: datetime) -> None:
    """Put any other returned text before the moderators again. IllegalMove unless it was returned."""
    _submit_again(post, text.body, by=by, now=now, **text.extra)


def _submit_again(
    post: Post, body: str, *, by: Author, now: datetime, urgent: bool = False, **extra: Any
) -> None:
    if not written_by(post, by):
        raise NotAllowed("Only its author can change this text.")
    require_free_name(by, now=now)
    if isinstance(by, Persona):
        require_free_here(by, now=now)
    body = clean_body(body, by)
    html = render(body)
    if not Post.objects.filter(pk=post.pk, version=post.version).update(version=F("version") + 1):
        raise lifecycle.IllegalMove("This text was changed meanwhile. Reload the page to see how it stands.")
    text = {"body": body, "html": html, "renderer_version": RENDERER_VERSION, **extra}
    lifecycle.move(post, State.PENDING, out_of=[State.RETURNED], **text)
    intake.enqueue(post, now=now, urgent=urgent)
    audit.record(f"{Kind(post.kind).value}.resubmitted", about=post, now=now)


def written_by(post: Post, by: Author) -> bool:
    if isinstance(by, Persona):
        return post.persona_id == by.pk
    return post.author_id is not None and post.author_id == by.pk
