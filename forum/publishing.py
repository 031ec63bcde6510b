"""Making a post public: its place in the thread, the counts, the search index and the event, in one step."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from anonymity.hour import hour_of
from forum import lifecycle, search
from forum.actions.compose import kept, kept_of_question
from forum.models import (
    Edit,
    Event,
    Happening,
    Kind,
    Post,
    Standing,
    Thread,
    ThreadMark,
    Wording,
)
from forum.notices import fanout
from forum.rows import move_to_the_end
from forum.standing import compute_standing
from forum.states import READABLE, WAITS, State
from forum.tagging import list_under_tags, unlist_under_tags

COUNTED = {Kind.CONSULTATION: "consultation_count", Kind.UPDATE: "update_count"}

HAPPENING = {Kind.QUESTION: Happening.THREAD, Kind.UPDATE: Happening.UPDATE}


@transaction.atomic
def make_public(post: Post, *, now: datetime) -> None:
    """Publish `post` at the end of its thread. IllegalMove unless it waits."""
    hour = hour_of(now)
    counts = {"last_position": F("last_position") + 1, "active_hour": hour, **_counted(post, 1)}
    if post.kind == Kind.CONSULTATION:
        asked = Thread.objects.values_list("hour", flat=True).get(pk=post.thread_id)
        hours = (hour - asked) // timedelta(hours=1)
        counts["first_reply_after"] = Coalesce("first_reply_after", max(hours, 0))
    waits = WAITS if post.kind == Kind.QUESTION else READABLE
    # The UPDATE holds others off until the position is taken, and meets a thread that went meanwhile.
    if not Thread.objects.filter(pk=post.thread_id, state__in=waits).update(**counts):
        raise lifecycle.IllegalMove("The thread was withdrawn or hidden meanwhile, so nothing was published.")
    thread = post.thread = Thread.objects.get(pk=post.thread_id)

    lifecycle.move(post, State.PUBLISHED, out_of=WAITS, hour=hour, position=thread.last_position)
    move_to_the_end(post)
    if post.persona:
        move_to_the_end(post.persona)
    if post.kind == Kind.QUESTION:
        lifecycle.move(thread, State.PUBLISHED, hour=hour)
        move_to_the_end(thread)
        list_under_tags(thread)
    if post.author_id and post.kind in (Kind.CONSULTATION, Kind.PERSPECTIVE):
        compute_standing(post).save(force_insert=True)
    _let_find(post)
    Edit.objects.filter(post=post).delete()  # what was proposed for it has been decided about
    tell(HAPPENING.get(Kind(post.kind), Happening.REPLY), post, now=now)
    if post.kind != Kind.CONSULTATION:  # which nobody had to decide about
        tell(Happening.PUBLISHED, post, now=now)


@transaction.atomic
def reword(post: Post, words: Wording, *, now: datetime, **also: Any) -> None:
    """Put `words` in the place of those of a public text, and `also` what a consultation says besides.

    IllegalMove when it is not public. Of the earlier words nothing is kept.
    """
    if not Post.objects.published().filter(pk=post.pk).exists():
        raise lifecycle.IllegalMove("The text was hidden or withdrawn meanwhile, so nothing was published.")
    put_in_words(post, words, edited_hour=hour_of(now), **also)
    Edit.objects.filter(post=post).delete()
    post = Post.objects.select_related("thread").get(pk=post.pk)
    if post.kind == Kind.CONSULTATION:
        _mark_anew(post.thread)
    _let_find(post)


def put_in_words(post: Post, words: Wording, **also: Any) -> None:
    """Write clean `words` into the rows of the text, one version further."""
    changes = {**kept(words.body), **also}
    Post.objects.filter(pk=post.pk).update(version=F("version") + 1, **changes)
    if post.kind == Kind.QUESTION:
        of_thread = kept_of_question(words.title, words.asking, changes["html"])
        Thread.objects.filter(pk=post.thread_id).update(**of_thread)


@transaction.atomic
def take_back(post: Post) -> None:
    """Let the published `post` wait again. IllegalMove when anything came after it in its thread."""
    counts = {"last_position": F("last_position") - 1, **_counted(post, -1)}
    last = Thread.objects.filter(pk=post.thread_id, state__in=READABLE, last_position=post.position or 0)
    if not last.update(**counts):
        raise lifecycle.IllegalMove("Something was published after this text meanwhile, so it stays.")
    thread = Thread.objects.get(pk=post.thread_id)
    lifecycle.move(post, State.PENDING, out_of=[State.PUBLISHED], hour=post.submitted_hour, position=None)
    Standing.objects.filter(post=post).delete()
    if post.kind == Kind.QUESTION:
        _require_alone(thread)
        lifecycle.move(thread, State.PENDING, out_of=[State.PUBLISHED])
        unlist(thread)
        return
    _leave(post)
    latest = thread.posts.filter(state=State.PUBLISHED).order_by("-hour").values("hour")[:1]
    Thread.objects.filter(pk=thread.pk).update(active_hour=latest)


def _require_alone(thread: Thread) -> None:
    """IllegalMove when other texts or threads came to it, for which there would be no place without it."""
    if thread.posts.exclude(kind=Kind.QUESTION).exclude(state=State.WITHDRAWN).exists():
        raise lifecycle.IllegalMove("Somebody has written in this thread meanwhile, so it stays.")
    if thread.duplicates.exists():
        raise lifecycle.IllegalMove("Another thread was merged into this one meanwhile, so it stays.")


def unlist(thread: Thread) -> None:
    """Take away what lists, feeds and search show of a thread that is no longer readable."""
    unlist_under_tags(thread)
    thread.marks.all().delete()
    search.forget(thread)


def list_again(thread: Thread) -> None:
    """Put a thread that is readable again where it stood: its hour has not changed. Not a merged one."""
    if thread.merged_into_id:
        return
    list_under_tags(thread)
    for post in thread.posts.filter(state=State.PUBLISHED).select_related("thread").order_by("position"):
        _let_find(post)


def take_apart(duplicate: Thread) -> None:
    """Let a thread that was merged stand for itself again, as it was before. Nobody was told then."""
    before = State.CLOSED if duplicate.closed_because else State.PUBLISHED
    if duplicate.state == State.CLOSED and before == State.PUBLISHED:
        lifecycle.move(duplicate, before, out_of=[State.CLOSED])
    Thread.objects.filter(pk=duplicate.pk).update(merged_into=None)
    duplicate.refresh_from_db(fields=["merged_into"])
    if duplicate.is_readable:
        list_again(duplicate)
    Event.objects.filter(post__thread=duplicate, happening=Happening.MERGED).delete()


def hide_reply(post: Post, why: str) -> None:
    """Take one public reply out of its thread, the counts and search. Its author reads why."""
    lifecycle.move(post, State.HIDDEN, out_of=[State.PUBLISHED], note=why)
    Thread.objects.filter(pk=post.thread_id).update(**_counted(post, -1))
    _leave(post)


def show_reply(post: Post) -> None:
    """Put it back where it stood."""
    lifecycle.move(post, State.PUBLISHED, out_of=[State.HIDDEN], note="")
    Thread.objects.filter(pk=post.thread_id).update(**_counted(post, 1))
    if Post.objects.published().filter(pk=post.pk).exists():  # else with its thread, in `list_again`
        _let_find(post)


def _leave(post: Post) -> None:
    """Take a reply out of search, and from its thread the marks that it alone had set."""
    search.forget(post)
    _mark_anew(post.thread)


def _mark_anew(thread: Thread) -> None:
    ThreadMark.objects.filter(thread=thread).delete()
    for post in Post.objects.published().filter(thread=thread, thread__merged_into=None):
        _mark(post)


def _counted(post: Post, by: int) -> dict[str, Any]:
    """The counts of the thread in which a post of this kind counts."""
    names = [] if post.kind == Kind.QUESTION else ["reply_count"]
    if name := COUNTED.get(Kind(post.kind)):
        names.append(name)
    return {name: F(name) + by for name in names}


def _let_find(post: Post) -> None:
    """By what it says and by its words; in a thread that was merged, not at all."""
    if post.thread.merged_into_id is None:
        _mark(post)
        search.index(post)


def _mark(post: Post) -> None:
    values = [(ThreadMark.ASPECT, aspect) for aspect in post.aspects]
    values += [(ThreadMark.OUTCOME, outcome) for outcome in post.outcomes]
    if post.kind == Kind.UPDATE:
        values.append((ThreadMark.OUTCOME, ThreadMark.ANY))
    ThreadMark.objects.bulk_create(
        [ThreadMark(thread_id=post.thread_id, kind=kind, value=value) for kind, value in values],
        ignore_conflicts=True,
    )


def tell(happening: Happening, post: Post, *, now: datetime) -> Event:
    """Write the event with the deed; whom it concerns hears of it once the deed is kept."""
    event = Event.objects.create(happening=happening, post=post, hour=hour_of(now))
    transaction.on_commit(lambda: fanout.tell_soon(event))
    return event
