"""Asking: a new thread, under a name or as a persona. Two deeds, never one with a switch."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.models import Account
from anonymity import vault
from anonymity.hour import hour_of
from forum.actions.compose import (
    Author,
    Draft,
    FormUsed,
    Text,
    clean_body,
    clean_title,
    count_against_the_day,
    sent_before,
    too_many,
    write,
)
from forum.models import Kind, Persona, Thread, Urgency
from forum.tagging import set_tags
from forum.text.excerpt import excerpt
from forum.text.markdown import render
from moderation import audit, intake


def ask(draft: Draft, *, by: Account, now: datetime) -> Thread:
    """Submit `draft` under the account's own name. TooMany beyond the day's share."""
    if existing := asked_before(draft):
        return existing
    try:
        with transaction.atomic():
            count_against_the_day(by, Kind.QUESTION, now=now)
            thread = _new_thread(draft, by=by, author=by, now=now)
            _submit(thread, draft, by=by, now=now)
    except IntegrityError:
        return made_meanwhile(draft)
    return thread


def ask_as_persona(draft: Draft, *, account: Account, now: datetime) -> Thread:
    """Submit `draft` as a new persona. TooMany beyond the day's share; VaultUnavailable writes nothing.

    The vault comes first and commits on its own; what follows holds nothing of the account (T-WRITE, T-XMIN).
    """
    if existing := asked_before(draft):
        return existing
    if not vault.take_slot(account, "thread", now):
        raise too_many(Kind.QUESTION)
    persona = Persona(id=vault.attach(account, draft.id), ordinal=1, is_op=True)
    try:
        with transaction.atomic():
            persona.thread = _new_thread(draft, by=persona, author=None, now=now)
            persona.save(force_insert=True)
            _submit(persona.thread, draft, by=persona, now=now)
    except IntegrityError:
        return made_meanwhile(draft)
    return persona.thread


def asked_before(draft: Draft) -> Thread | None:
    """The thread that the same form made already. FormUsed when it made one of other words."""
    post = sent_before(Text(draft.id, draft.body), thread=draft.id)
    return post.thread if post else None


def made_meanwhile(draft: Draft) -> Thread:
    """The thread of the same form, sent twice at once. FormUsed when its id is that of another post."""
    if existing := asked_before(draft):
        return existing
    raise FormUsed


def describe(thread: Thread, draft: Draft, *, by: Author) -> None:
    """Save what `draft` says of the thread itself."""
    thread.title = clean_title(draft.title, by, room=150)
    thread.slug = slugify(thread.title)[:80].strip("-") or "question"
    thread.asking = clean_title(draft.asking, by, room=300)
    thread.urgency = draft.urgency
    thread.excerpt = excerpt(render(clean_body(draft.body, by)), 280)
    thread.save()
    set_tags(thread, draft.tags)


def _new_thread(draft: Draft, *, by: Author, author: Account | None, now: datetime) -> Thread:
    thread = Thread(id=draft.id, author=author, hour=hour_of(now), active_hour=hour_of(now))
    describe(thread, draft, by=by)
    return thread


def _submit(thread: Thread, draft: Draft, *, by: Author, now: datetime) -> None:
    post = write(thread, Kind.QUESTION, Text(draft.id, draft.body), by=by, now=now)
    intake.enqueue(post, now=now, urgent=thread.urgency == Urgency.URGENT)
    audit.record("question.submitted", about=post, now=now)
