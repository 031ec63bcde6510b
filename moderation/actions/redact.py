"""Redacting: words leave a published thread for good, wherever they stand in it. It takes two moderators.

Nothing brings them back, so the second reads them first. Until then the thread can be hidden.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model, QuerySet

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity import bus
from anonymity.hour import hour_of
from forum import search
from forum.actions.compose import kept
from forum.models import Edit, Flag, Happening, Kind, Post, Thread
from forum.models.edit import edit_of
from forum.models.thread import slug_of
from forum.notices.personal import tell_account
from forum.publishing import tell
from forum.states import READABLE, State
from forum.text.excerpt import excerpt, plain
from forum.text.markdown import render
from forum.text.passages import Passages
from moderation import audit, intake
from moderation.actions.threads import hide
from moderation.models import Appeal, Decision, QueueItem, Redaction, RedactionState
from moderation.rules import require_asker, require_posts, require_thread

REDACTABLE = (*READABLE, State.HIDDEN)
OF_THREAD = ["title", "asking", "closed_because", "hidden_because"]
OF_POST = ["body", "red_flag", "contingent_on", "note"]
OF_EDIT = ["title", "asking", "body", "note"]


class AlreadyAsked(Refused):
    pass


class Settled(Refused):
    """Somebody else was quicker."""

    def __init__(self) -> None:
        super().__init__("This was settled meanwhile. Reload the page to see how it stands.")


def ask_to_redact(
    thread: Thread, words: str, reason: str, *, hidden: bool, by: Account, now: datetime
) -> Redaction:
    """Ask a colleague to agree that `words`, a passage on each line, leave `thread`; `hidden` until then.

    AlreadyAsked while another request about the thread is open; Refused unless it was published.
    """
    require_thread(by, thread)
    try:
        with audit.deed():
            thread = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
            if thread.state not in REDACTABLE:
                raise Refused("Only from a thread that was published can words be removed.")
            asked = Redaction.objects.create(
                thread=thread, words=words, reason=reason, asked_by=by, hour=hour_of(now)
            )
            if hidden and thread.state in READABLE:
                hide(thread, reason, by=by, now=now)
            audit.record("thread.redaction-asked", about=thread, by=by, now=now)
            transaction.on_commit(bus.nudge_queue)
    except IntegrityError:
        raise AlreadyAsked(
            "A colleague has asked to remove words from this thread already. That has to be settled first."
        ) from None
    return asked


@audit.deed()
def redact(asked: Redaction, *, by: Account, now: datetime) -> None:
    """Agree as the second moderator: the words go, and whoever wrote them is told. Settled when too late."""
    require_posts(by, concerned(asked))
    if asked.asked_by_id == by.pk:
        raise NotAllowed("You asked for this, so a second moderator has to agree.")
    require_asker(asked.asked_by_id)
    thread = Thread.objects.select_for_update(no_key=True).get(pk=asked.thread_id)
    passages = Passages(asked.words)
    if not asked.settle(RedactionState.DONE, by=by, hour=hour_of(now)):
        raise Settled
    # Locked, since what their authors send at this moment must not be overwritten.
    posts = thread.posts.select_related("edit").select_for_update(no_key=True, of=("self",)).in_order()
    changed = [post for post in posts if _redact_post(post, passages) | _redact_edit(post, passages)]
    question, retitled = _redact_thread(thread, passages)
    if retitled and question not in changed:
        changed.append(question)
    asked.posts.set(changed)
    intake.changed(changed)
    for rows, fields in _notes(thread):
        for row in rows.select_for_update(no_key=True, of=("self",)):
            if changes := _without(row, fields, passages):
                rows.filter(pk=row.pk).update(**changes)
    if thread.state in READABLE:
        found = Post.objects.published().filter(pk__in={question.pk, *(post.pk for post in changed)})
        found = found.filter(thread__merged_into=None)
        for post in found.select_related("thread"):
            search.index(post)
    audit.record("thread.redacted", about=thread, by=by, now=now)
    for post in changed:
        tell(Happening.REDACTED, post, now=now)
    transaction.on_commit(bus.nudge_queue)


@audit.deed()
def refuse_redaction(asked: Redaction, *, by: Account, now: datetime) -> None:
    """Leave the thread as it is: the second moderator does not agree, which who asked is told, or who asked
    takes it back."""
    if asked.asked_by_id != by.pk:
        require_posts(by, concerned(asked))
    if not asked.settle(RedactionState.REFUSED, by=by, hour=hour_of(now)):
        raise Settled
    audit.record("thread.redaction-refused", about=asked.thread, by=by, now=now)
    if asked.asked_by != by:
        tell_account(Happening.NOT_AGREED, asked.asked_by, now=now)
    transaction.on_commit(bus.nudge_queue)


def concerned(asked: Redaction) -> list[Post]:
    """The question and each text with the words: who wrote one of them under a name does not decide."""
    passages = Passages(asked.words)
    return [
        post
        for post in asked.thread.posts.select_related("edit").in_order()
        if post.kind == Kind.QUESTION
        or _count(post, OF_POST, passages)
        or _count(edit_of(post), OF_EDIT, passages)
    ]


def places(thread: Thread, passages: Passages) -> list[tuple[str, int]]:
    """In which texts the words stand, and how often: “Question”, 2."""
    found = [("Title", _count(thread, OF_THREAD, passages))]
    for post in thread.posts.select_related("edit").in_order():
        found.append((post.get_kind_display(), _count(post, OF_POST, passages)))
        found.append((f"Edit of the {post.kind}", _count(edit_of(post), OF_EDIT, passages)))
    return [(label, count) for label, count in found if count]


def _count(row: Model | None, fields: list[str], passages: Passages) -> int:
    return sum(passages.count(getattr(row, name)) for name in fields) if row else 0


def out_of_reach(thread: Thread, passages: Passages) -> list[str]:
    """In which texts readers would still see the words, since only formatting holds them apart."""
    return [
        post.get_kind_display()
        for post in thread.posts.in_order()
        if passages.count(plain(render(passages.taken_from(post.body))))
    ]


def _notes(thread: Thread) -> Iterator[tuple[QuerySet, list[str]]]:
    """What moderators and members wrote about the texts of `thread`, and might have quoted in it."""
    yield QueueItem.objects.filter(post__thread=thread), ["hold_reason", "handover_note", "answer"]
    yield Decision.objects.filter(item__post__thread=thread), ["note"]
    yield Redaction.objects.filter(thread=thread), ["reason"]
    yield Flag.objects.filter(post__thread=thread), ["words"]
    yield Appeal.objects.filter(post__thread=thread), ["words"]


def _redact_post(post: Post, passages: Passages) -> bool:
    """Whether `post` had the words. Its version counts up: nobody decides about what they have not read."""
    changes = _without(post, OF_POST, passages)
    if not changes:
        return False
    changes |= {**kept(changes.get("body", post.body)), "version": F("version") + 1}
    return bool(Post.objects.filter(pk=post.pk).update(**changes))


def _redact_edit(post: Post, passages: Passages) -> bool:
    """Whether other words for `post` had them: an edit that waits or came back, a moderator's proposal."""
    changes = _without(edit, OF_EDIT, passages) if (edit := edit_of(post)) else {}
    changed = changes and Edit.objects.filter(pk=post.pk).update(version=F("version") + 1, **changes)
    return bool(changed)


def _redact_thread(thread: Thread, passages: Passages) -> tuple[Post, bool]:
    """The question, whose search entry holds what is said of the thread; whether its author said it."""
    changes = _without(thread, OF_THREAD, passages)
    if "title" in changes:
        changes["slug"] = slug_of(changes["title"])
    question = thread.posts.get(kind=Kind.QUESTION)
    changes["excerpt"] = excerpt(question.html)
    Thread.objects.filter(pk=thread.pk).update(**changes)
    retitled = bool({"title", "asking"} & set(changes))
    if retitled:  # so that no form brings the words back that was filled in with them
        Post.objects.filter(pk=question.pk).update(version=F("version") + 1)
    return question, retitled


def _without(row: Model, fields: list[str], passages: Passages) -> dict[str, Any]:
    """Those of `fields` that hold the words, with marks in their places."""
    changes = {}
    for name in fields:
        text = passages.taken_from(before := getattr(row, name))
        if text != before:
            changes[name] = text[: getattr(row._meta.get_field(name), "max_length", None)]
    return changes
