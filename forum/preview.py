"""The preview: what others will see of a text before it is sent, from what the deeds themselves would keep.

The rows are made by the functions that make them when the text is sent, shown by the templates of the
thread page, and saved nowhere. Nothing of it asks the vault: on a page that everybody shares, a preview
that knew its writer's persona would tell a bystander who asked (T-SAME).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from accounts.models import Account
from forum.actions.ask import worded_thread
from forum.actions.compose import Author, Draft, Text, worded
from forum.models import Kind, Persona, Post, Thread, ThreadTag
from forum.standing import compute_standing
from forum.states import State
from forum.text.normalise import clean_line, clean_text


@dataclass(frozen=True)
class Preview:
    """Unsaved rows as they would be once a moderator has published them."""

    thread: Thread
    post: Post
    made_plain: bool  # quotes, dashes or spaces were written as everybody's

    @property
    def is_anonymous(self) -> bool:
        return self.post.author is None

    @property
    def is_empty(self) -> bool:
        return not (self.post.html or (self.post.kind == Kind.QUESTION and self.thread.title))


def of_question(draft: Draft, *, by: Author, now: datetime) -> Preview:
    thread = worded_thread(draft, by=by, now=now, state=State.PUBLISHED)
    thread.chosen_tags = [
        ThreadTag(content_object=thread, tag=tag)
        for tag in sorted(draft.tags, key=lambda tag: (tag.facet, tag.pk))
    ]
    text = Text(draft.id, draft.body)
    post = worded(thread, Kind.QUESTION, text, by=by, now=now, state=State.PUBLISHED)
    typed = (clean_line(draft.title), clean_line(draft.asking), clean_text(draft.body))
    return Preview(thread, post, made_plain=typed != (thread.title, thread.asking, post.body))


def of_reply(thread: Thread, kind: Kind, text: Text, *, by: Author, now: datetime) -> Preview:
    post = worded(thread, kind, text, by=by, now=now, state=State.PUBLISHED)
    if isinstance(by, Account) and kind in (Kind.CONSULTATION, Kind.PERSPECTIVE):
        compute_standing(post)  # which the post then has
    return Preview(thread, post, made_plain=clean_text(text.body) != post.body)


def new_asker() -> Persona:
    """A persona like the one that asking anonymously makes."""
    return Persona(ordinal=1, is_op=True)


def new_colleague(thread: Thread) -> Persona:
    """A persona as the next one of `thread` will be, counted by what everybody can read there."""
    visible = Post.objects.published().filter(thread=thread)
    highest = visible.aggregate(top=Max("persona__ordinal"))["top"] or 1
    return Persona(thread=thread, ordinal=highest + 1)
