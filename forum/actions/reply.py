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
    write,
)
from forum.models import Kind, Persona, Post, Thread
from forum.publishing import make_public
from forum.silence import no_place, require_free_name, require_free_to_write, require_unmuted, require_unshut
from moderation import audit, intake


class NotOpen(Refused):
    """The thread takes no more posts."""


def consult(thread: Thread, text: Text, *, by: Account, now: datetime) -> Post:
    """A moderator's reply: public at once, with its standing."""
    if not may_consult(by):
        raise NotAllowed("Consultations are written by moderators.")

    def deed() -> Post:
        require_free_name(by, now=now)
        post = write(thread, Kind.CONSULTATION, text, by=by, now=now)
        make_public(post, now=now)
        audit.record("consultation.published", about=post, by=by, now=now)
        return post

    return _once(thread, Kind.CONSULTATION, text, deed, by=by)


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
    require_open(thread, Kind.PERSPECTIVE)
    require_unshut(account, now=now)
    take_persona_slot(account, thread, text, now=now)
    persona = persona_in(thread, vault.attach(account, thread.pk))
    kind = Kind.CLARIFICATION if persona.is_op else Kind.PERSPECTIVE
    return submit(thread, kind, text, by=persona, now=now)


def submit(thread: Thread, kind: Kind, text: Text, *, by: Author, now: datetime) -> Post:
    """Write a post and put it before the moderators. NotOpen; Muted or Paused for a persona, NamePaused.

    TooMany for an account, or a persona without a link, beyond its share; of other personas the vault counts.
    """

    def deed() -> Post:
        require_free_to_write(by, now=now)
        if isinstance(by, Account) or by.has_no_link:
            count_against_the_day(by, kind, now=now)
        post = write(thread, kind, text, by=by, now=now)
        intake.enqueue(post, now=now)
        audit.record(f"{kind.value}.submitted", about=post, now=now)
        return post

    return _once(thread, kind, text, deed, by=by)


def take_persona_slot(account: Account, thread: Thread, text: Text, *, now: datetime) -> None:
    """Use one of the account's anonymous replies of today. Muted, Paused, or TooMany when none is left.

    The same form sent twice uses one place, and one that a muted persona sends uses none.
    """
    if sent_before(text, thread=thread.pk, by=None):
        return
    require_unmuted(vault.persona_for(account, thread.pk))
    if not vault.take_slot(account, "reply", now):
        raise no_place(account, Kind.PERSPECTIVE, now=now)


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


def require_open(thread: Thread, kind: Kind) -> None:
    if not (thread.takes_updates if kind == Kind.UPDATE else thread.is_open):
        raise NotOpen("This thread takes no more posts.")


def _once(thread: Thread, kind: Kind, text: Text, deed: Callable[[], Post], *, by: Author) -> Post:
    """Do `deed` unless the same form did it already. FormUsed when the form's id is that of another post."""
    name = by if isinstance(by, Account) else None
    require_open(thread, kind)
    if existing := sent_before(text, thread=thread.pk, by=name):
        return existing
    try:
        with transaction.atomic():
            # Held until the end: withdrawing waits, or has closed the thread by now.
            require_open(Thread.objects.select_for_update(no_key=True).get(pk=thread.pk), kind)
            return deed()
    except IntegrityError:  # sent twice at once
        if existing := sent_before(text, thread=thread.pk, by=name):
            return existing
        raise
