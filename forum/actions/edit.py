"""Editing: the author of a public text wants other words in its place. Until a moderator agrees, it stays."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from accounts.access import NotAllowed, Refused, TooMany, may_consult
from accounts.models import Account
from forum import lifecycle
from forum.actions.compose import Author, clean_wording, hold_thread, require_writer
from forum.models import Edit, Kind, Post, Wording
from forum.models.edit import version_shown
from forum.publishing import reword
from forum.silence import require_free_name, require_free_to_write
from forum.states import State
from moderation import audit, intake

IN_AN_HOUR = 20  # of one text: each of them is recorded for ever, and told to every page of the desk


class NothingChanged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "These are the words that stand there already. Please change what you want to change."
        )


@audit.deed()
def edit(post: Post, words: Wording, *, seen: str, by: Author, now: datetime) -> None:
    """Put `words` before the moderators, in the place of an earlier edit if there is one.

    `seen` is the version that the author had before them. NothingChanged; IllegalMove when it is another by
    now, or when the text is not public; TooMany; Muted or Paused for a persona, NamePaused.
    """
    require_writer(post, by)
    if post.kind == Kind.CONSULTATION:
        raise NotAllowed("A consultation is changed at once.")
    require_free_to_write(by, now=now)
    public = _hold_public(post)
    words = clean_wording(words, by)
    earlier = Edit.objects.filter(post=public).first()
    if earlier and earlier.waits and earlier.wording == words:
        return  # the same form once more
    if version_shown(public, earlier) != seen:
        raise _changed()
    if audit.how_often("edit.submitted", "edit.changed", about=public, now=now) >= IN_AN_HOUR:
        raise TooMany("You have changed this often within the hour. Please wait for the next one.")
    if words == Wording.of(public):
        raise NothingChanged
    if earlier is None:
        Edit.objects.create(post=public, **words.as_fields())
    else:
        changes: dict[str, Any] = {**words.as_fields(), "version": F("version") + 1, "note": ""}
        Edit.objects.filter(pk=public.pk).update(**changes)
    if earlier and earlier.waits:
        intake.changed([public])
        audit.record("edit.changed", about=public, now=now)
        return
    if earlier:
        lifecycle.move(earlier, State.PENDING, out_of=[State.RETURNED, State.DECLINED])
    intake.enqueue_edit(public, now=now)
    audit.record("edit.submitted", about=public, now=now)


@audit.deed()
def take_back_edit(post: Post, *, by: Author, now: datetime) -> None:
    """Let the text be as it is: the edit goes, whatever came of it. IllegalMove when there is none."""
    require_writer(post, by)
    hold_thread(post)
    if not Edit.objects.filter(post=post, proposed=False).exists():
        raise lifecycle.IllegalMove(
            "There is no edit of this text any more: it was published, or taken back."
        )
    forget_edits(Post.objects.filter(pk=post.pk))
    audit.record("edit.withdrawn", about=post, now=now)


@audit.deed()
def edit_consultation(
    post: Post, words: Wording, also: dict[str, Any], *, seen: str, by: Account, now: datetime
) -> None:
    """Change a consultation of one's own, at once as it was published. The record tells that it was done."""
    require_writer(post, by)
    if post.kind != Kind.CONSULTATION or not may_consult(by):
        raise NotAllowed("Consultations are changed by the moderators who wrote them.")
    require_free_name(by, now=now)
    public = _hold_public(post)
    words = clean_wording(words, by)
    if all(getattr(public, name) == value for name, value in {"body": words.body, **also}.items()):
        raise NothingChanged
    if version_shown(public, None) != seen:
        raise _changed()
    reword(public, words, now=now, **also)
    audit.record("consultation.edited", about=post, by=by, now=now)


def forget_edits(posts: QuerySet[Post]) -> None:
    """Delete the edits of `posts`, and what was noted about them. Whoever calls holds the threads."""
    Edit.objects.filter(post__in=posts).delete()
    intake.drop_edits(posts)


def _hold_public(post: Post) -> Post:
    """The text as it is now, which nobody else changes until the deed is done."""
    hold_thread(post)
    found = Post.objects.published().select_related("thread").filter(pk=post.pk).first()
    if found is None:
        raise lifecycle.IllegalMove(
            "Only a text that can be read by all is edited. This one can't be, just now."
        )
    return found


def _changed() -> lifecycle.IllegalMove:
    return lifecycle.IllegalMove("This text was changed meanwhile. Reload the page to see how it stands.")
