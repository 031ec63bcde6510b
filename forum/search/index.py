"""What can be found: one entry for each published post. The database keeps its index with each change."""

from forum.models import Kind, Post, SearchEntry, Thread
from forum.search.backends import backend
from forum.text.excerpt import plain


def index(post: Post) -> None:
    """Make the published `post` findable as it now is. Nothing in the entry says who wrote it."""
    title, parts = "", [plain(post.html).strip(), post.red_flag]
    if post.kind == Kind.QUESTION:
        title = post.thread.title
        parts.insert(0, post.thread.asking)
    words = "\n".join(part for part in parts if part)
    SearchEntry.objects.update_or_create(
        post=post, defaults={"thread_id": post.thread_id, "title": title, "words": words}
    )


def forget(what: Thread | Post) -> None:
    """Nothing of it is found any more. `purge` then clears the files of what is left of its words."""
    named = {"thread": what} if isinstance(what, Thread) else {"post": what}
    SearchEntry.objects.filter(**named).delete()


def purge() -> None:
    """Clear the index's own tables of words that were forgotten or replaced (T-REMNANT).

    For the worker, outside of any transaction: it takes as long as the index is large, in short steps.
    """
    backend().purge()
