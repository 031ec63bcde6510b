"""What the board's counts and marks must be, counted anew from its posts."""

from datetime import timedelta

from forum.models import Kind, Post, SearchEntry, Tag, Thread, ThreadMark, ThreadTag
from forum.states import READABLE, State


def check() -> None:
    """Every count, place, mark and search entry is what the posts say."""
    for thread in Thread.objects.all():
        check_thread(thread)
    for tag in Tag.objects.all():
        below = Thread.objects.listed().filter(thread_tags__tag__path__startswith=tag.path)
        assert tag.thread_count == below.distinct().count(), tag
    found = Post.objects.published().filter(thread__merged_into=None).values_list("pk", flat=True)
    assert set(SearchEntry.objects.values_list("post", flat=True)) == set(found)


def check_thread(thread: Thread) -> None:
    published = thread.posts.filter(position__isnull=False)
    later = published.exclude(kind=Kind.QUESTION).exclude(state=State.HIDDEN)
    assert thread.reply_count == later.count()
    assert thread.consultation_count == later.filter(kind=Kind.CONSULTATION).count()
    assert thread.update_count == later.filter(kind=Kind.UPDATE).count()
    consultations = published.filter(kind=Kind.CONSULTATION).order_by("hour").values_list("hour", flat=True)
    waited = [(hour - thread.hour) // timedelta(hours=1) for hour in consultations[:1]]
    assert [thread.first_reply_after] == (waited or [None])
    places = sorted(published.values_list("position", flat=True))
    assert places == list(range(1, len(places) + 1))
    assert thread.last_position == len(places)
    listed = thread.state in READABLE and not thread.merged_into_id
    if places:
        assert thread.active_hour == max(published.values_list("hour", flat=True))
    marks = {(mark.kind, mark.value) for mark in thread.marks.all()}
    assert marks == (marks_of(later) if listed else set())
    hours = set(ThreadTag.objects.filter(content_object=thread).values_list("listed_hour", flat=True))
    assert hours <= {thread.hour if listed else None}


def marks_of(posts) -> set[tuple[str, str]]:
    marks = set()
    for post in posts:
        marks |= {(ThreadMark.ASPECT, value) for value in post.aspects}
        marks |= {(ThreadMark.OUTCOME, value) for value in post.outcomes}
        if post.kind == Kind.UPDATE:
            marks.add((ThreadMark.OUTCOME, ThreadMark.ANY))
    return marks
