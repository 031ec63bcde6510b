"""What every deed of writing shares: the text made into a post, under a name or as a persona."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from accounts.access import NotAllowed, Refused, TooMany
from accounts.models import Account
from anonymity.hour import hour_of
from forum.models import Kind, Persona, Post, Tag, Thread
from forum.text.markdown import RENDERER_VERSION, render
from forum.text.normalise import clean_for_persona, clean_line, clean_text

Author = Account | Persona


class FormUsed(Refused):
    """The form's id is that of a post with other words: an old page came back, or the form is damaged."""

    def __init__(self) -> None:
        super().__init__(
            "This form was used for another text already, so nothing was sent. Press the button to send it."
        )


@dataclass(frozen=True)
class Draft:
    """A question as its author typed it. The form chose the id, so the same form twice makes one thread."""

    id: uuid.UUID
    title: str
    body: str
    tags: list[Tag]
    asking: str = ""
    urgency: str = "routine"


@dataclass(frozen=True)
class Text:
    """Any later contribution as typed, with what its kind adds."""

    id: uuid.UUID
    body: str
    extra: dict[str, Any] = field(default_factory=dict)


def clean_body(body: str, by: Author) -> str:
    return clean_for_persona(body) if isinstance(by, Persona) else clean_text(body)


def clean_title(title: str, by: Author, *, room: int) -> str:
    """One line. A persona's three dots need more room than the one sign that was typed."""
    line = clean_line(title)
    return (clean_for_persona(line) if isinstance(by, Persona) else line)[:room].rstrip()


def write(thread: Thread, kind: Kind, text: Text, *, by: Author, now: datetime) -> Post:
    """A new pending post in `thread`."""
    body = clean_body(text.body, by)
    signature = {"persona": by} if isinstance(by, Persona) else {"author": by}
    return Post.objects.create(
        id=text.id,
        thread=thread,
        kind=kind,
        hour=hour_of(now),
        submitted_hour=hour_of(now),
        body=body,
        html=render(body),
        renderer_version=RENDERER_VERSION,
        **signature,
        **text.extra,
    )


def sent_before(text: Text, *, thread: uuid.UUID) -> Post | None:
    """The post that the same form made already. FormUsed when its words or its thread are others."""
    post = Post.objects.filter(pk=text.id).first()
    if post is None:
        return None
    by = post.persona or post.author
    if post.thread_id != thread or by is None or post.body != clean_body(text.body, by):
        raise FormUsed
    return post


def opened_by(thread: Thread, by: Author) -> bool:
    """Whether `by` asked the question of `thread`."""
    if isinstance(by, Persona):
        return by.is_op and by.thread_id == thread.pk
    return thread.author_id is not None and thread.author_id == by.pk


def require_opener(thread: Thread, by: Author) -> None:
    if not opened_by(thread, by):
        raise NotAllowed("Only the author of the question can do this.")


def count_against_the_day(account: Account, kind: Kind, *, now: datetime) -> None:
    """TooMany when `account` has written its share under its name today. A persona's share is the vault's.

    Call inside the transaction that writes: the lock on the account settles twenty requests at once.
    """
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Post.objects.written_by(account).filter(submitted_hour__gte=today)
    if kind == Kind.QUESTION:
        written, share = mine.filter(kind=Kind.QUESTION).count(), settings.THREADS_A_DAY
    else:
        written, share = mine.exclude(kind=Kind.QUESTION).count(), settings.REPLIES_A_DAY
    if written >= share:
        raise too_many(kind)


def too_many(kind: Kind) -> TooMany:
    if kind == Kind.QUESTION:
        return TooMany(f"You can ask {settings.THREADS_A_DAY} questions a day. Please come back tomorrow.")
    return TooMany(f"You can write {settings.REPLIES_A_DAY} replies a day. Please come back tomorrow.")
