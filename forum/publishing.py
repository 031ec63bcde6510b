"""Making a post public: its place in the thread, the counts, the search index and the event, in one step."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from anonymity.hour import hour_of
from forum import lifecycle, search
from forum.models import Event, Happening, Kind, Post, Thread, ThreadMark
from forum.notices import fanout
from forum.standing import compute_standing
from forum.states import READABLE, State
from forum.tagging import list_under_tags

COUNTED = {Kind.CONSULTATION: "consultation_count", Kind.UPDATE: "update_count"}
HAPPENING = {Kind.QUESTION: Happening.THREAD, Kind.UPDATE: Happening.UPDATE}


@transaction.atomic
def make_public(post: Post, *, now: datetime) -> None:
    """Publish `post` at the end of its thread. IllegalMove unless it waits."""
    thread = Thread.objects.get(pk=post.thread_id)
    hour = hour_of(now)
    counts = {"last_position": F("last_position") + 1, "active_hour": hour}
    if post.kind != Kind.QUESTION:
        counts["reply_count"] = F("reply_count") + 1
    if name := COUNTED.get(Kind(post.kind)):
        counts[name] = F(name) + 1
    waits = (State.PENDING, State.HELD) if post.kind == Kind.QUESTION else READABLE
    # The UPDATE holds others off until the position is taken, and meets a thread that went meanwhile.
    if not Thread.objects.filter(pk=thread.pk, state__in=waits).update(**counts):
        raise lifecycle.IllegalMove("The thread was withdrawn or closed meanwhile, so nothing was published.")
    thread.refresh_from_db()

    lifecycle.move(post, State.PUBLISHED, hour=hour, position=thread.last_position)
    if post.kind == Kind.QUESTION:
        lifecycle.move(thread, State.PUBLISHED, hour=hour)
        list_under_tags(thread)
    if post.author_id and post.kind in (Kind.CONSULTATION, Kind.PERSPECTIVE):
        compute_standing(post).save(force_insert=True)
    _mark(post)
    search.index(post)
    tell(HAPPENING.get(Kind(post.kind), Happening.REPLY), post, now=now)
    if post.kind != Kind.CONSULTATION:  # which nobody had to decide about
        tell(Happening.PUBLISHED, post, now=now)


def _mark(post: Post) -> None:
    values = [(ThreadMark.ASPECT, aspect) for aspect in post.aspects]
    values += [(ThreadMark.OUTCOME, outcome) for outcome in post.outcomes]
    if post.kind == Kind.UPDATE:
        values.append((ThreadMark.OUTCOME, ThreadMark.ANY))
    ThreadMark.objects.bulk_create(
        [ThreadMark(thread_id=post.thread_id, kind=kind, value=value) for kind, value in values],
        ignore_conflicts=True,
    )


def tell(happening: Happening, post: Post, *, now: datetime) -> None:
    """Write the event with the deed; whom it concerns hears of it once the deed is kept."""
    event = Event.objects.create(happening=happening, post=post, hour=hour_of(now))
    transaction.on_commit(lambda: fanout.tell_soon(event))
