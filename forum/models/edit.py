"""Edits: other words for a text, which its author and moderators alone read until both of them want them."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models

from forum.models.post import Kind, Post
from forum.states import WAITS, State
from forum.text.difference import Part, difference
from forum.text.markdown import render


@dataclass(frozen=True)
class Wording:
    """What a text says; of a question also its title and what it asks."""

    body: str
    title: str = ""
    asking: str = ""

    @classmethod
    def of(cls, post: Post) -> "Wording":
        if post.kind != Kind.QUESTION:
            return cls(post.body)
        return cls(post.body, post.thread.title, post.thread.asking)

    def as_fields(self) -> dict[str, Any]:
        return asdict(self)


def anywhere() -> int:
    """Where the version of a new edit begins: a form about one that is gone fits none that comes after it."""
    return secrets.randbelow(10**9) + 1


class Edit(models.Model):
    """By the author, of a published text that stays as it is meanwhile; or proposed by a moderator, of one
    that waits. One for each text at most, and no wording that was replaced is kept (leak 27)."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="edit")
    proposed = models.BooleanField(default=False)  # by a moderator, so that the author decides
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    title = models.CharField(max_length=150, blank=True)
    asking = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    # Of these words: a decision names the one it read.
    version = models.PositiveIntegerField(default=anywhere)
    note = models.TextField(blank=True)  # why not, from whoever decided

    def __str__(self) -> str:
        return f"edit of post {self.post_id}"

    @property
    def wording(self) -> Wording:
        return Wording(self.body, self.title, self.asking)

    @property
    def waits(self) -> bool:
        return self.state in WAITS

    @property
    def html(self) -> str:
        return render(self.body)

    @property
    def differences(self) -> list[tuple[str, list[Part]]]:
        """What would change against the text as it is now, by the name of the field."""
        now = Wording.of(self.post)
        fields = {"Title": "title", "What is asked": "asking", "Text": "body"}
        pairs = {label: (getattr(now, name), getattr(self, name)) for label, name in fields.items()}
        return [(label, difference(old, new)) for label, (old, new) in pairs.items() if old != new]


def edit_of(post: Post) -> Edit | None:
    """Of a post that was fetched with its edit: that one, without another question to the database."""
    return getattr(post, "edit", None)


def version_shown(post: Post, edit: Edit | None) -> str:
    """What a form was filled in from: it changes with the text and with the edit of it."""
    return f"{post.version}.{edit.version if edit else 0}"
