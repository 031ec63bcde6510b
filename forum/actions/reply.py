"""Replying: a moderator's consultation, a verified clinician's perspective, the author's clarification."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.access import NotAllowed, Refused, may_consult, may_give_perspective
from accounts.models import Account
from anonymity import vault
from forum.actions.compose import (
    Author,
    Text,
    count_against_the_day,
    require_opener,
    sent_before,
    too_many,
    write,
)
from forum.models import Kind, Persona, Post, Thread
from forum.publishing import make_public
from moderation import audit, intake


class NotOpen(Refused):
    """The thread takes no more posts."""


def consult(thread: Thread, text: Text, *, by: Account, now: datetime) -> Post:
    """A moderator's reply: public at once, with its standing."""
    if not may_consult(by):
        raise NotAllowed("Consultations are written by moderators.")

    def deed() -> Post:
        post = write(thread, Kind.CONSULTATION, text, by=by, now=now)
        make_public(post, now=now)
        audit.record("consultation.published", about=post, by=by, now=now)
        return post

    return _once(thread, text, deed)


def clarify(thread: Thread, text: Text, *, by: Author, now: datetime) -> Post:
    """The author of the question adds facts; a moderator reads it first."""
    require_opener(thread, by)
    return submit(thread, Kind.CLARIFICATION, text, by=by, now=now)


def give_perspective(thread: Thread, text: Text, *, by: Account, now: datetime) -> Post:
    """A verified clinician's view under their name; a moderator reads it first."""
    if not may_give_perspective(by):
        raise NotAllowed("Perspectives are written by verified clinicians.")
    if thread.author_id == by.pk:
        return clarify(thread, text, by=by, now=now)
    return submit(thread, Kind.PERSPECTIVE, text, by=by, now=now)


def give_perspective_as_persona(thread: Thread, text: Text, *, account: Account, now: datetime) -> Post:
    """A verified clinician's view as a persona of this thread, the same one each time.

    The thread's anonymous author meets the same form as everybody (T-SAME); what they write clarifies.
    """
    if not may_give_perspective(account):
        raise NotAllowed("Perspectives are written by verified clinicians.")
    if thread.author_id == account.pk:
        raise NotAllowed("You asked under your name, so everybody would know whose anonymous reply this is.")
    require_open(thread)
    take_persona_slot(account, text, now=now)
    persona = persona_in(thread, vault.attach(account, thread.pk))
    kind = Kind.CLARIFICATION if persona.is_op else Kind.PERSPECTIVE
    return submit(thread, kind, text, by=persona, now=now)


def submit(thread: Thread, kind: Kind, text: Text, *, by: Author, now: datetime) -> Post:
    """Write a post and put it before the moderators. NotOpen, or TooMany for an account beyond its share."""

    def deed() -> Post:
        if isinstance(by, Account):
            count_against_the_day(by, kind, now=now)
        post = write(thread, kind, text, by=by, now=now)
        intake.enqueue(post, now=now)
        audit.record(f"{kind.value}.submitted", about=post, now=now)
        return post

    return _once(thread, text, deed)


def take_persona_slot(account: Account, text: Text, *, now: datetime) -> None:
    """TooMany when the account's anonymous replies of today are used up or its posting is paused.

    The same form sent twice uses one place.
    """
    if Post.objects.filter(pk=text.id).exists():
        return
    if not vault.take_slot(account, "reply", now):
        raise too_many(Kind.PERSPECTIVE)


def persona_in(thread: Thread, persona_id: uuid.UUID) -> Persona:
    """The persona's row, made on its first post in the thread."""
    while True:
        if persona := Persona.objects.filter(pk=persona_id).first():
            return persona
        highest = Persona.objects.filter(thread=thread).aggregate(top=Max("ordinal"))["top"] or 1
        try:
            with transaction.atomic():
                return Persona.objects.create(id=persona_id, thread=thread, ordinal=highest + 1)
        except IntegrityError:  # another took the ordinal, or made this very persona
            continue


def require_open(thread: Thread) -> None:
    if not thread.is_open:
        raise NotOpen("This thread takes no more posts.")


def _once(thread: Thread, text: Text, deed: Callable[[], Post]) -> Post:
    """Do `deed` unless the same form did it already. FormUsed when the form's id is that of another post."""
    require_open(thread)
    if existing := sent_before(text, thread=thread.pk):
        return existing
    try:
        with transaction.atomic():
            # Held until the end: withdrawing waits, or has closed the thread by now.
            require_open(Thread.objects.select_for_update(no_key=True).get(pk=thread.pk))
            return deed()
    except IntegrityError:  # sent twice at once
        if existing := sent_before(text, thread=thread.pk):
            return existing
        raise
