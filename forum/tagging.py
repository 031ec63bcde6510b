"""Putting a thread under its tags and their ancestors, and keeping the tags' counts."""

from collections.abc import Iterable

from django.db.models import F

from forum.models import Tag, Thread, ThreadTag


def set_tags(thread: Thread, tags: Iterable[Tag]) -> None:
    """Put an unlisted thread under `tags`, and under their ancestors as inherited."""
    chosen = {tag.pk for tag in tags}
    ThreadTag.objects.filter(content_object=thread).delete()
    ThreadTag.objects.bulk_create(
        ThreadTag(content_object=thread, tag=tag, inherited=tag.pk not in chosen)
        for tag in Tag.objects.at_or_above(tags)
    )


def list_under_tags(thread: Thread) -> None:
    """Let a thread that has become readable appear in the lists of its tags."""
    rows = ThreadTag.objects.filter(content_object=thread, listed_hour=None)
    Tag.objects.filter(pk__in=rows.values("tag")).update(thread_count=F("thread_count") + 1)
    rows.update(listed_hour=thread.hour)


def unlist_under_tags(thread: Thread) -> None:
    rows = ThreadTag.objects.filter(content_object=thread, listed_hour__isnull=False)
    Tag.objects.filter(pk__in=rows.values("tag")).update(thread_count=F("thread_count") - 1)
    rows.update(listed_hour=None)
