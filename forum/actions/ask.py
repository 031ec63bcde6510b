"""Asking: a new thread, under a name, as a persona, or as one without a link.

Three deeds, never one with a switch.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Account
from anonymity import vault
from anonymity.hour import hour_of
from forum.actions.compose import (
    Author,
    Draft,
    FormUsed,
    Text,
    clean_wording,
    count_against_the_day,
    kept_of_question,
    sent_before,
    write,
)
from forum.models import Kind, Persona, Thread, Urgency, Wording
from forum.silence import no_place, require_free_name, require_unshut
from forum.states import State
from forum.tagging import set_tags
from forum.text.markdown import render
from moderation import audit, intake

Hash = bytes | memoryview  # as the stores hand it out


def ask(draft: Draft, *, by: Account, now: datetime) -> Thread:
    """Submit `draft` under the account's own name. NamePaused, or TooMany beyond the day's share."""
    if existing := asked_before(draft, by=by):
        return existing
    try:
        with transaction.atomic():
            require_free_name(by, now=now)
            count_against_the_day(by, Kind.QUESTION, now=now)
            thread = _new_thread(draft, by=by, now=now)
            _submit(thread, draft, by=by, now=now)
    except IntegrityError:
        return made_meanwhile(draft, by=by)
    return thread


def ask_as_persona(draft: Draft, *, account: Account, now: datetime) -> Thread:
    """Submit `draft` as a new persona. Paused, or TooMany beyond the day's share.

    The vault comes first and commits on its own; what follows holds nothing of the account (T-WRITE, T-XMIN).
    VaultUnavailable writes nothing.
    """
    if existing := asked_before(draft):
        return existing
    require_unshut(account, now=now)
    if not vault.take_slot(account, "thread", now):
        raise no_place(account, Kind.QUESTION, now=now)
    return _ask_as(Persona(id=vault.attach(account, draft.id), ordinal=1, is_op=True), draft, now=now)


def ask_without_link(draft: Draft, *, return_hash: Hash, account: Account, now: datetime) -> Thread:
    """Submit `draft` as a persona of nobody's, to which only the code with this hash leads back.

    Of the account a place of the day is used, and nothing else. Paused, or TooMany beyond the day's share.
    """
    if existing := asked_before(draft, return_hash):
        return existing
    require_unshut(account, now=now)
    if not vault.take_slot(account, "thread", now):
        raise no_place(account, Kind.QUESTION, now=now)
    nobodys = Persona(ordinal=1, is_op=True, notify=False, return_hash=return_hash)
    return _ask_as(nobodys, draft, now=now)


def asked_before(
    draft: Draft, return_hash: Hash | None = None, *, by: Account | None = None
) -> Thread | None:
    """The thread that the same form made already. FormUsed when words, name or code were others."""
    post = sent_before(Text(draft.id, draft.body), thread=draft.id, by=by)
    if post is None:
        return None
    if (post.persona and post.persona.return_hash) != return_hash:
        raise FormUsed
    return post.thread


def made_meanwhile(draft: Draft, return_hash: Hash | None = None, *, by: Account | None = None) -> Thread:
    """The thread of the same form, sent twice at once. FormUsed when its id or code is that of another."""
    if existing := asked_before(draft, return_hash, by=by):
        return existing
    raise FormUsed


def describe(thread: Thread, draft: Draft, *, by: Author) -> None:
    """Save what `draft` says of the thread itself."""
    _put_in_words(thread, draft, by=by)
    thread.save()
    set_tags(thread, draft.tags)


def worded_thread(draft: Draft, *, by: Author, now: datetime, state: State = State.PENDING) -> Thread:
    """The thread that `draft` would make, unsaved and without its tags."""
    author = by if isinstance(by, Account) else None
    thread = Thread(id=draft.id, author=author, hour=hour_of(now), active_hour=hour_of(now), state=state)
    _put_in_words(thread, draft, by=by)
    return thread


def _put_in_words(thread: Thread, draft: Draft, *, by: Author) -> None:
    words = clean_wording(Wording(draft.body, draft.title, draft.asking), by)
    for name, value in kept_of_question(words.title, words.asking, render(words.body)).items():
        setattr(thread, name, value)
    thread.urgency = draft.urgency


def _ask_as(persona: Persona, draft: Draft, *, now: datetime) -> Thread:
    try:
        with transaction.atomic():
            persona.thread = _new_thread(draft, by=persona, now=now)
            persona.save(force_insert=True)
            _submit(persona.thread, draft, by=persona, now=now)
    except IntegrityError:
        return made_meanwhile(draft, persona.return_hash)
    return persona.thread


def _new_thread(draft: Draft, *, by: Author, now: datetime) -> Thread:
    thread = worded_thread(draft, by=by, now=now)
    thread.save(force_insert=True)
    set_tags(thread, draft.tags)
    return thread


def _submit(thread: Thread, draft: Draft, *, by: Author, now: datetime) -> None:
    post = write(thread, Kind.QUESTION, Text(draft.id, draft.body), by=by, now=now)
    intake.enqueue(post, now=now, urgent=thread.urgency == Urgency.URGENT)
    audit.record("question.submitted", about=post, now=now)
