"""What every deed of writing shares: the text made into a post, under a name or as a persona."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from accounts.access import NotAllowed, Refused, TooMany
from accounts.models import Account
from anonymity.hour import hour_of
from forum.models import Kind, Persona, Post, Tag, Thread, Wording
from forum.models.thread import slug_of
from forum.states import State
from forum.text.excerpt import excerpt
from forum.text.markdown import RENDERER_VERSION, render
from forum.text.normalise import clean_for_persona, clean_line, clean_text

Author = Account | Persona
TITLE_ROOM, ASKING_ROOM = 150, 300


class FormUsed(Refused):
    """The form's id is that of a post with other words or under another name: an old page came back."""

    def __init__(self) -> None:
        super().__init__(
            "This form was sent already, with other words or under another name, so nothing was sent now. "
            "Press the button to send this as well."
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


def kept(body: str) -> dict[str, Any]:
    """What a post keeps of a clean text."""
    return {"body": body, "html": render(body), "renderer_version": RENDERER_VERSION}


def kept_of_question(title: str, asking: str, html: str) -> dict[str, Any]:
    """What a thread keeps of its question's clean words."""
    return {"title": title, "slug": slug_of(title), "asking": asking, "excerpt": excerpt(html)}


def clean_wording(words: Wording, by: Author) -> Wording:
    """As the deeds keep what was typed; a text that is no question has neither title nor asking."""
    return Wording(
        clean_body(words.body, by),
        clean_title(words.title, by, room=TITLE_ROOM),
        clean_title(words.asking, by, room=ASKING_ROOM),
    )


def clean_title(title: str, by: Author, *, room: int) -> str:
    """One line. A persona's three dots need more room than the one sign that was typed."""
    line = clean_line(title)
    return (clean_for_persona(line) if isinstance(by, Persona) else line)[:room].rstrip()


def write(thread: Thread, kind: Kind, text: Text, *, by: Author, now: datetime) -> Post:
    """A new pending post in `thread`."""
    post = worded(thread, kind, text, by=by, now=now)
    post.save(force_insert=True)
    return post


def worded(
    thread: Thread, kind: Kind, text: Text, *, by: Author, now: datetime, state: State = State.PENDING
) -> Post:
    """The post that `write` would keep, unsaved: a preview shows it as it will be."""
    signature = {"persona": by} if isinstance(by, Persona) else {"author": by}
    return Post(
        id=text.id,
        thread=thread,
        kind=kind,
        state=state,
        hour=hour_of(now),
        submitted_hour=hour_of(now),
        **kept(clean_body(text.body, by)),
        **signature,
        **text.extra,
    )


def sent_before(text: Text, *, thread: uuid.UUID, by: Account | None) -> Post | None:
    """The post that the same form made already under this name, or under none.

    FormUsed when its words or its thread are others, or when it was sent under a name and now is not.
    """
    post = Post.objects.filter(pk=text.id).first()
    if post is None:
        return None
    if post.author != by or post.thread_id != thread:
        raise FormUsed
    if post.body != clean_body(text.body, writer_of(post)):
        raise FormUsed
    return post


def hold_thread(post: Post) -> Thread:
    """The thread of `post`, locked before anything in it, as withdrawing, deciding and undoing lock it.

    In another order two deeds wait for each other on PostgreSQL, or one misses what the other writes.
    """
    return Thread.objects.select_for_update(no_key=True).get(pk=post.thread_id)


def written_by(post: Post, by: Author) -> bool:
    """Whether `by` wrote `post`, under this very name or as this very persona."""
    if isinstance(by, Persona):
        return post.persona_id == by.pk
    return post.author_id is not None and post.author_id == by.pk


def require_writer(post: Post, by: Author) -> None:
    if not written_by(post, by):
        raise NotAllowed("Only its author can do this.")


def writer_of(post: Post) -> Author:
    writer = post.persona or post.author
    if writer is None:
        raise ValueError("The database lets no post be without a writer.")
    return writer


def opened_by(thread: Thread, by: Author) -> bool:
    """Whether `by` asked the question of `thread`."""
    if isinstance(by, Persona):
        return by.is_op and by.thread_id == thread.pk
    return thread.author_id is not None and thread.author_id == by.pk


def require_opener(thread: Thread, by: Author) -> None:
    if not opened_by(thread, by):
        raise NotAllowed("Only the author of the question can do this.")


def count_against_the_day(by: Author, kind: Kind, *, now: datetime) -> None:
    """TooMany when `by` has written its share today: an account under its name, a persona without a link.

    Other personas' shares are the vault's. Call inside the transaction that writes: the lock on the account
    settles twenty requests at once; a persona's meet at the lock on their thread.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if isinstance(by, Persona):
        mine = Post.objects.filter(persona=by)
    else:
        Account.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
        mine = Post.objects.written_by(by)
    mine = mine.filter(submitted_hour__gte=today)
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
